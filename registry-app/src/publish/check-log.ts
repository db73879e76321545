import { growLineTree, type SignedState } from "../proof/index.ts";
import { FIRST_CHAIN, nextChain, type Checkpoint } from "./log-format.ts";
import type { LogFault } from "./log-lines.ts";

/** One commit of the log as it was read; `signedBy` is the fingerprint of the key whose signature holds. */
export type LogCommit = {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly signature:
    | { readonly kind: "good"; readonly key: string }
    | { readonly kind: "bad"; readonly because: string };
  readonly checkpoint: Checkpoint | undefined;
  /** What its message says; undefined for a commit from before messages said anything. */
  readonly state: SignedState | undefined;
  /** Fingerprint of `registry.pub` as of this commit; undefined when the file is absent or no key. */
  readonly registryKey: string | undefined;
};

/**
 * Holds the log against itself. Commits are oldest first, lines as they stand at the newest. A key is trusted when it is
 * pinned, or when a commit by a trusted key brought it as `registry.pub`; with no pin, the first commit's own is taken.
 */
export function checkLog(
  commits: readonly LogCommit[],
  lines: readonly string[],
  pinned: readonly string[],
): LogFault[] {
  const first = commits[0]?.registryKey;
  const trusted = new Set(pinned.length > 0 || first === undefined ? pinned : [first]);
  const chains = chainsOf(lines);
  const faults: LogFault[] = [];
  let before: Pick<Checkpoint, "size"> = { size: 0 };
  let isProving = false;
  commits.forEach((commit, place) => {
    const says = (text: string) => faults.push({ commit: commit.oid, says: text });
    if (commit.parents.length !== (place === 0 ? 0 : 1)) says("has more than one parent");
    const { signature, checkpoint, registryKey } = commit;
    if (signature.kind === "bad") says(signature.because);
    else if (!trusted.has(signature.key))
      says(`is signed with ${signature.key}, which is not the registry's key`);
    else if (registryKey !== undefined) trusted.add(registryKey);
    if (checkpoint === undefined) return void says("has no readable checkpoint");
    if (checkpoint.sizeBefore !== before.size || checkpoint.size <= before.size)
      says(
        `says that it brings lines ${checkpoint.sizeBefore + 1} to ${checkpoint.size}, after ${before.size}`,
      );
    before = checkpoint;
    const chain = chains[checkpoint.size];
    if (chain === undefined)
      says(`counts ${checkpoint.size} lines, and the log has ${lines.length}`);
    else if (chain !== checkpoint.chain)
      says(`has another chain value than lines 1 to ${checkpoint.size} come to`);
    const wrong = findWrongState(commit.state, checkpoint, lines, isProving);
    if (wrong !== undefined) says(wrong);
    isProving ||= commit.state !== undefined;
  });
  if (before.size < lines.length)
    faults.push({
      line: before.size + 1,
      says: `stands behind the ${before.size} lines that the newest checkpoint counts`,
    });
  return faults;
}

/** The message is what consumers hold a line against, so it must say what the files say. */
function findWrongState(
  state: SignedState | undefined,
  checkpoint: Checkpoint,
  lines: readonly string[],
  isProving: boolean,
): string | undefined {
  if (state === undefined)
    return isProving ? "has no checkpoint in its message, and older commits have" : undefined;
  const { size, sizeBefore, chain, from, root } = state;
  const isSame = (["size", "sizeBefore", "chain"] as const).every(
    (field) => checkpoint[field] === { size, sizeBefore, chain }[field],
  );
  if (!isSame) return "says otherwise in its message than in its checkpoint";
  if (from !== (isProving ? sizeBefore : 0)) return `proves lines from ${from + 1} on`;
  if (size > lines.length || growLineTree(lines.slice(from, size)).root === root) return undefined;
  return `has another root than lines ${from + 1} to ${size} come to`;
}

/** By number of lines. */
function chainsOf(lines: readonly string[]): string[] {
  const chains = [FIRST_CHAIN];
  for (const line of lines) chains.push(nextChain(chains.at(-1) ?? FIRST_CHAIN, line));
  return chains;
}
