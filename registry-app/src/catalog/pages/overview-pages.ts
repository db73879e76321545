import type { Db } from "../../db/index.ts";
import type { Team, Viewer } from "../../people/index.ts";
import { findSkills, toChecks } from "../read-skills.ts";
import { countAll, listRefusals, listReleases, listSources } from "../store/sources.ts";
import { toPageItem } from "./search-page.ts";
import { toSourceFacts } from "./source-pages.ts";

const NEWEST = 10;
const SKILLS_OF_TEAM = 200;
const SOURCES_OF_TEAM = 200;

/** The front page: how much there is, and what happened last. */
export async function readOverview(db: Db, viewer: Viewer) {
  const [counts, releases, refusals] = await Promise.all([
    countAll(db, viewer),
    listReleases(db, viewer, NEWEST),
    listRefusals(db, viewer, NEWEST),
  ]);
  return {
    counts,
    releases: releases.map(({ outcomes, publishedAt, ...release }) => ({
      ...release,
      checks: toChecks(outcomes),
      publishedAt: publishedAt.toISOString(),
    })),
    refusals: refusals.map((refusal) => ({
      ...refusal,
      decidedAt: refusal.decidedAt.toISOString(),
    })),
  };
}

/** A team with what the viewer may see of its skills and sources. */
export async function readTeamPage<Signer>(
  db: Db,
  viewer: Viewer,
  team: Team,
  signers: readonly Signer[],
) {
  const query = { q: "", team: team.slug, page: 1, size: SKILLS_OF_TEAM, sort: "name" } as const;
  const skills = await findSkills(db, viewer, query);
  const sources = await listSources(db, viewer, {
    team: team.slug,
    offset: 0,
    limit: SOURCES_OF_TEAM,
  });
  return {
    slug: team.slug,
    displayName: team.name,
    skills: skills.rows.map(toPageItem),
    skillTotal: skills.total,
    sources: sources.rows.map(toSourceFacts),
    signers,
  };
}
