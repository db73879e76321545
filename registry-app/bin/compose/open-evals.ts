import { hostname } from "node:os";
import { ensureImage, openSandbox, type Opening, type Sandbox } from "@assay/sandbox";
import { transaction } from "../../src/db/index.ts";
import { createSuiteRunner, isSandboxMissed, queueUnanswered } from "../../src/evals/index.ts";
import { evalHandlers, type EvaluatingDeps } from "../../src/jobs/index.ts";
import { evaluateVersion, type Handler } from "../../src/queue/index.ts";
import type { Config, Log } from "../../src/runtime/index.ts";
import type { CheckCore } from "./open-check-core.ts";
import { openAgent, readHarness } from "./open-harness.ts";
import { openModel } from "./open-model.ts";
import { createSandboxDoor, type SandboxDoor } from "./sandbox-door.ts";

/** Suites at once in one process; each runs two cases at once, which is what two cores can do. */
const SUITES_AT_ONCE = 1;
const CONTAINERS_KEPT = 2;
const AT_ONCE = 100;

export type EvalPace = {
  /** Between two looks at what was not run for want of a sandbox. */
  readonly lookEveryMs: number;
  /** A run that has failed on our side is tried again after this long, and after longer each time. */
  readonly firstWaitMs: number;
  /** One that was given up is worth another run after this long. */
  readonly erroredRestMs: number;
};

const PACE: EvalPace = { lookEveryMs: 30_000, firstWaitMs: 5_000, erroredRestMs: 3_600_000 };

/** The handlers of evals, and the looking after what was not run for want of a sandbox. */
export function openEvals(
  core: CheckCore,
  recording: Pick<EvaluatingDeps, "registryLog" | "alignFiles">,
  pace = PACE,
): readonly Handler[] {
  const { config, log, clock, shutdown, queue } = core;
  const harness = readHarness(config);
  const door = createSandboxDoor({ clock, log, open: () => open(config, log, harness?.image) });
  shutdown.onStop("sandbox", () => door.close());
  const looking = setInterval(() => {
    lookAgain(core, door, pace).catch((cause: unknown) =>
      log.warn({ cause }, "looking for evals that had no sandbox failed"),
    );
  }, pace.lookEveryMs);
  shutdown.onStop("looking for evals", async () => clearInterval(looking));
  const model = openModel(core);
  const agent = openAgent({ config, clock, sandbox: behind(door), model, harness });
  return evalHandlers(queue, {
    ...core,
    ...recording,
    worker: `${hostname()}:${process.pid}`,
    firstWaitMs: pace.firstWaitMs,
    suitesAtOnce: SUITES_AT_ONCE,
    runSuite: createSuiteRunner({ ...core, openSandbox: door.get, model, agent }),
  });
}

/** Whatever sandbox is behind the door when a session is asked for. */
function behind(door: SandboxDoor): Pick<Sandbox, "openSession"> {
  return {
    async openSession(spec) {
      const opening = await door.get();
      if (opening.kind === "ready") return opening.sandbox.openSession(spec);
      return { kind: "errored", because: opening.because };
    },
  };
}

async function open(config: Config, log: Log, given: string | undefined): Promise<Opening> {
  const { dockerHost, sandbox } = config;
  if (sandbox === "off") {
    const because = "evals are switched off here";
    return { kind: "unavailable", because, remedy: "Set ASSAY_SANDBOX=docker." };
  }
  const say = (line: string) => log.info({}, line);
  const image =
    given === undefined
      ? await ensureImage({ dockerHost, node: process.execPath, say })
      : ({ kind: "ready", id: given } as const);
  if (image.kind !== "ready") return image;
  const onLeak = (cause: unknown) => log.warn({ cause }, "a container could not be removed yet");
  const wish = { dockerHost, image: image.id, runtime: sandbox, poolSize: CONTAINERS_KEPT, onLeak };
  return openSandbox(wish);
}

/** Once there is a sandbox: removes what killed processes left in it, and asks for what was not run without it. */
async function lookAgain(
  { db, queue, clock, log }: CheckCore,
  door: SandboxDoor,
  { erroredRestMs }: EvalPace,
): Promise<void> {
  if (!door.isOpen() && !(await isSandboxMissed(db))) return;
  const opening = await door.get();
  if (opening.kind !== "ready") return;
  const reaped = await opening.sandbox.reap();
  if (reaped > 0) log.warn({ reaped }, "containers of a process that is gone were removed");
  const at = clock.now();
  const erroredBefore = new Date(at.getTime() - erroredRestMs);
  await transaction(db, async (tx) => {
    const again = await queueUnanswered(tx, { erroredBefore, at, limit: AT_ONCE });
    const payloads = again.map((versionId) => ({ versionId }));
    await queue.enqueueAll(tx, evaluateVersion, payloads);
  });
}
