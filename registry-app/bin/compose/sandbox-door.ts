import type { Opening, Sandbox } from "@assay/sandbox";
import type { Clock, Log } from "../../src/runtime/index.ts";

export type SandboxDoor = {
  /** The sandbox, or why there is none now. Waits a little for one that is being opened. */
  get(): Promise<Opening>;
  /** Whether one is open now; opens none. */
  isOpen(): boolean;
  close(): Promise<void>;
};

export type DoorDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Finds the engine, builds the image when it is not there, and tries what the limits hold. */
  readonly open: () => Promise<Opening>;
  /** How long one who asks waits for an opening under way. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 8_000;
/** An engine that was not there may come; it is not asked for each run. */
const RETRY_AFTER_MS = 30_000;

/**
 * Opens the sandbox on the first wish and keeps it. Building the image takes minutes, and nobody waits for that: what
 * was asked for meanwhile is not run, and run later.
 */
export function createSandboxDoor(deps: DoorDeps): SandboxDoor {
  const { clock, log, patienceMs = PATIENCE_MS } = deps;
  let sandbox: Sandbox | undefined;
  let opening: { readonly under: Promise<Opening>; readonly sinceMs: number } | undefined;
  let failed: { readonly why: Opening; readonly atMs: number } | undefined;
  const openNow = async (): Promise<Opening> => {
    const opened = await deps.open().catch((cause: unknown): Opening => {
      log.error({ cause }, "the sandbox could not be opened");
      const because = "opening the sandbox failed on our side";
      return { kind: "unavailable", because, remedy: "Read the log of this process." };
    });
    opening = undefined;
    if (opened.kind === "ready") sandbox = opened.sandbox;
    else failed = { why: opened, atMs: clock.now().getTime() };
    if (opened.kind === "unavailable")
      log.warn({ because: opened.because, remedy: opened.remedy }, "there is no sandbox");
    else log.info({ isolation: opened.sandbox.isolation }, "the sandbox is open");
    return opened;
  };
  return {
    async get() {
      if (sandbox !== undefined) return { kind: "ready", sandbox };
      const isRecent = failed !== undefined && clock.now().getTime() - failed.atMs < RETRY_AFTER_MS;
      if (isRecent && failed !== undefined) return failed.why;
      const nowMs = clock.now().getTime();
      opening ??= { under: openNow(), sinceMs: nowMs };
      // Who comes later does not wait as long again.
      const leftMs = Math.max(0, patienceMs - (nowMs - opening.sinceMs));
      return within(opening.under, leftMs);
    },
    isOpen: () => sandbox !== undefined,
    async close() {
      await opening?.under;
      await sandbox?.close();
    },
  };
}

async function within(opening: Promise<Opening>, patienceMs: number): Promise<Opening> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Opening>((resolve) => {
    const because = "the sandbox is being made ready: its image is built once";
    const remedy = "Nothing: the evals run as soon as it is there.";
    timer = setTimeout(() => resolve({ kind: "unavailable", because, remedy }), patienceMs);
  });
  const first = await Promise.race([opening, late]);
  clearTimeout(timer);
  return first;
}
