import type { Sandbox, Session } from "@assay/sandbox";
import type { AgentRun, AgentTask } from "../ports.ts";

/** A case's own time is for its commands; the model's answers are waited for beside it, for this long together. */
export const MAX_CASE_MS = 10 * 60_000;

/** Opens the container of an agent's case, and closes it however the work ends; an abort closes it at once. */
export async function inSession(
  sandbox: Pick<Sandbox, "openSession">,
  task: AgentTask,
  work: (session: Session) => Promise<AgentRun>,
): Promise<AgentRun> {
  const isCancelled = () => task.signal?.aborted === true;
  if (isCancelled()) return { kind: "cancelled" };
  const session = await sandbox.openSession({
    id: task.id,
    skill: task.skill?.tar ?? null,
    inputs: task.inputs,
    // The container has to outlive the waiting; each command gets what is left of the case's own time.
    limits: { ...task.of.limits, timeoutMs: MAX_CASE_MS },
  });
  if ("kind" in session) return session;
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await session.close();
  };
  // A command that runs ends with its container.
  const cancel = () => void close().catch(() => undefined);
  task.signal?.addEventListener("abort", cancel, { once: true });
  try {
    const run = await work({ ...session, close });
    return isCancelled() ? { kind: "cancelled" } : run;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const because = "the sandbox failed while the agent worked";
    return isCancelled() ? { kind: "cancelled" } : { kind: "errored", because };
  } finally {
    task.signal?.removeEventListener("abort", cancel);
    await close();
  }
}
