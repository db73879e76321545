import type { Container } from "dockerode";
import { statusOf, within } from "./engine.ts";
import { startExec } from "./exec.ts";
import { unpackOutputs } from "./files-out.ts";
import { CASE_USER } from "./limits.ts";
import type { Artifact, Limits } from "./types.ts";
import { readUsage, UNKNOWN_USAGE, type Usage } from "./usage.ts";

const COLLECT_MS = 15_000;
const ASK_MS = 10_000;
const NOT_RUN = 126;
const NO_SUCH = 404;
const CONFLICT = 409;

/** What a command has left. */
export type Left = {
  readonly files: readonly Artifact[];
  readonly usage: Usage;
  readonly notes: readonly string[];
};

/** What is left of a container that had to be killed whole. */
export const NOTHING_LEFT: Left = {
  files: [],
  usage: UNKNOWN_USAGE,
  notes: ["It could not be ended in peace: the whole container was killed, and its files with it."],
};

/**
 * Ends what still runs, takes out of /work what is there, and reads what was used. Throws when the engine is gone;
 * whatever the case does to hinder it is the case's own loss.
 */
export async function collect(container: Container, limits: Limits): Promise<Left> {
  const [first, early] = await Promise.all([
    unlessHindered(container, () => takeOut(container, limits)),
    unlessHindered(container, () => readUsage(container)),
  ]);
  const taken = first ?? (await unlessHindered(container, () => takeOut(container, limits)));
  const usage = early ?? (await unlessHindered(container, () => readUsage(container)));
  const lost = [
    "What it left in /work could not be taken out: it left no room for that, or no peace.",
  ];
  return { files: [], notes: lost, ...taken, usage: usage ?? UNKNOWN_USAGE };
}

/** Undefined when the work fails in a container that the engine still has and runs: then the case is in its way. */
async function unlessHindered<T>(
  container: Container,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    const status = statusOf(cause);
    if (status === NO_SUCH || status === CONFLICT) throw cause;
    const { State } = await within("looking at a container", ASK_MS, container.inspect());
    if (!State.Running) throw cause;
    return undefined;
  }
}

// Sorted, so that what is cut is the same on every machine. What the case locked away from itself is opened again.
export const toScript = (names: number) => `kill -KILL -1 2>/dev/null
chmod -R u+rX /work 2>/dev/null
cd /work && find . -xdev -mindepth 1 -print0 2>/dev/null | LC_ALL=C sort -z | head -z -n ${names} |
  tar -c -f - --null --no-recursion --ignore-failed-read -T - 2>/dev/null`;

async function takeOut(
  container: Container,
  limits: Limits,
): Promise<Omit<Left, "usage"> | undefined> {
  const outputs = unpackOutputs({ ...limits, artifacts: limits.artifacts + 1 });
  let isCut = false;
  const execution = await startExec({
    container,
    command: ["bash", "-c", toScript(limits.artifacts + 1)],
    user: CASE_USER,
    onStdout: (chunk) => {
      if (isCut || outputs.push(chunk)) return;
      isCut = true;
      execution.abandon();
    },
  });
  try {
    const status = await within("taking the files out", COLLECT_MS, execution.ended);
    if (status >= NOT_RUN) return undefined;
  } catch (cause) {
    execution.abandon();
    // It holds more than is taken, and was left on purpose.
    if (!isCut) throw cause;
  }
  const { files, notes } = await outputs.end();
  const isMore = files.length > limits.artifacts;
  const more = isMore ? [`More than ${limits.artifacts} files were left in /work.`] : [];
  return { files: files.slice(0, limits.artifacts), notes: [...notes, ...more] };
}
