import type { Anomaly, AnomalyKind } from "../inventory/anomaly.ts";
import type { Match, ScanSeverity } from "../types.ts";
import type { Evidence } from "./rule.ts";

export function anomaliesOf(
  { anomalies }: Evidence,
  ...kinds: readonly AnomalyKind[]
): readonly Anomaly[] {
  return anomalies.filter(({ kind }) => kinds.includes(kind));
}

/** An oddity of a file is its own evidence: the file, the line, and what it is about. */
export function matchOf({ at, detail, subject }: Anomaly, severity?: ScanSeverity): Match {
  const evidence = (subject ?? at.file).slice(0, 200);
  const match: Match = { at, evidence, message: detail, chain: [] };
  return severity === undefined ? match : { ...match, severity };
}
