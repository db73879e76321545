import type { Author, ObjectReaders, SignPayload } from "../git/index.ts";
import type { ControlFiles } from "./types.ts";

export type ProposedChange = {
  readonly repoDir: string;
  /** Pure; called again on the newer files when somebody else committed meanwhile. */
  readonly change: (files: ControlFiles) => ControlFiles;
  readonly message: string;
  readonly author: Author;
  readonly time: Date;
  readonly sign: SignPayload;
};
export type Proposal =
  | { readonly kind: "committed"; readonly commit: string }
  | { readonly kind: "unchanged"; readonly commit: string };

/** Commits a change to the control repo, signed, under compare-and-set. Throws `Refusal` when the result would not parse. */
export declare function proposeChange(
  deps: { readonly readers: ObjectReaders },
  wanted: ProposedChange,
): Promise<Proposal>;
