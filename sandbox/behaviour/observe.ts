import type { Container } from "dockerode";
import { endCase, layIn, openContainer, removeContainer } from "../container.ts";
import type { Engine } from "../engine.ts";
import { say } from "../exec.ts";
import { packInputs } from "../files-in.ts";
import { guarded } from "../guarded.ts";
import { CASE_USER, lifeMs } from "../limits.ts";
import { nameOwner } from "../reap.ts";
import { runCommand, type Ended } from "../run.ts";
import { seccompProfile } from "../seccomp.ts";
import type { RunSpec } from "../types.ts";
import { HOME, makeHoney, type Honey } from "./honeytokens.ts";
import { parseRecorder, type Recorded } from "./parse-recorder.ts";
import { parseTrace, TRACED, type Traced } from "./parse-trace.ts";
import { openRecorder } from "./recorder.ts";
import type { Observation, Observed, SeenHost } from "./types.ts";

export type ObserveDeps = {
  readonly engine: Engine;
  /** Id of an image that is there. */
  readonly image: string;
  /** For the marks of false secrets: never the same twice, and not to be guessed. */
  readonly newId: () => string;
  readonly now: () => Date;
};

const LAY_MS = 30_000;
const MAX_TRACE = 8 * 1024 * 1024;

// The trace leaves the container as it is written, on a descriptor that the command does not have. What the command
// itself says is dropped: it was judged already.
const TRACE_AND_RUN = `exec 9>&2; exec strace -f --seccomp-bpf -q -yy -s 512 -e signal=none -e trace=${TRACED} -o /dev/fd/9 \\
  bash -c 'exec 9>&-; exec "$@"' run "$@" >/dev/null 2>&1`;

/**
 * Runs a command once more, to see what it does: traced, with false secrets in its home, in a network that answers
 * everything and leads nowhere.
 */
export async function observe(deps: ObserveDeps, spec: RunSpec): Promise<Observed> {
  if (spec.signal?.aborted === true) return { kind: "cancelled" };
  const { engine } = deps;
  return guarded<Observed>(async () => {
    const common = {
      image: deps.image,
      limits: spec.limits,
      owner: nameOwner(),
      run: spec.id,
      deadline: new Date(deps.now().getTime() + lifeMs(spec.limits)),
    };
    const recorder = await openRecorder(engine, { ...common, seccomp: seccompProfile() });
    try {
      const seccomp = seccompProfile({ mayTrace: true });
      const network = recorder.container.id;
      const container = await openContainer(engine, { ...common, seccomp, network });
      try {
        const honey = makeHoney(deps.newId);
        const ended = await runTraced(container, spec, honey);
        if (ended.why === "cancelled") return { kind: "cancelled" };
        await endCase(container, 0);
        const recorded = await recorder.read();
        return { kind: "observed", observation: toObservation(ended, recorded, honey) };
      } finally {
        await removeContainer(container);
      }
    } finally {
      await removeContainer(recorder.container);
    }
  });
}

async function runTraced(container: Container, spec: RunSpec, honey: Honey): Promise<Ended> {
  if (spec.skill !== null) await layIn(container, spec.skill);
  await layHoney(container, honey);
  const ended = await runCommand(
    container,
    {
      ...spec,
      command: ["bash", "-c", TRACE_AND_RUN, "trace", ...spec.command],
      env: { ...honey.env, ...spec.env },
      limits: { ...spec.limits, outputBytes: MAX_TRACE, keptOutputBytes: MAX_TRACE },
    },
    await packInputs(spec.inputs),
  );
  if (!ended.isStarted && ended.why === "exit")
    throw new Error("the input could not be laid into the sandbox");
  return ended;
}

async function layHoney(container: Container, { files }: Honey): Promise<void> {
  const command = ["tar", "-x", "-f", "-", "-C", HOME, "--no-same-owner"];
  const stdin = await packInputs(files);
  const { exitCode } = await say(
    { container, command, user: CASE_USER, stdin },
    { limitMs: LAY_MS },
  );
  if (exitCode !== 0) throw new Error("the false secrets could not be laid into the sandbox");
}

/** Puts together what was traced and what was recorded. Pure. */
function toObservation(
  { stderr, why }: Pick<Ended, "stderr" | "why">,
  said: { readonly text: string; readonly isCut: boolean },
  { tokens }: Pick<Honey, "tokens">,
): Observation {
  const traced = parseTrace(Buffer.from(stderr.bytes).toString("utf8"), stderr.isTruncated);
  const recorded = parseRecorder(said.text, tokens);
  const reads = new Set(traced.reads);
  const state = toState(traced.state, { stderr, why });
  return {
    hosts: [...recorded.hosts, ...onlyTried(traced, recorded)],
    secretsRead: tokens
      .filter(({ place }) => reads.has(place))
      .map(({ place, canary }) => ({ path: place, canary })),
    leaks: recorded.leaks,
    // The first is how the command is started here.
    programs: traced.programs.slice(1),
    writesOutsideWork: traced.writes.filter(isOutside),
    traceState: state,
    notes: notesOn(state, why, said.isCut || recorded.isFull),
  };
}

/** A trace without its end is whole up to there when it was we who ended the command, and not its flood of calls. */
function toState(
  state: Traced["state"],
  { stderr, why }: Pick<Ended, "stderr" | "why">,
): Observation["traceState"] {
  return state === "cut" && why === "timeout" && !stderr.isTruncated ? "stopped" : state;
}

/** What was tried at ports where nobody listens. */
function onlyTried({ tried }: Traced, { hosts }: Recorded): readonly SeenHost[] {
  const known = new Set(hosts.map(({ address, port }) => `${address} ${port}`));
  return tried
    .filter(({ address, port }) => !known.has(`${address} ${port}`))
    .map((one) => ({ ...one, name: null, bytes: 0, sample: "" }));
}

function isOutside(path: string): boolean {
  return !/^\/(?:work|tmp|dev|proc)(?:\/|$)/.test(path);
}

function notesOn(
  state: Observation["traceState"],
  why: Ended["why"],
  isFull: boolean,
): readonly string[] {
  const notes: string[] = [];
  if (state === "missing") notes.push("Nothing was traced: what the command did is not known.");
  if (state === "cut") notes.push("The trace ends early: the command may have done more.");
  if (why === "timeout") notes.push("The command was ended when its time was over.");
  if (isFull) notes.push("It spoke to the network more often than is kept.");
  return notes;
}
