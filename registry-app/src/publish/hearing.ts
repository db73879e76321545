import type { Clause } from "../db/index.ts";
import { remedyFor, type RemedyFacts, type TagCode } from "./codes.ts";
import type { FindingFact, Refused } from "./types.ts";

/** The judgement of one tag while it is under way: the clauses so far, in the order in which they were judged. */
export type Hearing = {
  readonly clauses: Clause[];
  /** Writes a clause down and answers whether it held. */
  hold(name: string, held: boolean, evidence: string): boolean;
  refuse(
    code: TagCode,
    reason: string,
    more?: Partial<RemedyFacts>,
    findings?: readonly FindingFact[],
  ): Refused;
};

export function openHearing(facts: RemedyFacts): Hearing {
  const clauses: Clause[] = [];
  return {
    clauses,
    hold(name, held, evidence) {
      clauses.push({ name, held, evidence });
      return held;
    },
    refuse: (code, reason, more = {}, findings = []) => ({
      kind: "refused",
      code,
      reason,
      remedy: remedyFor(code, { ...facts, ...more }),
      clauses,
      findings,
    }),
  };
}
