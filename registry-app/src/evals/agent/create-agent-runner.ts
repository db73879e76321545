import type { Sandbox } from "@assay/sandbox";
import type { Model } from "../../model/index.ts";
import type { Clock } from "../../runtime/index.ts";
import type { AgentRunner } from "../ports.ts";
import { converse } from "./converse.ts";
import { inSession, MAX_CASE_MS } from "./in-session.ts";

export type AgentDeps = {
  readonly model: Model;
  readonly sandbox: Pick<Sandbox, "openSession">;
  readonly clock: Clock;
};

/** Goes up with every change of what the agent is told or may do. */
const HARNESS = "loop-1";

/**
 * Runs agent and trigger cases by a loop of our own: the model answers here, its commands run in a container without a
 * network. Nothing of the endpoint, its key above all, is ever inside.
 */
export function createAgentRunner({ model, sandbox, clock }: AgentDeps): AgentRunner {
  return {
    id: `${HARNESS} ${model.id}`,
    runAgentCase: (task) =>
      inSession(sandbox, task, (session) =>
        converse({ model, session, clock, maxCaseMs: MAX_CASE_MS }, task),
      ),
  };
}
