import { isAncestor, type ObjectReaders, type ReadOptions } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import { CONTROL_REF, type ControlStore, describeProblems, readControl } from "./read-control.ts";
import { getRoot, type Root } from "./root-of-trust.ts";
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
  const root = await getRoot(push.homeDir);
  return (await findUnsigned(store, root, oldOid, newOid)) ?? judgeFiles(store, newOid);
}

async function findUnsigned(
  store: ControlStore,
  root: Root,
  oldOid: string | null,
  newOid: string,
): Promise<ControlPushVerdict | undefined> {
  // Whose signatures the old tree has is for the reader of the law to count, not for the push.
  const known =
    oldOid === null ? undefined : { head: oldOid, tree: "", signedBy: new Set<string>() };
  const trust = { verifier: createSshVerifier(), root: { ...root, threshold: 1 } };
  const walk = await walkLaw(store, trust, newOid, known);
  if (walk.alarm === undefined) return undefined;
  return refuse(
    `${walk.alarm}.\nSign with a key that root.json names: git rebase --exec 'git commit --amend --no-edit -S' ${oldOid ?? "--root"}`,
  );
}

async function judgeFiles(store: ControlStore, commit: string): Promise<ControlPushVerdict> {
  const parsed = await readControl(store, commit);
  return parsed.kind === "ok" ? { kind: "accept" } : refuse(describeProblems(parsed.problems));
}

function refuse(message: string): ControlPushVerdict {
  return { kind: "refuse", message };
}
