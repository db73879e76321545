import { sql } from "kysely";
import type { ChangelogEntry } from "../../changelog/index.ts";
import type { Db, VersionState, Visibility } from "../../db/index.ts";
import { toldColumns, untoldColumns, type Told, type Untold } from "./telling.ts";

/** All that a release on the host of a source says of a version. */
export type HostReleaseFacts = {
  readonly versionId: string;
  readonly sourceUrl: string;
  readonly tag: string;
  readonly tagOid: string;
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly visibility: Visibility;
  /** `published`, or what became of it since. */
  readonly state: VersionState;
  readonly digest: string;
  readonly signer: string;
  /** The version before it; null: none. */
  readonly previous: string | null;
  readonly entries: readonly ChangelogEntry[];
  /** Digest of everything here. */
  readonly said: string;
  /** What the host calls the release; null before there is one. */
  readonly externalId: string | null;
  readonly attempts: number;
};

/**
 * Versions whose release on their host is not there or says something else, oldest first. One that is withdrawn before it
 * had a release gets none; nor does one that came with its source.
 */
export async function listUnreleased(
  db: Db,
  wish: { readonly sourceIds: readonly string[]; readonly now: Date; readonly limit: number },
): Promise<readonly HostReleaseFacts[]> {
  const { rows } = await sql<HostReleaseFacts>`
    WITH facts AS (
      SELECT v.id AS "versionId", s.url AS "sourceUrl", v.tag_name AS tag, v.tag_oid AS "tagOid", m.slug AS team,
        k.name AS skill, v.version, v.is_prerelease AS "isPrerelease", k.visibility, v.state, v.digest,
        v.signer_principal AS signer, v.changelog->>'from' AS previous,
        coalesce(v.changelog->'entries', '[]'::jsonb) AS entries, v.published_at
      FROM skill_versions v JOIN tags t ON t.id = v.tag_id JOIN sources s ON s.id = t.source_id
        JOIN skills k ON k.id = v.skill_id JOIN teams m ON m.id = k.team_id
      WHERE s.id = ANY(${[...wish.sourceIds]}::uuid[]) AND s.state = 'active' AND s.has_host_releases
        AND t.in_git AND NOT t.imported AND v.state IN ('published', 'yanked', 'quarantined')),
    said AS (SELECT *, md5(state || visibility || "isPrerelease") AS said FROM facts)
    SELECT said.*, r.external_id AS "externalId", coalesce(r.attempts, 0) AS attempts
    FROM said LEFT JOIN host_releases r ON r.version_id = said."versionId"
    WHERE (r.external_id IS NULL AND state = 'published' OR r.external_id IS NOT NULL AND r.said <> said.said)
      AND (r.not_before IS NULL OR r.not_before <= ${wish.now})
    ORDER BY published_at, tag LIMIT ${wish.limit}`.execute(db);
  return rows;
}

/** Notes what the host calls the release, and that it says all this. */
export async function putHostRelease(
  db: Db,
  { versionId, said }: Pick<HostReleaseFacts, "versionId" | "said">,
  told: Told,
): Promise<void> {
  const columns = toldColumns(said, told);
  await db
    .insertInto("host_releases")
    .values({ version_id: versionId, ...columns })
    .onConflict((conflict) => conflict.column("version_id").doUpdateSet(columns))
    .execute();
}

/** Notes that it could not be made, and when to try again. */
export async function putUnreleased(
  db: Db,
  { versionId, attempts }: Pick<HostReleaseFacts, "versionId" | "attempts">,
  why: Omit<Untold, "attempts">,
): Promise<void> {
  const { fresh, changed } = untoldColumns({ attempts, ...why });
  await db
    .insertInto("host_releases")
    .values({ version_id: versionId, ...fresh })
    .onConflict((conflict) => conflict.column("version_id").doUpdateSet(changed))
    .execute();
}
