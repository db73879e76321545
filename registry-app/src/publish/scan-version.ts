import { isDeepStrictEqual } from "node:util";
import { transaction, type Db, type Tx } from "../db/index.ts";
import type { Blobs } from "../blobs/index.ts";
import {
  addObservation,
  addRecordedFindings,
  type Observation,
  type ScanReport,
} from "../scan/index.ts";
import { isReleased, tellLate, writeCheck, type RecordDeps } from "./record-check.ts";
import { digestReport, nameEngine, toCheckFacts, type ScanEngine } from "./scan-report.ts";
import { MAX_TAR_BYTES } from "./store-version.ts";
import { findReleaseFacts, listCheckStates, lockVersion } from "./store/decisions.ts";
import {
  findObservation,
  findScan,
  listRecordedScans,
  listScans,
  putObservation,
  putReport,
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
  const read = await readArchive(deps, version);
  const [verdict, isLate] = await transaction(deps.db, async (tx) => {
    // What it is seen to do is recorded under the same lock, so that neither misses the other.
    await lockVersion(tx, versionId);
    const scan = await withObserved(tx, read);
    await putScan(tx, { ...scan, isShadow: false });
    const { verdict: own } = scan.report;
    if (!(await saysTheSame(tx, version, scan.report)))
      return [own, await writeCheck(deps, tx, version, toReport(version, scan))] as const;
    // A run before this one may have been cut off after it was recorded.
    await deps.onCheck(tx, versionId, isReleased(version));
    return [own, false] as const;
  });
  if (isLate) await tellLate(deps, version);
  return verdict;
}

/** As `scanVersion`, but what was found decides nothing until the engine comes into force. */
export async function scanInShadow(deps: ScanDeps, versionId: string): Promise<void> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version === undefined) return;
  const read = await readArchive(deps, version);
  await transaction(deps.db, async (tx) => {
    await lockVersion(tx, versionId);
    const scan = await withObserved(tx, read);
    const known = await findScan(tx, versionId, scan.engine);
    const isShadow = known === undefined || known.isShadow || known.digest !== scan.reportDigest;
    await putScan(tx, { ...scan, isShadow });
  });
}

/** What a shadow found counts from now on; only what is otherwise than before is recorded. */
export async function bringInForce(deps: ScanDeps, versionId: string): Promise<void> {
  const engine = nameEngine(deps.scanner);
  const version = await findReleaseFacts(deps.db, versionId);
  const scan = await findScan(deps.db, versionId, engine);
  if (version === undefined || scan === undefined) return;
  const isAsRecorded = await saysTheSame(deps.db, version, scan.report);
  const isLate = await transaction(deps.db, async (tx) => {
    await putScanInForce(tx, versionId, engine);
    if (isAsRecorded) return false;
    return writeCheck(deps, tx, version, toReport(version, { engine, report: scan.report }));
  });
  if (isLate) await tellLate(deps, version);
}

type Read = Omit<NewScan, "isShadow" | "reportDigest">;

async function readArchive(
  { blobs, scanner, clock }: ScanDeps,
  version: ReleaseFacts,
): Promise<Read> {
  const startedAt = clock.now();
  const tar = await blobs.read(version.tarSha256, MAX_TAR_BYTES);
  const report = await scanner.scan(tar, startedAt);
  return {
    versionId: version.id,
    engine: nameEngine(scanner),
    advisoriesAt: scanner.advisoriesAt,
    report,
    startedAt,
    finishedAt: clock.now(),
  };
}

/**
 * Adds what the version was seen to do when its cases were run. Where that went with a database, what was recorded of it
 * is still there.
 */
async function withObserved(db: Db | Tx, read: Read): Promise<Omit<NewScan, "isShadow">> {
  const seen = await findObservation(db, read.versionId);
  const recorded = seen === undefined ? await findRecorded(db, read.versionId) : undefined;
  const report =
    seen === undefined
      ? addRecordedFindings(read.report, recorded?.findings ?? [])
      : addObservation(read.report, seen);
  return { ...read, report, reportDigest: digestReport(report) };
}

async function findRecorded(db: Db | Tx, versionId: string) {
  return (await listCheckStates(db, versionId)).find(({ name }) => name === "scan");
}

/**
 * Records what a version was seen to do, once, and puts it into every report that there is of it; a check that says
 * something else then is recorded anew. The caller calls what it gives after the commit.
 */
export async function recordObservation(
  tx: Tx,
  deps: RecordDeps,
  { versionId, seen }: { readonly versionId: string; readonly seen: Observation },
): Promise<() => Promise<void>> {
  const nothing = async () => undefined;
  await lockVersion(tx, versionId);
  const version = await findReleaseFacts(tx, versionId);
  const at = deps.clock.now();
  if (version === undefined || !(await putObservation(tx, versionId, { detail: seen, at })))
    return nothing;
  let isLate = false;
  const scans = await listScans(tx, versionId);
  for (const [index, { engine, report: before, isShadow }] of scans.entries()) {
    const report = addObservation(before, seen);
    await putReport(tx, { versionId, engine, report, reportDigest: digestReport(report) });
    const isInForce = index === 0 && !isShadow;
    if (isInForce && !(await saysTheSame(tx, version, report)))
      isLate = await writeCheck(deps, tx, version, toReport(version, { engine, report }));
  }
  return isLate ? () => tellLate(deps, version) : nothing;
}

/** A later engine that finds the same is no news: the log would grow by a line for each version and rule set. */
async function saysTheSame(
  db: Db | Tx,
  version: ReleaseFacts,
  report: ScanReport,
): Promise<boolean> {
  const recorded = await findRecorded(db, version.id);
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
    const facts = { versionId, engine, advisoriesAt: scanner.advisoriesAt, report };
    const scan = await withObserved(db, { ...facts, startedAt: finishedAt, finishedAt });
    await putScan(db, { ...scan, isShadow: false });
  }
  return lost.length;
}
