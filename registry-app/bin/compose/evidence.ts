import {
  createLogProofs,
  findReplayedLines,
  findStoredLines,
  gatherEvidence,
  type EvidenceDeps,
  type LoggedFact,
} from "../../src/publish/index.ts";
import type { Core } from "./open-core.ts";

/** What proves a version, as it is sent; undefined when there is nothing to prove. */
export type EvidenceOf = (versionId: string) => Promise<Buffer | undefined>;

type Parts = Pick<Core, "db" | "readers" | "paths">;

export function createEvidence(parts: Parts): EvidenceOf {
  return gatherWith(parts, (version) => findStoredLines(parts.db, version));
}

/** While the log is replayed, the database does not know its lines yet. */
export function createReplayedEvidence(parts: Parts, facts: readonly LoggedFact[]): EvidenceOf {
  return gatherWith(parts, findReplayedLines(facts));
}

function gatherWith(
  { db, readers, paths }: Parts,
  findLines: EvidenceDeps["findLines"],
): EvidenceOf {
  const proofs = createLogProofs({ readers, dir: paths.log });
  return async (versionId) => {
    const evidence = await gatherEvidence({ db, proofs, findLines }, versionId);
    return evidence && Buffer.from(JSON.stringify(evidence), "utf8");
  };
}
