import { createHash } from "node:crypto";
import type { ObjectReaders } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import { type Log, Stalled } from "../runtime/index.ts";
import {
  CONTROL_REF,
  type ControlStore,
  describeProblems,
  findControlHead,
  readControl,
} from "./read-control.ts";
import { uniteRevocations } from "./revocations.ts";
import { getRoot } from "./root-of-trust.ts";
import type { ControlRepo, ControlSnapshot, CurrentControl, Tightening } from "./types.ts";
import { type SignedLine, type Walk, walkLaw } from "./walk-law.ts";

export type OpenControl = {
  readonly repoDir: string;
  /** ASSAY_HOME, where root.json is. */
  readonly homeDir: string;
  /** The ref that is the law: `refs/heads/main` when hosted, `refs/incoming/heads/main` of a mirror. */
  readonly ref?: string;
};

type Law = { readonly snapshot: ControlSnapshot; readonly commit: string };
type State = {
  readonly head: string;
  readonly line: SignedLine | undefined;
  readonly law: Law;
  readonly current: CurrentControl;
};

/**
 * Opens the control repo under the root that is pinned in `homeDir`. The pin is read once. Throws `Stalled` when there is
 * no pin or no lawful commit.
 */
export async function openControl(
  deps: { readonly readers: ObjectReaders; readonly log: Log },
  where: OpenControl,
): Promise<ControlRepo> {
  const store = { readers: deps.readers, repoDir: where.repoDir, options: {} };
  const trust = { verifier: createSshVerifier(), root: await getRoot(where.homeDir) };
  let state: State | undefined;
  let turns: Promise<unknown> = Promise.resolve();

  const readHead = async (): Promise<string> => {
    const head = await findControlHead(store, where.ref);
    if (head === undefined)
      throw new Stalled(`${where.repoDir} has no commits on ${where.ref ?? CONTROL_REF}`);
    return head;
  };
  const refresh = async (): Promise<State> => {
    const head = await readHead();
    if (state?.head === head) return state;
    const walk = await walkLaw(store, trust, head, state?.line);
    const next = await settle(store, head, walk, state?.law);
    const { alarm, commit } = next.current;
    if (alarm !== undefined)
      deps.log.error({ commit, head }, `the control repo is not followed: ${alarm}`);
    state = next;
    return next;
  };
  const control: ControlRepo = {
    async current() {
      if (state?.head === (await readHead())) return state.current;
      // One at a time, each from the head as it then is: an older head must not look like a rewritten history.
      const turn = turns.then(refresh);
      turns = turn.catch(() => undefined);
      return (await turn).current;
    },
  };
  await control.current();
  return control;
}

/** The newest lawful commit that can be read is the law; a newer one that cannot still revokes and yanks. */
async function settle(
  store: ControlStore,
  head: string,
  walk: Walk,
  before: Law | undefined,
): Promise<State> {
  let law = before;
  let broken: { problems: string; tightening: Tightening; commit: string } | undefined;
  for (const commit of walk.lawful.toReversed()) {
    const parsed = await readControl(store, commit);
    if (parsed.kind === "ok") {
      law = { snapshot: parsed.snapshot, commit };
      break;
    }
    const { problems, tightening } = parsed;
    broken ??= { problems: describeProblems(problems), tightening, commit };
  }
  if (law === undefined)
    throw new Stalled(
      `the control repo has no lawful commit: ${walk.alarm ?? broken?.problems ?? "it is empty"}`,
    );
  const alarms = [
    ...(walk.alarm === undefined ? [] : [walk.alarm]),
    ...(broken === undefined ? [] : [`commit ${broken.commit} is broken: ${broken.problems}`]),
  ];
  const alarm =
    alarms.length === 0 ? {} : { alarm: `${alarms.join("; ")}; law stays at ${law.commit}` };
  const snapshot =
    broken === undefined ? law.snapshot : tighten(law.snapshot, broken.tightening, broken.commit);
  const kept = { snapshot, commit: law.commit };
  return { head, line: walk.line, law: kept, current: { ...kept, ...alarm } };
}

function tighten(snapshot: ControlSnapshot, more: Tightening, commit: string): ControlSnapshot {
  return {
    ...snapshot,
    digest: digestOf(`${snapshot.digest} ${commit}`),
    trustDigest: digestOf(`${snapshot.trustDigest} ${commit}`),
    revoked: uniteRevocations(snapshot.revoked, more.revoked),
    yanks: [...snapshot.yanks, ...more.yanks],
  };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
