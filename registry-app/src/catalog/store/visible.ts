import { sql, type RawBuilder } from "kysely";
import type { Viewer } from "../../people/index.ts";

/** The SQL of `may(…, "read-skill" or "view-source", …)` for rows of `owned` (a skill or a source) of source `src`. */
export function visible(viewer: Viewer, owned: "s" | "src"): RawBuilder<boolean> {
  if (viewer.kind === "everything") return sql<boolean>`true`;
  const visibility = sql.ref(`${owned}.visibility`);
  if (viewer.teamIds.length === 0) return sql<boolean>`${visibility} = 'public'`;
  const team = sql.ref(`${owned}.team_id`);
  const demo = viewer.demoOnly ? sql`AND src.is_demo` : sql``;
  return sql<boolean>`(${visibility} = 'public' OR (${team} = ANY(${viewer.teamIds}::uuid[]) ${demo}))`;
}

/** Outcome of the newest engine's run of each check of version `v`, as a JSON object by check name. */
export const CHECKS_OF_V = sql<Record<string, string | null>>`(
  SELECT coalesce(json_object_agg(c.name, c.outcome), '{}') FROM (
    SELECT DISTINCT ON (name) name, outcome FROM checks
    WHERE version_id = v.id ORDER BY name, created_at DESC, engine_version DESC) c)`;

/** The scanner's score of version `v`. */
export const SCORE_OF_V = sql<number | null>`(
  SELECT score FROM checks WHERE version_id = v.id AND name = 'scan'
  ORDER BY created_at DESC, engine_version DESC LIMIT 1)`;

/** Versions that are shown at all: a candidate is not decided, a refused one is only told by its tag. */
export const SHOWN_STATES = sql`('published', 'held', 'quarantined', 'yanked')`;
