import { isAncestor, type ObjectReaders, type ReadOptions } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import { CONTROL_REF, type ControlStore, describeProblems, readControl } from "./read-control.ts";
import { getRoot } from "./root-of-trust.ts";
import { planLaw } from "./plan-law.ts";
import { PROPOSALS, proposalName, readProposal } from "./proposals.ts";
import { sayPlan } from "./say-plan.ts";
import type { ControlPushVerdict, CurrentControl } from "./types.ts";
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
  /** The law in force, which the push is held against. */
  readonly current: CurrentControl;
  readonly options?: ReadOptions;
};

/**
 * Whether a push to the control repo may land. To main: forward only, every commit signed by a root, and lawful when
 * read. A proposal needs no signature, and must be lawful when merged. The answer says what it changes.
 */
export async function judgeControlPush(
  deps: { readonly readers: ObjectReaders },
  push: ControlPush,
): Promise<ControlPushVerdict> {
  const { ref, oldOid, newOid, repoDir } = push;
  if (ref.startsWith(PROPOSALS)) return judgeProposal(deps, push);
  if (ref !== CONTROL_REF)
    return refuse(
      `Only ${CONTROL_REF} is law here: git push origin HEAD:main\nWithout a root's key, propose: git push origin HEAD:${PROPOSALS}NAME`,
    );
  if (newOid === null) return refuse("The law cannot be deleted.");
  const options = push.options ?? {};
  if (oldOid !== null && !(await isAncestor(repoDir, oldOid, [newOid], options)))
    return refuse("The law's history is never rewritten: git pull --rebase, and push again.");
  const store = { readers: deps.readers, repoDir, options };
  return judgeLine(store, push, newOid);
}

async function judgeProposal(
  { readers }: { readonly readers: ObjectReaders },
  { ref, newOid, repoDir, current }: ControlPush,
): Promise<ControlPushVerdict> {
  const name = proposalName(ref);
  if (name === undefined)
    return refuse("A proposal's name is 1 to 64 of a-z, 0-9 and single hyphens inside.");
  if (newOid === null)
    return refuse(`A proposal is taken back by an admin: npx assay law reject ${name}`);
  const read = await readProposal({ readers, repoDir }, current, newOid);
  if (read.kind === "bad") return refuse(read.because);
  const message = `Proposal ${name} waits for a root: npx assay law accept ${name}\n${sayPlan(read.changes)}`;
  return { kind: "accept", message };
}

async function judgeLine(
  store: ControlStore,
  { homeDir, oldOid, seen, current }: ControlPush,
  newOid: string,
): Promise<ControlPushVerdict> {
  const trust = { verifier: createSshVerifier(), root: await getRoot(homeDir) };
  const walk = await walkLaw(store, trust, newOid, undefined);
  if (walk.alarm !== undefined)
    return refuse(
      `${walk.alarm}.\nSign with a root's key:\n git rebase --exec 'git commit --amend --no-edit -S' ${oldOid ?? "--root"}`,
    );
  const lost = seen.find((commit) => !walk.passed.includes(commit));
  if (lost !== undefined)
    return refuse(
      `Commit ${lost} was law here, and this history does not lead to it.\nPush the one that does, from a clone that has it:\n git push origin ${lost}:main`,
    );
  if (walk.line?.wish.kind === "never") return refuse(walk.line.wish.because);
  const parsed = await readControl(store, newOid);
  if (parsed.kind !== "ok") return refuse(describeProblems(parsed.problems));
  const { pending, line } = walk;
  const root = pending?.root ?? line?.root ?? current.root;
  const before = { law: current.snapshot, root: current.root };
  const plan = sayPlan(planLaw(before, { law: parsed.snapshot, root }));
  if (pending === undefined) return { kind: "accept", message: plan };
  const names = pending.canSign.map(({ name }) => name).join(", ");
  return {
    kind: "accept",
    message: `Not law yet: it waits for ${pending.waitsFor} to sign. Each of ${names} can:\n git pull && git commit --allow-empty -S -m 'Sign the law' && git push\n${plan}`,
  };
}

function refuse(message: string): ControlPushVerdict {
  return { kind: "refuse", message };
}
