import type { ControlSnapshot } from "../control/index.ts";
import type { Db } from "../db/index.ts";
import { decide, type Decision } from "./decide.ts";
import { standingOf } from "./standing.ts";
import { listCheckStates } from "./store/decisions.ts";
import type { RecordedCheck, ReleaseFacts } from "./types.ts";

/** A decision with everything it rests on. */
export type Weighed = {
  readonly decision: Decision;
  readonly checks: readonly RecordedCheck[];
  readonly law: ControlSnapshot;
};

/** Gathers what is known of a version now and decides; writes nothing. */
export async function weigh(
  deps: { readonly db: Db; readonly law: () => Promise<ControlSnapshot> },
  version: ReleaseFacts,
): Promise<Weighed> {
  const law = await deps.law();
  const checks = await listCheckStates(deps.db, version.id);
  const standing = standingOf(law, version);
  const decision = decide({
    checks,
    policy: law.policy,
    approvals: approvalsOf(law, version),
    compromised: standing.kind === "quarantined" ? standing.reason : null,
  });
  return { decision, checks, law };
}

/** An approval is for one content of one version, and never by who signed it. */
function approvalsOf(law: ControlSnapshot, version: ReleaseFacts): string[] {
  return law.approvals
    .filter(
      (one) => one.skill === `${version.team}/${version.skill}` && one.version === version.version,
    )
    .filter((one) => one.digest === version.digest && !isSame(one.by, version.signerPrincipal))
    .map((one) => one.by);
}

/** Principals as everywhere: without regard to the case of their letters. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
