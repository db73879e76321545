import { isAncestor, type ObjectReaders, type ReadOptions } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import { CONTROL_REF, type ControlStore, describeProblems, readControl } from "./read-control.ts";
import { getRoot } from "./root-of-trust.ts";
import type { ControlPushVerdict } from "./types.ts";
import { walkLaw } from "./walk-law.ts";

export type ControlPush = {
  readonly repoDir: string;
  readonly homeDir: string;
  readonly ref: string;
  /** Null when the ref is new. */
  readonly oldOid: string | null;
  /** Null when the ref is deleted. */
  readonly newOid: string | null;
  /** Commits that were law here: what leaves them out is another history. */
  readonly seen: readonly string[];
  readonly options?: ReadOptions;
};

/** Whether a push to the control repo may land: forward only, every commit signed by a root, and lawful when read. */
export async function judgeControlPush(
  deps: { readonly readers: ObjectReaders },
  push: ControlPush,
): Promise<ControlPushVerdict> {
  const { ref, oldOid, newOid, repoDir } = push;
  if (ref !== CONTROL_REF)
    return refuse(`Only ${CONTROL_REF} is law here: git push origin HEAD:main`);
  if (newOid === null) return refuse("The law cannot be deleted.");
  const options = push.options ?? {};
  if (oldOid !== null && !(await isAncestor(repoDir, oldOid, [newOid], options)))
    return refuse("The law's history is never rewritten: git pull --rebase, and push again.");
  const store = { readers: deps.readers, repoDir, options };
  return judgeLine(store, push, newOid);
}

async function judgeLine(
  store: ControlStore,
  { homeDir, oldOid, seen }: ControlPush,
  newOid: string,
): Promise<ControlPushVerdict> {
  const trust = { verifier: createSshVerifier(), root: await getRoot(homeDir) };
  const walk = await walkLaw(store, trust, newOid, undefined);
  if (walk.alarm !== undefined)
    return refuse(
      `${walk.alarm}.\nSign with a root's key: git rebase --exec 'git commit --amend --no-edit -S' ${oldOid ?? "--root"}`,
    );
  const lost = seen.find((commit) => !walk.passed.includes(commit));
  if (lost !== undefined)
    return refuse(
      `Commit ${lost} was law here, and this history does not lead to it.\nPush the one that does, from a clone that has it:\n git push origin ${lost}:main`,
    );
  if (walk.line?.wish.kind === "never") return refuse(walk.line.wish.because);
  const parsed = await readControl(store, newOid);
  if (parsed.kind !== "ok") return refuse(describeProblems(parsed.problems));
  const { pending } = walk;
  if (pending === undefined) return { kind: "accept" };
  return {
    kind: "accept",
    message: `Not law yet: it waits for ${pending.waitsFor} to sign. Each of ${pending.canSign.join(", ")} can:\n git pull && git commit --allow-empty -S -m 'Sign the law' && git push`,
  };
}

function refuse(message: string): ControlPushVerdict {
  return { kind: "refuse", message };
}
