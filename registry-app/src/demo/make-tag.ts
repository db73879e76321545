import { writeTag, type Author, type SignPayload } from "../git/index.ts";
import type { DemoTag } from "./content/index.ts";

export type TagSigners = { readonly author: SignPayload; readonly stranger: SignPayload };

/** Makes a tag object as the demo wants it, well or badly, and returns what its ref is to point at. */
export async function makeTag(
  dir: string,
  tag: DemoTag,
  at: { readonly commit: string; readonly tagger: Author; readonly time: Date },
  signers: TagSigners,
): Promise<string> {
  const base = {
    objectOid: at.commit,
    objectType: "commit" as const,
    tagger: at.tagger,
    time: at.time,
    message: tag.name,
  };
  switch (tag.making) {
    case "lightweight":
      return at.commit;
    case "unsigned":
      return writeTag(dir, { ...base, name: tag.name });
    case "misnamed":
      return writeTag(dir, { ...base, name: `${tag.name}-draft`, sign: signers.author });
    case "unknown-signer":
      return writeTag(dir, { ...base, name: tag.name, sign: signers.stranger });
    case "nested": {
      const inner = await writeTag(dir, { ...base, name: tag.name, sign: signers.author });
      return writeTag(dir, {
        ...base,
        objectOid: inner,
        objectType: "tag",
        name: tag.name,
        sign: signers.author,
      });
    }
    case "moved":
    case "signed":
      return writeTag(dir, { ...base, name: tag.name, sign: signers.author });
  }
}
