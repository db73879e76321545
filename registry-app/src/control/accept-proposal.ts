import {
  type Author,
  commitFiles,
  type ObjectReaders,
  type SignPayload,
  updateRefs,
  writeCommit,
} from "../git/index.ts";
import { Refusal } from "../runtime/index.ts";
import { CONTROL_BRANCH } from "./control-caps.ts";
import { PROPOSALS, type ProposalReading } from "./proposals.ts";
import { differences } from "./propose-change.ts";
import { CONTROL_REF, readControlFiles } from "./read-control.ts";
import type { PendingLaw } from "./types.ts";

export type Signing = {
  readonly repoDir: string;
  readonly author: Author;
  readonly time: Date;
  readonly sign: SignPayload;
};
type Deps = { readonly readers: ObjectReaders };

/** Merges a proposal into main as a root's signed commit, and takes its ref away. Returns the commit. */
export async function acceptProposal(
  { readers }: Deps,
  by: Signing,
  proposal: {
    readonly name: string;
    readonly tip: string;
    readonly reading: Extract<ProposalReading, { kind: "ok" }>;
  },
): Promise<string> {
  const { repoDir, ...signing } = by;
  const { name, tip, reading } = proposal;
  const { onto, files } = reading;
  const main = await readControlFiles({ readers, repoDir, options: {} }, onto);
  if (main.kind === "broken") throw new Refusal("conflict", "Main is broken: mend it first.");
  const done = await commitFiles(readers, repoDir, {
    ...signing,
    branch: CONTROL_BRANCH,
    changes: differences(main.files, files),
    message: `Accept proposal ${name}\n\n${reading.message}`,
    expectedHead: onto,
    mergedParents: [tip],
  });
  if (done.kind === "moved")
    throw new Refusal("conflict", "Main was changed meanwhile.", "Look at the proposal again.");
  await dropProposal(repoDir, name, tip);
  return done.commit;
}

/** Takes a proposal's ref away; its commits stay until git cleans up. */
export async function dropProposal(repoDir: string, name: string, tip: string): Promise<void> {
  await updateRefs(repoDir, [{ ref: `${PROPOSALS}${name}`, newOid: null, expectedOid: tip }]);
}

/** Writes changed files as a proposal on top of main, unsigned: anybody may ask. */
export async function writeProposal(
  { readers }: Deps,
  by: Omit<Signing, "sign">,
  wanted: {
    readonly name: string;
    readonly onto: string;
    readonly changes: ReadonlyMap<string, Buffer>;
    readonly message: string;
  },
): Promise<string> {
  const { repoDir, author, time } = by;
  const { name, onto, changes, message } = wanted;
  const ref = `${PROPOSALS}${name}`;
  const made = await updateRefs(repoDir, [{ ref, newOid: onto, expectedOid: null }]);
  if (made.kind === "moved")
    throw new Refusal("conflict", `There is a proposal ${name}.`, "Choose another name.");
  const branch = `proposals/${name}`;
  const commit = { branch, changes, author, time, message, expectedHead: onto };
  const done = await commitFiles(readers, repoDir, commit);
  if (done.kind === "committed") return done.commit;
  await updateRefs(repoDir, [{ ref, newOid: null }]);
  throw new Refusal("conflict", "Main has these files already as they are.");
}

/** Adds one more signature to the tree that waits: a commit on top that changes nothing. */
export async function signPending(
  { readers }: Deps,
  { repoDir, ...signing }: Signing,
  { commit }: PendingLaw,
): Promise<string> {
  const tree = await readers.info(repoDir, `${commit}^{tree}`);
  if (tree.kind === "missing") throw new Error(`commit ${commit} has no tree`);
  const message = `Sign the law of ${commit.slice(0, 12)}\n`;
  const newOid = await writeCommit(repoDir, {
    ...signing,
    tree: tree.oid,
    parents: [commit],
    message,
  });
  const moved = await updateRefs(repoDir, [{ ref: CONTROL_REF, newOid, expectedOid: commit }]);
  if (moved.kind === "updated") return newOid;
  throw new Refusal("conflict", "Main was changed meanwhile.", "Look again: npx assay law status");
}
