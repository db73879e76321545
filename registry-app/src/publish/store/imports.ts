import { sql } from "kysely";
import type { Db } from "../../db/index.ts";

/** What a source came with. */
export type Import = {
  /** Over what is confirmed: the lines `NAME OID` of its signed tags, sorted by bytes. */
  readonly digest: string;
  /** Tags that carry a signature, whoever made it. */
  readonly signed: number;
  readonly unsigned: number;
  /** Not judged yet: so long nobody can say what is confirmed. */
  readonly pending: number;
};

/**
 * The imported tags of a source, in one digest. A tag counts as signed unless it was refused for having no signature, so
 * that the digest stays when another law makes a stranger's tag publishable.
 */
export async function findImport(db: Db, sourceId: string): Promise<Import> {
  const { rows } = await sql<Import>`SELECT
      'sha256:' || encode(sha256(convert_to(coalesce(
        string_agg(name || ' ' || oid || E'\\n', '' ORDER BY name COLLATE "C", oid) FILTER (WHERE is_signed), ''), 'UTF8')), 'hex') AS digest,
      count(*) FILTER (WHERE is_signed)::int AS signed,
      count(*) FILTER (WHERE NOT is_signed)::int AS unsigned,
      count(*) FILTER (WHERE state = 'pending' AND NOT has_version)::int AS pending
    FROM (SELECT g.name, g.oid, g.state,
        g.state <> 'ignored' AND coalesce(g.code, '') NOT IN ('LIGHTWEIGHT', 'UNSIGNED') AS is_signed,
        EXISTS (SELECT FROM skill_versions v WHERE v.tag_id = g.id) AS has_version
      FROM tags g WHERE g.source_id = ${sourceId} AND g.imported) came`.execute(db);
  const [found] = rows;
  if (found === undefined) throw new Error("an aggregate has one row");
  return found;
}
