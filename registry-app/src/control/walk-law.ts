import type { SshVerifier } from "../keys/index.ts";
import { type ControlStore, readCommit } from "./read-control.ts";
import { type Root, verifyRootSignature } from "./root-of-trust.ts";

/** How far the first-parent line is known to be signed, and who has signed the tree at its end. */
export type SignedLine = {
  readonly head: string;
  readonly tree: string;
  readonly signedBy: ReadonlySet<string>;
};

export type Walk = {
  /** Undefined when not even the first commit holds. */
  readonly line: SignedLine | undefined;
  /** Commits whose tree enough roots have signed, oldest first. */
  readonly lawful: readonly string[];
  /** Why the line ends before `head`. */
  readonly alarm: string | undefined;
};

type Step = { readonly oid: string; readonly commit: Awaited<ReturnType<typeof readCommit>> };

const MAX_COMMITS = 1_000_000;

/** Follows the first-parent line up to `head`, from what was known before or from the pin, and stops at the first commit that no root signed. */
export async function walkLaw(
  store: ControlStore,
  trust: { readonly verifier: SshVerifier; readonly root: Root },
  head: string,
  known: SignedLine | undefined,
): Promise<Walk> {
  const { root, verifier } = trust;
  const stop = known?.head ?? root.genesis;
  const found = await listSteps(store, head, stop);
  if (typeof found === "string") return { line: known, lawful: [], alarm: found };
  let line = known;
  const lawful: string[] = [];
  for (const { oid, commit } of found) {
    if (oid === known?.head) continue;
    if (commit.kind === "missing") return { line, lawful, alarm: `commit ${oid} is missing` };
    const tree = commit.kind === "ok" ? commit.commit.tree : "";
    if (oid === root.genesis) {
      line = { head: oid, tree, signedBy: new Set(root.names.values()) };
    } else {
      const signature = verifyRootSignature(verifier, root, commit);
      if (signature.kind === "not-root")
        return { line, lawful, alarm: `commit ${oid} does not count: ${signature.because}` };
      const before = line?.tree === tree ? line.signedBy : [];
      line = { head: oid, tree, signedBy: new Set([...before, signature.name]) };
    }
    if (line.signedBy.size >= root.threshold) lawful.push(oid);
  }
  const missing = root.threshold - (line?.signedBy.size ?? 0);
  const alarm =
    missing > 0
      ? `commit ${head} waits for ${missing} more of the roots to sign: each adds an empty signed commit on top`
      : undefined;
  return { line, lawful, alarm };
}

/** The commits from `stop`, or from the first commit of all, up to `head`, oldest first; or why there is no such line. */
async function listSteps(
  store: ControlStore,
  head: string,
  stop: string | undefined,
): Promise<readonly Step[] | string> {
  const steps: Step[] = [];
  let oid: string | undefined = head;
  while (oid !== undefined && steps.length < MAX_COMMITS) {
    const commit = await readCommit(store, oid);
    steps.push({ oid, commit });
    if (oid === stop) return steps.toReversed();
    oid = commit.kind === "ok" ? commit.commit.parents[0] : undefined;
  }
  if (stop === undefined) return steps.toReversed();
  return `commit ${head} does not follow on ${stop} along first parents: the history was rewritten or merged the wrong way round`;
}
