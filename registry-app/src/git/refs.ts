import { gitError, gitOutput, runGit } from "./git-command.ts";
import { checkedOid, checkedRef, checkedRefPrefix, isOid } from "./names.ts";
import type { ObjectType, ReadOptions, Ref, RefUpdate, RefUpdated } from "./records.ts";

const FORMAT = "--format=%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(refname)";
// `s`: the separators that Unicode takes for line ends are letters like any other in the name of a ref.
const REF_LINE =
  /^([0-9a-f]{40,64}) (blob|tree|commit|tag) ([0-9a-f]{40,64})? (blob|tree|commit|tag)? ?(refs\/.+)$/s;

/** A whole history is walked for them, once when it is not a continuation of what was known. */
const ROOTS_TIMEOUT_MS = 5 * 60_000;

/** Every ref at or below a prefix such as `refs/tags`, in git's order, by one `for-each-ref`. */
export async function listRefs(repoDir: string, prefix: string): Promise<readonly Ref[]> {
  const args = ["for-each-ref", FORMAT, "--", checkedRefPrefix(prefix)];
  const output = await gitOutput({ gitDir: repoDir, args });
  const lines = output.toString("utf8").split("\n");
  return lines.filter((line) => line !== "").map(parseRefLine);
}

/** The oid a ref stands at, not peeled; undefined when there is no such ref. */
export async function findRef(repoDir: string, ref: string): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", checkedRef(ref)];
  const run = await runGit({ gitDir: repoDir, args });
  if (run.kind === "failed" && run.exitCode === 1) return undefined;
  if (run.kind !== "done") throw gitError(args, run);
  // Newer gits echo the separator in front of the answer.
  return run.stdout.toString("latin1").trim().split("\n").at(-1);
}

/** True when `commit` can be reached from one of the tips; false also when the repo has no such commit. */
export async function isAncestor(
  repoDir: string,
  commit: string,
  tips: readonly string[],
  options: ReadOptions = {},
): Promise<boolean> {
  // One process a tip, and there is one tip as a rule: a push waits for this.
  for (const tip of tips) {
    const args = ["merge-base", "--is-ancestor", checkedOid(commit), checkedOid(tip)];
    const run = await runGit({ gitDir: repoDir, args, quarantine: options.quarantine });
    if (run.kind === "done") return true;
    if (run.kind !== "failed") throw gitError(args, run);
    if (run.exitCode === 128 && run.stderr.includes(`commit name ${commit}`)) return false;
    if (run.exitCode !== 1) throw gitError(args, run);
  }
  return false;
}

/** The best common ancestors of two commits, all of them; none where their histories have nothing in common. */
export async function listMergeBases(
  repoDir: string,
  one: string,
  other: string,
): Promise<readonly string[]> {
  const args = ["merge-base", "--all", checkedOid(one), checkedOid(other)];
  const run = await runGit({ gitDir: repoDir, args });
  if (run.kind === "failed" && run.exitCode === 1) return [];
  if (run.kind !== "done") throw gitError(args, run);
  return run.stdout
    .toString("latin1")
    .split("\n")
    .filter((oid) => oid !== "");
}

/** Those of the commits that no tip reaches, by one `rev-list`; what the repo lacks or is no commit is among them. */
export async function listUnreachable(
  repoDir: string,
  commits: readonly string[],
  tips: readonly string[],
  options: ReadOptions = {},
): Promise<ReadonlySet<string>> {
  const wanted = new Set(commits.map(checkedOid));
  if (wanted.size === 0 || tips.length === 0) return wanted;
  const unreachable = await listMissing(repoDir, [...wanted], options);
  const present = [...wanted].filter((oid) => !unreachable.has(oid));
  if (present.length === 0) return unreachable;
  const input = [...present, ...tips.map((tip) => `^${checkedOid(tip)}`), ""].join("\n");
  const output = await gitOutput({
    gitDir: repoDir,
    args: ["rev-list", "--stdin"],
    input,
    quarantine: options.quarantine,
  });
  for (const oid of output.toString("latin1").split("\n"))
    if (wanted.has(oid)) unreachable.add(oid);
  return unreachable;
}

/** Commits without parents that the tip reaches: what makes a history this one and no other. */
export async function listRoots(repoDir: string, tip: string): Promise<string[]> {
  const args = ["rev-list", "--max-parents=0", checkedOid(tip)];
  const output = await gitOutput({ gitDir: repoDir, args, timeoutMs: ROOTS_TIMEOUT_MS });
  return output
    .toString("latin1")
    .split("\n")
    .filter((oid) => oid !== "");
}

/**
 * Moves refs together, each by compare-and-set, all or none. Answers `moved` when a ref was not where it was expected;
 * throws when git refuses for another reason, such as a missing object.
 */
export async function updateRefs(dir: string, updates: readonly RefUpdate[]): Promise<RefUpdated> {
  if (updates.length === 0) return { kind: "updated" };
  const args = ["update-ref", "--stdin", "-z", "--no-deref"];
  const run = await runGit({ gitDir: dir, args, input: updates.map(updateLine).join("") });
  if (run.kind === "done") return { kind: "updated" };
  for (const { ref, expectedOid } of updates) {
    if (expectedOid === undefined) continue;
    const actualOid = (await findRef(dir, ref)) ?? null;
    if (actualOid !== expectedOid) return { kind: "moved", ref, actualOid };
  }
  throw gitError(args, run);
}

function updateLine({ ref, newOid, expectedOid }: RefUpdate): string {
  const name = checkedRef(ref);
  const zero = "0".repeat((newOid ?? expectedOid ?? "").length === 64 ? 64 : 40);
  const before =
    expectedOid === undefined ? "" : expectedOid === null ? zero : checkedOid(expectedOid);
  return newOid === null
    ? `delete ${name}\0${before}\0`
    : `update ${name}\0${checkedOid(newOid)}\0${before}\0`;
}

async function listMissing(
  repoDir: string,
  oids: readonly string[],
  options: ReadOptions,
): Promise<Set<string>> {
  const output = await gitOutput({
    gitDir: repoDir,
    args: ["cat-file", "--batch-check=%(objectname) %(objecttype)"],
    input: `${oids.join("\n")}\n`,
    quarantine: options.quarantine,
  });
  const lines = output.toString("latin1").split("\n");
  return new Set(oids.filter((oid, index) => lines[index] !== `${oid} commit`));
}

function parseRefLine(line: string): Ref {
  const [, oid, type, peeledOid, peeledType, name] = REF_LINE.exec(line) ?? [];
  if (oid === undefined || type === undefined || name === undefined || !isOid(oid))
    throw new Error("git for-each-ref answered something unknown");
  const ref = { name, oid, type: type as ObjectType };
  if (peeledOid === undefined || peeledType === undefined) return ref;
  return { ...ref, peeledOid, peeledType: peeledType as ObjectType };
}
