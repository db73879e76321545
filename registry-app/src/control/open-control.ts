import type { ObjectReaders } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import { type Log, Stalled } from "../runtime/index.ts";
import {
  CONTROL_REF,
  type ControlStore,
  findControlHead,
  readControlFiles,
} from "./read-control.ts";
import { getRoot, type Root } from "./root-of-trust.ts";
import { type Law, recoverLaw, type Settled, settleLaw, tighteningFiles } from "./settle-law.ts";
import type { ControlRepo, CurrentControl, LawMemory, RememberedLaw } from "./types.ts";
import { type SignedLine, type Walk, walkLaw } from "./walk-law.ts";

export type OpenControl = {
  readonly repoDir: string;
  /** ASSAY_HOME, where root.json is. */
  readonly homeDir: string;
  /** The ref that is the law: `refs/heads/main` when hosted, `refs/incoming/heads/main` of a mirror. */
  readonly ref?: string;
};

export type ControlDeps = {
  readonly readers: ObjectReaders;
  readonly log: Log;
  readonly memory: LawMemory;
};

type State = {
  readonly head: string;
  readonly line: SignedLine | undefined;
  /** Every commit that was found to hold since the start. */
  readonly passed: ReadonlySet<string>;
  readonly law: Law;
  readonly current: CurrentControl;
};
type Looked = {
  readonly head: string;
  readonly walk: Walk;
  readonly remembered: RememberedLaw | undefined;
  readonly passed: ReadonlySet<string>;
  /** Commits that were law here and that the repo no longer leads to. */
  readonly lost: readonly string[];
};

const MAX_ATTEMPTS = 50;

/**
 * Opens the control repo under the root that is pinned in `homeDir`. The pin is read once. History goes forward only,
 * also from one start to the next: what the memory knows must be on the line. Throws `Stalled` when there is no pin or no
 * lawful commit.
 */
export async function openControl(deps: ControlDeps, where: OpenControl): Promise<ControlRepo> {
  const store = { readers: deps.readers, repoDir: where.repoDir, options: {} };
  const trust = { verifier: createSshVerifier(), root: await getRoot(where.homeDir) };
  const ref = where.ref ?? CONTROL_REF;
  let state: State | undefined;
  let turns: Promise<unknown> = Promise.resolve();

  const readHead = async (): Promise<string> => {
    const head = await findControlHead(store, ref);
    if (head === undefined) throw new Stalled(`${where.repoDir} has no commits on ${ref}`);
    return head;
  };
  const look = async (head: string): Promise<Looked> => {
    const [remembered, logged] = [await deps.memory.recall(), await deps.memory.findLogged()];
    const walk = await walkLaw(store, trust, head, state?.line);
    const passed = new Set([...(state?.passed ?? []), ...walk.passed]);
    const seen = [remembered?.head, remembered?.commit, logged].filter((one) => one !== undefined);
    const lost = seen.filter((one) => !passed.has(one));
    if (!walk.isForward && state?.line !== undefined) lost.push(state.line.head);
    return { head, walk, remembered, passed, lost };
  };
  const refresh = async (): Promise<State> => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const head = await readHead();
      if (state?.head === head) return state;
      const looked = await look(head);
      // What another process has seen meanwhile is no history that was lost.
      if (looked.lost.length > 0 && (await readHead()) !== head) continue;
      const next =
        looked.lost.length > 0
          ? await stayAt(store, trust.root, looked, state)
          : await goTo(store, trust.root, looked, state?.law);
      const isKept = looked.lost.length > 0 || (await keep(deps.memory, store, looked, next));
      if (!isKept) continue;
      tell(deps.log, looked, next.current);
      return (state = next);
    }
    throw new Error("the control repo changes faster than it can be read");
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

/** A change that waits for its second signature is a day like any other; everything else is not. */
function tell(log: Log, { head, walk, lost }: Looked, { alarm, commit, pending }: CurrentControl) {
  if (alarm === undefined) return;
  const isWaiting = pending !== undefined && walk.alarm === undefined && lost.length === 0;
  log[isWaiting ? "warn" : "error"]({ commit, head }, `the control repo is not followed: ${alarm}`);
}

async function goTo(
  store: ControlStore,
  pin: Root,
  { head, walk, remembered, passed }: Looked,
  before: Law | undefined,
): Promise<State & { readonly settled: Settled }> {
  // A law that was in force once is not asked again whether it may be: only what follows on it is.
  const places = placesOf(passed);
  const since = places.get(before?.commit ?? remembered?.commit ?? "") ?? -1;
  const newer = walk.lawful.filter(({ commit }) => (places.get(commit) ?? -1) > since);
  const last = before ?? (remembered && (await recoverLaw(store, remembered)));
  const settled = await settleLaw(store, { ...walk, lawful: newer }, last);
  const { alarm } = settled;
  const current = {
    snapshot: settled.law.snapshot,
    commit: settled.law.commit,
    root: walk.line?.root ?? pin,
    isPutBack: false,
    ...(alarm === undefined ? {} : { alarm }),
    ...(walk.pending === undefined ? {} : { pending: walk.pending }),
  };
  return { head, line: walk.line, passed, law: settled.law, current, settled };
}

/** The repo has lost what was law: that stays law, and nothing that such a history says is. */
async function stayAt(
  store: ControlStore,
  pin: Root,
  { head, walk, remembered, passed, lost }: Looked,
  before: State | undefined,
): Promise<State> {
  const recovered = remembered && (await recoverLaw(store, remembered, "with tightening"));
  const law = before?.law ?? recovered;
  const [missing = ""] = lost;
  const told = `its history was rewritten or put back: it leads to ${head}, and not to ${missing}, which was seen here before`;
  const mend = `push what is lost (git push origin ${missing}:main, from a clone that has it), or put a newer copy of ${store.repoDir} in its place`;
  if (law === undefined)
    throw new Stalled(`The control repo is not read: ${told}. To mend it, ${mend}.`);
  const alarm = `${told}; law stays at ${law.commit}. To mend it, ${mend}`;
  const { snapshot, commit } = law;
  const root = before?.current.root ?? walk.line?.root ?? pin;
  const current = { snapshot, commit, root, alarm, isPutBack: true };
  const line = before?.line;
  return { head, line, passed: line === undefined ? new Set() : passed, law, current };
}

async function keep(
  memory: LawMemory,
  store: ControlStore,
  { remembered, walk }: Looked,
  next: State & { readonly settled?: Settled },
): Promise<boolean> {
  const head = walk.line?.head;
  const { commit } = next.law;
  if (head === undefined || (remembered?.head === head && remembered.commit === commit))
    return true;
  // Another process is further: its word stands.
  const places = placesOf(next.passed);
  const place = (oid = "") => places.get(oid) ?? -1;
  if (place(head) < place(remembered?.head)) return true;
  const read =
    remembered?.commit === commit
      ? { kind: "files" as const, files: remembered.files }
      : await readControlFiles(store, commit);
  if (read.kind === "broken") throw new Error(`the law ${commit} cannot be read again`);
  const broken = next.settled?.brokenCommit;
  const tightening =
    broken === undefined
      ? {}
      : { tightening: { commit: broken, files: await tighteningFiles(store, broken) } };
  return memory.keep({ head, commit, files: read.files, ...tightening }, remembered?.head);
}

function placesOf(passed: ReadonlySet<string>): ReadonlyMap<string, number> {
  return new Map([...passed].map((oid, place) => [oid, place]));
}
