import type { FactOf } from "./log-lines.ts";
import type { RecordedCheck } from "./types.ts";

type LoggedCheck = FactOf<"decided">["checks"][number];

/** A check as a line of the registry log has it. */
export function toLoggedCheck(recorded: RecordedCheck): LoggedCheck {
  const { engineVersion, finishedAt, findings, advisories, ...check } = recorded;
  const isInGit = check.name === "validation" || findings.length === 0;
  return {
    ...check,
    engine: engineVersion,
    finishedAt: finishedAt?.toISOString() ?? null,
    ...(isInGit ? {} : { findings: [...findings] }),
    ...(advisories ? { advisories } : {}),
  };
}

/** The check that a line tells of. */
export function fromLoggedCheck(logged: LoggedCheck): RecordedCheck {
  const { engine, finishedAt, findings = [], advisories, ...check } = logged;
  return {
    ...check,
    engineVersion: engine,
    finishedAt: finishedAt === null ? null : new Date(finishedAt),
    findings,
    advisories: advisories ?? null,
  };
}
