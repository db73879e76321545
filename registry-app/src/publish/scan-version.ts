import { isDeepStrictEqual } from "node:util";
import { transaction, type Db } from "../db/index.ts";
import type { Blobs } from "../blobs/index.ts";
import type { ScanReport } from "../scan/index.ts";
import { isReleased, tellLate, writeCheck, type RecordDeps } from "./record-check.ts";
import { digestReport, nameEngine, toCheckFacts, type ScanEngine } from "./scan-report.ts";
import { MAX_TAR_BYTES } from "./store-version.ts";
import { findReleaseFacts, listCheckStates } from "./store/decisions.ts";
import {
  findScan,
  listRecordedScans,
  putScan,
  putScanInForce,
  type NewScan,
} from "./store/scans.ts";
import type { ReleaseFacts } from "./types.ts";

export type ScanDeps = RecordDeps & {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly scanner: ScanEngine;
};

/**
 * Has the archive of a version read, which is what is served, and records what was found; the decision is asked for in
 * the same transaction. Read again with nothing changed, nothing is recorded anew.
 */
export async function scanVersion(
  deps: ScanDeps,
  versionId: string,
): Promise<ScanReport["verdict"] | "gone"> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version === undefined) return "gone";
  const scan = await read(deps, version);
  const isAsRecorded = await saysTheSame(deps, version, scan.report);
  const isLate = await transaction(deps.db, async (tx) => {
    await putScan(tx, { ...scan, isShadow: false });
    if (!isAsRecorded) return writeCheck(deps, tx, version, toReport(version, scan));
    // A run before this one may have been cut off after it was recorded.
    await deps.onCheck(tx, versionId, isReleased(version));
    return false;
  });
  if (isLate) await tellLate(deps, version);
  return scan.report.verdict;
}

/** As `scanVersion`, but what was found decides nothing until the engine comes into force. */
export async function scanInShadow(deps: ScanDeps, versionId: string): Promise<void> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version === undefined) return;
  const scan = await read(deps, version);
  const known = await findScan(deps.db, versionId, scan.engine);
  const isShadow = known === undefined || known.isShadow || known.digest !== scan.reportDigest;
  await putScan(deps.db, { ...scan, isShadow });
}

/** What a shadow found counts from now on; only what is otherwise than before is recorded. */
export async function bringInForce(deps: ScanDeps, versionId: string): Promise<void> {
  const engine = nameEngine(deps.scanner);
  const version = await findReleaseFacts(deps.db, versionId);
  const scan = await findScan(deps.db, versionId, engine);
  if (version === undefined || scan === undefined) return;
  const isAsRecorded = await saysTheSame(deps, version, scan.report);
  const isLate = await transaction(deps.db, async (tx) => {
    await putScanInForce(tx, versionId, engine);
    if (isAsRecorded) return false;
    return writeCheck(deps, tx, version, toReport(version, { engine, report: scan.report }));
  });
  if (isLate) await tellLate(deps, version);
}

async function read(
  { blobs, scanner, clock }: ScanDeps,
  version: ReleaseFacts,
): Promise<Omit<NewScan, "isShadow">> {
  const startedAt = clock.now();
  const tar = await blobs.read(version.tarSha256, MAX_TAR_BYTES);
  const report = await scanner.scan(tar, startedAt);
  return {
    versionId: version.id,
    engine: nameEngine(scanner),
    advisoriesAt: scanner.advisoriesAt,
    report,
    reportDigest: digestReport(report),
    startedAt,
    finishedAt: clock.now(),
  };
}

/** A later engine that finds the same is no news: the log would grow by a line for each version and rule set. */
async function saysTheSame(
  { db }: ScanDeps,
  version: ReleaseFacts,
  report: ScanReport,
): Promise<boolean> {
  const recorded = (await listCheckStates(db, version.id)).find(({ name }) => name === "scan");
  if (recorded === undefined || recorded.outcome === null) return false;
  const { outcome, score, summary, findings, advisories } = toCheckFacts(report);
  // The database gives findings in an order of its own.
  const inOrder = (all: readonly object[]) => all.map((one) => JSON.stringify(sorted(one))).sort();
  return (
    recorded.outcome === outcome &&
    recorded.score === score &&
    recorded.summary === summary &&
    (recorded.advisories ?? "missing") === advisories &&
    isDeepStrictEqual(inOrder(recorded.findings), inOrder(findings))
  );
}

const sorted = (one: object) => Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1));

function toReport(version: ReleaseFacts, { engine, report }: Pick<NewScan, "engine" | "report">) {
  const { advisories, ...facts } = toCheckFacts(report);
  const detail = { advisories };
  return { ...facts, detail, versionId: version.id, name: "scan", engineVersion: engine } as const;
}

/**
 * Makes the reports again that went with the database: of each version whose recorded scan is by this very engine. Of
 * others the outcome stands in the log, and the next rescan has them read anew.
 */
export async function restoreScans({
  db,
  blobs,
  scanner,
}: Pick<ScanDeps, "db" | "blobs" | "scanner">): Promise<number> {
  const engine = nameEngine(scanner);
  const lost = await listRecordedScans(db, engine);
  for (const { versionId, tarSha256, finishedAt } of lost) {
    const tar = await blobs.read(tarSha256, MAX_TAR_BYTES);
    const report = await scanner.scan(tar, finishedAt);
    await putScan(db, {
      versionId,
      engine,
      advisoriesAt: scanner.advisoriesAt,
      report,
      reportDigest: digestReport(report),
      isShadow: false,
      startedAt: finishedAt,
      finishedAt,
    });
  }
  return lost.length;
}
