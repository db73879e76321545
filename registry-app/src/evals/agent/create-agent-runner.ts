import type { Sandbox } from "@assay/sandbox";
import type { Model } from "../../model/index.ts";
import type { Clock } from "../../runtime/index.ts";
import type { AgentRunner, AgentTask } from "../ports.ts";
import { converse } from "./converse.ts";

export type AgentDeps = {
  readonly model: Model;
  readonly sandbox: Pick<Sandbox, "openSession">;
  readonly clock: Clock;
};

/** Goes up with every change of what the agent is told or may do. */
const HARNESS = "loop-1";

/** A case's commands have its own time; the model's answers are waited for beside it, for this long together. */
const MAX_CASE_MS = 10 * 60_000;

/**
 * Runs agent and trigger cases by a loop of our own: the model answers here, its commands run in a container without a
 * network. Nothing of the endpoint, its key above all, is ever inside.
 */
export function createAgentRunner({ model, sandbox, clock }: AgentDeps): AgentRunner {
  return {
    id: `${HARNESS} ${model.id}`,
    async runAgentCase(task) {
      if (task.signal?.aborted === true) return { kind: "cancelled" };
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
        const run = await converse({ model, session, clock, maxCaseMs: MAX_CASE_MS }, task);
        return isCancelled(task) ? { kind: "cancelled" } : run;
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        const because = "the sandbox failed while the agent worked";
        return isCancelled(task) ? { kind: "cancelled" } : { kind: "errored", because };
      } finally {
        task.signal?.removeEventListener("abort", cancel);
        await close();
      }
    },
  };
}

function isCancelled({ signal }: AgentTask): boolean {
  return signal?.aborted === true;
}
