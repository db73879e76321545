import { sql } from "kysely";
import type { Db } from "../../db/index.ts";

export type DownloadRow = {
  readonly team: string;
  readonly name: string;
  readonly version: string;
  readonly format: string;
  readonly at: Date;
};

/** Records downloads and counts them, in one statement: either both happened or neither. Returns the skills counted. */
export async function insertDownloads(db: Db, events: readonly DownloadRow[]): Promise<string[]> {
  const column = (name: keyof DownloadRow) => events.map((event) => event[name]);
  const { rows } = await sql<{ id: string }>`
    WITH known AS (
      SELECT v.id AS version_id, s.id AS skill_id, e.format, e.at
      FROM unnest(${column("team")}::text[], ${column("name")}::text[], ${column("version")}::text[],
                  ${column("format")}::text[], ${column("at")}::timestamptz[]) AS e(team, name, version, format, at)
      JOIN teams t ON t.slug = e.team
      JOIN skills s ON s.team_id = t.id AND s.name = e.name
      JOIN skill_versions v ON v.skill_id = s.id AND v.version = e.version),
    events AS (
      INSERT INTO download_events (version_id, format, at) SELECT version_id, format, at FROM known)
    UPDATE skills SET downloads = downloads + n.count
    FROM (SELECT skill_id, count(*) AS count FROM known GROUP BY skill_id) n
    WHERE skills.id = n.skill_id RETURNING skills.id`.execute(db);
  return rows.map(({ id }) => id);
}
