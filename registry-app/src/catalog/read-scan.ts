import type { Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import {
  compareCapabilities,
  toSarif,
  type Capability,
  type RuleFacts,
  type SarifLog,
  type SarifWaiver,
  type ScanReport,
} from "../scan/index.ts";
import { readObserved } from "./read-observed.ts";
import { isServed } from "./read-skills.ts";
import type { Scan } from "./scan-schema.ts";
import { findScannedPlace, findScanReport } from "./store/scans.ts";
import { findSkill, findVersion, type VersionRow } from "./store/skills.ts";

type Wanted = { readonly team: string; readonly name: string; readonly version: string };

/** The scan of a version that the viewer may see; undefined also when there is none. */
export async function scanDetail(
  db: Db,
  viewer: Viewer,
  { team, name, version }: Wanted,
): Promise<Scan | undefined> {
  const skill = await findSkill(db, viewer, team, name);
  const row = skill && (await findVersion(db, skill.id, version));
  return row && readScan(db, row);
}

/** What a waiver has to be about to count for a version. */
export type WaivedVersion = Wanted & { readonly digest: string; readonly signer: string };

/** The waivers of a version that count now: the law is not known here. */
export type FindWaivers = (version: WaivedVersion) => Promise<readonly SarifWaiver[]>;

export type SarifDeps = {
  readonly db: Db;
  readonly findWaivers: FindWaivers;
  /** Every rule that a report can name. */
  readonly rules: readonly RuleFacts[];
};

/** The same as SARIF, with what is waived suppressed. Files are named from the skill's folder. */
export async function scanSarif(
  { db, findWaivers, rules }: SarifDeps,
  viewer: Viewer,
  wanted: Wanted,
): Promise<SarifLog | undefined> {
  const skill = await findSkill(db, viewer, wanted.team, wanted.name);
  const row = skill && (await findVersion(db, skill.id, wanted.version));
  const found = row && (await findScanReport(db, row.id));
  if (row === undefined || found === undefined) return undefined;
  const report = isServed(row.state) ? found.report : withoutText(found.report);
  const { digest, signerPrincipal: signer } = row;
  const waivers = await findWaivers({ ...wanted, digest, signer });
  return toSarif([{ dir: `skills/${wanted.name}`, report, waivers }], rules);
}

/** The same for the host of the version's own repo: named from its root, and suppressed is what it was published with. */
export async function hostSarif(
  { db, rules }: Pick<SarifDeps, "db" | "rules">,
  versionId: string,
): Promise<SarifLog | undefined> {
  const [found, place] = await Promise.all([
    findScanReport(db, versionId),
    findScannedPlace(db, versionId),
  ]);
  if (found === undefined || place === undefined) return undefined;
  const waivers = place.waived.map(({ rule, until }) => ({
    rule,
    until: new Date(until),
    reason: "it was published with a waiver",
  }));
  return toSarif([{ dir: place.folder, report: found.report, waivers }], rules);
}

/** The scan of this version as it may be shown. */
export async function readScan(
  db: Db,
  row: Pick<VersionRow, "id" | "version" | "state">,
): Promise<Scan | undefined> {
  const found = await findScanReport(db, row.id);
  if (found === undefined) return undefined;
  const report = isServed(row.state) ? found.report : withoutText(found.report);
  const { verdict, risk, score, capabilities, findings, coverage, engine } = report;
  return {
    version: row.version,
    verdict,
    risk,
    score,
    capabilities: capabilities.map((one) => ({ ...one })),
    findings: findings.map((finding) => ({
      ...finding,
      owasp: [...finding.owasp],
      chain: finding.chain.map((step) => ({ ...step })),
    })),
    coverage: { ...coverage, gaps: coverage.gaps.map((gap) => ({ ...gap })) },
    // Hosts, paths and command lines are words of the skill.
    observed: isServed(row.state) ? await readObserved(db, row.id, report) : null,
    engine,
    scannedAt: found.finishedAt.toISOString(),
  };
}

/** What a version is able to do that the one before it was not; undefined unless both were scanned. */
export async function findNewAbilities(
  db: Db,
  row: Pick<VersionRow, "id" | "state">,
  previous: Pick<VersionRow, "id" | "state"> | undefined,
): Promise<Capability[] | undefined> {
  if (previous === undefined) return undefined;
  const [after, before] = await Promise.all([
    findScanReport(db, row.id),
    findScanReport(db, previous.id),
  ]);
  if (after === undefined || before === undefined) return undefined;
  const { gained } = compareCapabilities(before.report.capabilities, after.report.capabilities);
  return isServed(row.state) ? [...gained] : withoutDetails(gained);
}

/** Who decides about what is not served has to know what was found and where; the text itself leaves through no door. */
function withoutText(report: ScanReport): ScanReport {
  return {
    ...report,
    capabilities: withoutDetails(report.capabilities),
    findings: report.findings.map((finding) => ({
      ...finding,
      evidence: "",
      chain: finding.chain.map((step) => ({ ...step, evidence: "" })),
    })),
  };
}

/** Hosts, programs and paths are words of the skill. */
function withoutDetails(capabilities: readonly Capability[]): Capability[] {
  const byKind = new Map<string, Capability>();
  for (const one of capabilities)
    if (!byKind.has(one.kind)) byKind.set(one.kind, { ...one, detail: null });
  return [...byKind.values()];
}
