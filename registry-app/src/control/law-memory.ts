import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { type Db, lockInTx, transaction } from "../db/index.ts";
import type { Clock } from "../runtime/index.ts";
import { findKept, putKept } from "./store.ts";
import type { ControlFiles, LawMemory, RememberedLaw } from "./types.ts";

const filesSchema = z.record(z.string(), z.base64());
const contentSchema = z.object({
  files: filesSchema,
  tightening: z.object({ commit: z.string(), files: filesSchema }).optional(),
});

/**
 * Keeps in the database which commit was law, and its files: an older state that is put back while nobody looks is known
 * for what it is, and what was law can still be read. `findLogged` asks the registry log.
 */
export function createLawMemory(
  deps: { readonly db: Db; readonly clock: Clock },
  findLogged: () => Promise<string | undefined>,
): LawMemory {
  const { db, clock } = deps;
  return {
    findLogged,
    async recall() {
      const row = await findKept(db);
      return row && { head: row.head, commit: row.commit_oid, ...unpack(row.content) };
    },
    keep: (law, after) =>
      transaction(db, async (tx) => {
        await lockInTx(tx, "law-memory");
        if ((await findKept(tx))?.head !== after) return false;
        const { head, commit } = law;
        await putKept(tx, { head, commit_oid: commit, content: pack(law), kept_at: clock.now() });
        return true;
      }),
  };
}

/** For who only looks at a repo and is no registry: every history is news. */
export const NO_MEMORY: LawMemory = {
  recall: async () => undefined,
  findLogged: async () => undefined,
  keep: async () => true,
};

function pack({ files, tightening }: RememberedLaw): Buffer {
  const content = {
    files: encode(files),
    ...(tightening && { tightening: { ...tightening, files: encode(tightening.files) } }),
  };
  return gzipSync(JSON.stringify(content));
}

function unpack(content: Buffer): Pick<RememberedLaw, "files" | "tightening"> {
  const text = gunzipSync(content).toString("utf8");
  const { files, tightening } = contentSchema.parse(JSON.parse(text));
  return {
    files: decode(files),
    ...(tightening && { tightening: { ...tightening, files: decode(tightening.files) } }),
  };
}

function encode(files: ControlFiles): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString("base64")]));
}

function decode(files: Readonly<Record<string, string>>): ControlFiles {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text, "base64")]));
}
