import { collect } from "./collect.ts";
import { layIn } from "./container.ts";
import { startExec } from "./exec.ts";
import { packInputs } from "./files-in.ts";
import { guarded } from "./guarded.ts";
import { FIRST_USER } from "./limits.ts";
import type { Pool } from "./pool.ts";
import { runCommand, toResult } from "./run.ts";
import type { RunResult, Sandbox, Session } from "./types.ts";
import { readUsage, UNKNOWN_USAGE } from "./usage.ts";

/** A session's limit is for one command; all of them together may take this long. */
const SESSION_MS = 3_600_000;

/** Opens a container for several commands, with the skill and the input files in it. */
export async function openSession(
  pool: Pool,
  spec: Parameters<Sandbox["openSession"]>[0],
): Promise<Session> {
  const inputs = await packInputs(spec.inputs);
  const life = { ...spec.limits, timeoutMs: Math.max(spec.limits.timeoutMs, SESSION_MS) };
  const container = await pool.take(life, spec.id);
  const close = () => pool.give(container);
  try {
    if (spec.skill !== null) await layIn(container, spec.skill);
  } catch (cause) {
    close();
    throw cause;
  }
  let isFresh = true;
  let killsSeen = 0;
  return {
    run: ({ timeoutMs, ...command }) =>
      guarded<RunResult>(async () => {
        const limits = { ...spec.limits, timeoutMs };
        const ended = await runCommand(
          container,
          { ...command, limits },
          isFresh ? inputs : Buffer.alloc(0),
        );
        if (isFresh && !ended.isStarted) throw new Error("the input could not be laid in");
        isFresh = false;
        if (ended.isKilled) return toResult(ended, { files: [], usage: UNKNOWN_USAGE, notes: [] });
        const usage = (await readUsage(container)) ?? UNKNOWN_USAGE;
        const oomKills = Math.max(0, usage.oomKills - killsSeen);
        killsSeen = Math.max(killsSeen, usage.oomKills);
        return toResult(ended, { files: [], usage: { ...usage, oomKills }, notes: [] });
      }),
    collect: async () => (await collect(container, spec.limits)).files,
    async attach({ command, onOutput }) {
      const wish = { container, command, user: FIRST_USER, isSpokenTo: true };
      const { write, ended } = await startExec({ ...wish, onStdout: onOutput });
      const gone = ended.then(
        () => undefined,
        () => undefined,
      );
      return { write, ended: gone };
    },
    close: async () => close(),
  };
}
