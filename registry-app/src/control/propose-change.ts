import { type Author, commitFiles, type ObjectReaders, type SignPayload } from "../git/index.ts";
import { Refusal, Stalled } from "../runtime/index.ts";
import { CONTROL_BRANCH } from "./control-caps.ts";
import { parseControl } from "./parse-control.ts";
import { describeProblems, findControlHead, readControlFiles } from "./read-control.ts";
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

const MAX_ATTEMPTS = 20;

/** Commits a change to the control repo, signed, under compare-and-set. Throws `Refusal` when the result would not parse. */
export async function proposeChange(
  deps: { readonly readers: ObjectReaders },
  wanted: ProposedChange,
): Promise<Proposal> {
  const store = { readers: deps.readers, repoDir: wanted.repoDir, options: {} };
  const { author, message, time, sign } = wanted;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const head = await findControlHead(store);
    if (head === undefined) throw new Stalled(`${wanted.repoDir} has no commits on main`);
    const read = await readControlFiles(store, head);
    if (read.kind === "broken")
      throw new Refusal(
        "conflict",
        describeProblems(read.problems),
        "Mend the control repo first.",
      );
    const after = wanted.change(read.files);
    refuseBroken(after);
    const changes = differences(read.files, after);
    if (changes.size === 0) return { kind: "unchanged", commit: head };
    const commit = { branch: CONTROL_BRANCH, changes, author, message, time, sign };
    const done = await commitFiles(deps.readers, wanted.repoDir, { ...commit, expectedHead: head });
    if (done.kind !== "moved") return { kind: done.kind, commit: done.commit };
  }
  throw new Refusal("conflict", "The control repo is being changed by others.", "Try again.");
}

function refuseBroken(files: ControlFiles): void {
  const parsed = parseControl(files);
  if (parsed.kind === "ok") return;
  throw new Refusal(
    "unprocessable",
    `The control repo would not be lawful:\n${describeProblems(parsed.problems)}`,
    "Mend the line that is named, in the control repo or in what you asked for.",
  );
}

/** What has to be written and deleted to come from the one to the other. */
export function differences(before: ControlFiles, after: ControlFiles): Map<string, Buffer | null> {
  const changes = new Map<string, Buffer | null>();
  for (const [path, bytes] of after)
    if (before.get(path)?.equals(bytes) !== true) changes.set(path, bytes);
  for (const path of before.keys()) if (!after.has(path)) changes.set(path, null);
  return changes;
}
