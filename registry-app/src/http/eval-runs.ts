import type { Actor } from "../people/index.ts";

export type WantedVersion = {
  readonly team: string;
  readonly name: string;
  readonly version: string;
};

/** Asking for runs of evals and calling them off. Each refuses who may not, and what is not there to see. */
export type EvalRuns = {
  /** Whether the actor may ask for a run of this version. */
  mayAsk(actor: Actor, wanted: WantedVersion): Promise<boolean>;
  /** Asks for another run; `known` when one waits already. */
  ask(actor: Actor, wanted: WantedVersion): Promise<{ readonly kind: "asked" | "known" }>;
  /** Calls off a run that was asked for and is not over; refuses where a decision waits for it. */
  cancel(actor: Actor, wanted: WantedVersion): Promise<void>;
};
