import type { Db } from "../db/index.ts";
import { compareObserved, type Observation, type ScanReport } from "../scan/index.ts";
import type { Observed } from "./scan-schema.ts";
import { findObservation } from "./store/scans.ts";

const SHOWN = 50;

/** What a version was seen to do when its script cases were run, over all of them; null when nobody looked. */
export async function readObserved(
  db: Db,
  versionId: string,
  report: ScanReport,
): Promise<Observed | null> {
  const found = await findObservation(db, versionId);
  return found === undefined ? null : toObserved(report, found.observation, found.at);
}

function toObserved(report: ScanReport, observation: Observation, at: Date): Observed {
  const { cases, unwatched } = observation;
  const all = (list: (one: Observation["cases"][number]) => readonly string[]) =>
    [...new Set(cases.flatMap(list))].slice(0, SHOWN);
  const { declared, undeclared, unseen } = compareObserved(report, observation);
  return {
    watched: cases.filter(({ traceState }) => traceState !== "missing").length,
    unwatched: unwatched + cases.filter(({ traceState }) => traceState === "missing").length,
    hosts: {
      declared: declared.slice(0, SHOWN),
      undeclared: undeclared.slice(0, SHOWN),
      unseen: unseen.slice(0, SHOWN),
    },
    secretsRead: all((one) => one.secretsRead.map(({ path }) => path)),
    secretsSent: all((one) => one.leaks.map(({ place, to }) => `${place} to ${to}`)),
    programs: all((one) => one.programs),
    writesOutsideWork: all((one) => one.writesOutsideWork),
    notes: all((one) => one.notes.map((note) => `${one.caseId}: ${note}`)),
    observedAt: at.toISOString(),
  };
}
