import type { Db } from "../db/index.ts";
import type { Evidence, EvidenceAnswer } from "../proof/index.ts";
import type { LoggedFact } from "./log-lines.ts";
import type { LogProofs } from "./log-proofs.ts";
import {
  findEvidenceFacts,
  listFileSums,
  listLinePlaces,
  type EvidenceFacts,
} from "./store/evidence.ts";

/** Places in the log, counted from 0, of the lines that speak of a version last. */
export type VersionLines = {
  readonly accepted: number;
  readonly decided: number;
  readonly standing: number | null;
};

type Named = Pick<EvidenceFacts, "source" | "tagOid" | "coordinate">;

export type EvidenceDeps = {
  readonly db: Db;
  readonly proofs: LogProofs;
  /** Undefined when a line of the version is not in the log yet. */
  readonly findLines: (version: Named) => Promise<VersionLines | undefined>;
};

/**
 * What proves a version to those who have installed it; undefined for one that was never released, and for one whose
 * lines the log does not prove yet. It follows from the log, git and the files alone.
 */
export async function gatherEvidence(
  { db, proofs, findLines }: EvidenceDeps,
  versionId: string,
): Promise<EvidenceAnswer | undefined> {
  const version = await findEvidenceFacts(db, versionId);
  const places = version && (await findLines(version));
  if (version === undefined || places === undefined) return undefined;
  const accepted = await proofs.prove(places.accepted);
  const decided = await proofs.prove(places.decided);
  const standing = places.standing === null ? null : await proofs.prove(places.standing);
  const registryKey = await proofs.registryKey();
  if (!accepted || !decided || standing === undefined || !registryKey) return undefined;
  const { coordinate, source, commit, tree, digest } = version;
  const log = { accepted, decided, standing };
  const content = await readContent(db, versionId, version);
  return { coordinate, source, commit, tree, digest, ...content, log, registryKey };
}

/** What is in quarantine leaves through no door: neither its tag's message nor its file names. */
async function readContent(
  db: Db,
  versionId: string,
  { state, tag, tagOid, tagBytes }: EvidenceFacts,
): Promise<Pick<Evidence, "tag" | "files">> {
  if (state === "quarantined" || tagBytes === null)
    return { tag: { name: tag, oid: tagOid, object: null }, files: [] };
  const object = tagBytes.toString("base64");
  return { tag: { name: tag, oid: tagOid, object }, files: await listFileSums(db, versionId) };
}

/** Where the database has the lines of a version. */
export async function findStoredLines(db: Db, version: Named): Promise<VersionLines | undefined> {
  const rows = await listLinePlaces(db, version);
  const place = (kind: string) => rows.find((row) => row.kind === kind)?.place;
  const [accepted, decided] = [place("accepted"), place("decided")];
  if (rows.some((row) => row.isWaiting)) return undefined;
  if (accepted === undefined || decided === undefined) return undefined;
  return { accepted, decided, standing: place("standing") ?? null };
}

/** Where the log that is being replayed has the lines of each version. */
export function findReplayedLines(
  facts: readonly LoggedFact[],
): (version: Named) => Promise<VersionLines | undefined> {
  const found = new Map<string, { accepted?: number; decided?: number; standing?: number }>();
  for (const fact of facts) {
    if (fact.kind !== "accepted" && fact.kind !== "decided" && fact.kind !== "standing") continue;
    const lines = found.get(fact.coordinate) ?? {};
    found.set(fact.coordinate, { ...lines, [fact.kind]: fact.line - 1 });
  }
  return async ({ coordinate }) => {
    const { accepted, decided, standing = null } = found.get(coordinate) ?? {};
    return accepted === undefined || decided === undefined
      ? undefined
      : { accepted, decided, standing };
  };
}
