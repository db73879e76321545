import { sql } from "kysely";
import type { Db } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { visible } from "./visible.ts";

/** What a viewer knows of from the catalogue: the skills, and who has signed versions of them. */
export async function findKnown(db: Db, viewer: Viewer) {
  const skills = await sql<{ coordinate: string }>`SELECT t.slug || '/' || s.name AS coordinate
    FROM skills s JOIN teams t ON t.id = s.team_id JOIN sources src ON src.id = s.source_id
    WHERE ${visible(viewer, "s")}`.execute(db);
  const signers = await sql<{ principal: string; key: string }>`
    SELECT DISTINCT v.signer_principal AS principal, v.signer_key AS key
    FROM skill_versions v JOIN skills s ON s.id = v.skill_id JOIN sources src ON src.id = s.source_id
    WHERE ${visible(viewer, "s")}`.execute(db);
  const ids = viewer.kind === "limited" && !viewer.demoOnly ? viewer.teamIds : [];
  const teams = await sql<{ slug: string }>`
    SELECT slug FROM teams WHERE id = ANY(${ids}::uuid[])`.execute(db);
  return {
    isEverything: viewer.kind === "everything",
    teams: new Set(teams.rows.map(({ slug }) => slug)),
    skills: new Set(skills.rows.map(({ coordinate }) => coordinate)),
    principals: new Set(signers.rows.map(({ principal }) => principal)),
    keys: new Set(signers.rows.map(({ key }) => key)),
  };
}
