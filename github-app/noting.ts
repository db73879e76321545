import { putHealth } from "@assay/registry/publish";
import type { Log } from "@assay/registry/runtime";
import type { LimitsSeen } from "./limits.ts";
import type { Reporting } from "./reporting.ts";

export type NoteDeps = {
  readonly db: Parameters<typeof putHealth>[0];
  readonly log: Log;
  readonly limits: Pick<LimitsSeen, "take">;
  readonly reporting: Pick<Reporting, "lastLook">;
};

const EVERY_MS = 15_000;

/** Keeps what this process sees of GitHub where others can read it, until `stop`. */
export function startNoting(deps: NoteDeps): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const note = () => {
    running = running
      .then(() => noteOnce(deps))
      .catch((cause: unknown) => deps.log.warn({ cause }, "the health of GitHub was not noted"));
  };
  const timer = setInterval(note, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      note();
      await running;
    },
  };
}

async function noteOnce({ db, limits, reporting }: NoteDeps): Promise<void> {
  const look = reporting.lastLook();
  if (look !== undefined) {
    const pausedUntil = look.pausedUntil?.toISOString() ?? null;
    await putHealth(db, "look", { pausedUntil }, look.at);
  }
  const seen = limits.take();
  if (seen === undefined || look === undefined) return;
  const { limit, remaining, resetAt } = seen;
  await putHealth(db, "limits", { limit, remaining, resetAt: resetAt.toISOString() }, look.at);
}
