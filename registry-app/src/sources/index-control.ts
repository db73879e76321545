import { record } from "../audit/index.ts";
import { findSingleAuthor, type ControlSnapshot, type SourceLaw } from "../control/index.ts";
import { lockInTx, transaction, type Db } from "../db/index.ts";
import { initBare } from "../git/index.ts";
import { alignGithubTeams, retireTeamsExcept, upsertTeam } from "../people/index.ts";
import type { Clock, Ids } from "../runtime/index.ts";
import { sourceRepo } from "./repo-dirs.ts";
import { alignSkillVisibility, listSources, putSource, removeSourcesExcept } from "./store.ts";

export type IndexDeps = {
  readonly db: Db;
  readonly gitHome: string;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Settings of every hosted source's repo: git itself refuses what no judgement is needed for. */
const HOSTED_CONFIG = {
  "receive.fsckObjects": "true",
  "receive.denyNonFastForwards": "true",
  "receive.denyDeletes": "true",
  "transfer.hideRefs": "refs/published",
  "gc.auto": "0",
} as const;

/**
 * Makes the tables of teams and sources say what the control repo says, and the repos of hosted sources exist. The
 * tables are an index of the law: running it again changes nothing. Returns the skills that became public or private.
 */
export async function indexControl(deps: IndexDeps, law: ControlSnapshot): Promise<string[]> {
  for (const source of law.sources.values()) {
    if (source.kind === "hosted")
      await initBare(sourceRepo(deps.gitHome, source).dir, { config: HOSTED_CONFIG });
  }
  const now = deps.clock.now();
  return transaction(deps.db, async (tx) => {
    await lockInTx(tx, "index-control");
    const known = new Set((await listSources(tx)).map((source) => source.slug));
    const teamIds = new Map<string, string>();
    for (const { slug, name } of law.teams.values())
      teamIds.set(slug, (await upsertTeam(deps, tx, { slug, name })).id);
    for (const source of law.sources.values()) {
      const isSingleAuthor = findSingleAuthor(law, source.slug) !== null;
      const facts = { ...source, teamId: teamIdOf(teamIds, source), isSingleAuthor };
      await putSource(tx, deps.ids.next(), facts, now);
      if (known.has(source.slug)) continue;
      await record(tx, {
        actor: "control",
        action: "source.add",
        subject: `source:${source.slug}`,
        detail: { team: source.team, kind: source.kind },
        at: now,
      });
    }
    await retireTeamsExcept(deps, tx, [...law.teams.keys()]);
    const onGithub = [...law.teams.values()].map(({ slug, github }) => ({
      teamId: teamIds.get(slug) ?? "",
      github,
    }));
    await alignGithubTeams(deps, tx, onGithub);
    const changed = await alignSkillVisibility(tx);
    for (const slug of await removeSourcesExcept(tx, [...law.sources.keys()])) {
      await record(tx, {
        actor: "control",
        action: "source.remove",
        subject: `source:${slug}`,
        detail: {},
        at: now,
      });
    }
    return changed;
  });
}

/** parseControl has checked that every source names a team of the same snapshot. */
function teamIdOf(teamIds: ReadonlyMap<string, string>, source: SourceLaw): string {
  const id = teamIds.get(source.team);
  if (id === undefined) throw new Error(`source ${source.slug} names no team`);
  return id;
}
