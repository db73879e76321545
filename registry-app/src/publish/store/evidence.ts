import { sql } from "kysely";
import type { FileMode } from "../../blobs/index.ts";
import type { Db } from "../../db/index.ts";

export type EvidenceFacts = {
  readonly state: "published" | "yanked" | "quarantined";
  readonly coordinate: string;
  readonly source: string;
  readonly tag: string;
  readonly tagOid: string;
  readonly tagBytes: Buffer | null;
  readonly commit: string;
  readonly tree: string;
  readonly digest: string;
};

/** A version that was released, as its evidence tells of it. */
export async function findEvidenceFacts(
  db: Db,
  versionId: string,
): Promise<EvidenceFacts | undefined> {
  const { rows } = await sql<EvidenceFacts>`
    SELECT v.state, t.slug || '/' || k.name || '@' || v.version AS coordinate, src.slug AS source,
      v.tag_name AS tag, v.tag_oid AS "tagOid", g.bytes AS "tagBytes", v.commit_oid AS commit,
      v.tree_oid AS tree, v.digest
    FROM skill_versions v JOIN skills k ON k.id = v.skill_id JOIN teams t ON t.id = k.team_id
      JOIN tags g ON g.id = v.tag_id JOIN sources src ON src.id = g.source_id
    WHERE v.id = ${versionId} AND v.state IN ('published', 'yanked', 'quarantined')`.execute(db);
  return rows[0];
}

export async function listFileSums(db: Db, versionId: string) {
  const { rows } = await sql<{ path: string; mode: FileMode; sha256: string }>`
    SELECT path, mode, sha256 FROM skill_files WHERE version_id = ${versionId}
    ORDER BY path COLLATE "C"`.execute(db);
  return rows;
}

export type LinePlace = {
  readonly kind: string;
  readonly place: number;
  readonly isWaiting: boolean;
};

/** Where in the log the newest lines of each kind stand that speak of a version. */
export async function listLinePlaces(
  db: Db,
  { source, tagOid, coordinate }: Pick<EvidenceFacts, "source" | "tagOid" | "coordinate">,
): Promise<readonly LinePlace[]> {
  const { rows } = await sql<LinePlace>`
    SELECT split_part(key, ':', 1) AS kind, max(seq)::float8 AS place, bool_or(seq IS NULL) AS "isWaiting"
    FROM log_entries
    WHERE (key = ${`accepted:${source}:${tagOid}`} OR key LIKE ${`decided:${tagOid}:%`}
        OR key LIKE ${`standing:${tagOid}:%`})
      AND line::jsonb ->> 'coordinate' = ${coordinate}
    GROUP BY 1`.execute(db);
  return rows;
}
