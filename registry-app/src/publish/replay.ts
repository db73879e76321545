import { transaction, type Db } from "../db/index.ts";
import { findSourceBySlug } from "../sources/index.ts";
import type { LogFault, LoggedFact } from "./log-lines.ts";
import { planReplay, type TagStory } from "./replay-plan.ts";
import { replayReleases, type ReleasesDeps } from "./replay-releases.ts";
import { replaySource, type ReplayedVersion, type SourceDeps } from "./replay-source.ts";
import { insertLogEntries, putLogPlaces } from "./store/log-entries.ts";

export type ReplayDeps = SourceDeps & ReleasesDeps;

export type Replayed =
  /** The lines contradict each other; nothing was written. */
  | { readonly kind: "faulty"; readonly faults: readonly LogFault[] }
  | {
      readonly kind: "replayed";
      readonly tags: number;
      readonly versions: number;
      readonly skills: number;
      readonly archives: number;
      /** What git beside the log does not have as a line says; those versions are left out. */
      readonly faults: readonly LogFault[];
    };

const ENTRIES_AT_ONCE = 2_000;

/**
 * Writes what the registry log tells into a database that knows no tags yet, and what release made into folders that may
 * be empty. Sources and teams, past ones included, must be indexed. What was decided is not judged again; what can be
 * derived from git is, and has to agree.
 */
export async function replayLog(
  deps: ReplayDeps,
  log: { readonly lines: readonly string[]; readonly facts: readonly LoggedFact[] },
): Promise<Replayed> {
  const plan = planReplay(log.facts);
  if (plan.faults.length > 0) return { kind: "faulty", faults: plan.faults };
  const faults: LogFault[] = [];
  const versions: ReplayedVersion[] = [];
  const bySource = Map.groupBy(plan.tags, (tag) => tag.source);
  for (const slug of new Set([...plan.syncedAt.keys(), ...bySource.keys()])) {
    const stories = bySource.get(slug) ?? [];
    const source = await findSourceBySlug(deps.db, slug);
    if (source === undefined) {
      faults.push(...stories.map(sourceless));
      continue;
    }
    const replayed = await replaySource(deps, source, stories, plan.syncedAt.get(slug));
    faults.push(...replayed.faults);
    versions.push(...replayed.versions);
  }
  const released = await replayReleases(deps, versions);
  faults.push(...released.faults);
  await restoreEntries(deps.db, log, deps.clock.now());
  return {
    kind: "replayed",
    tags: plan.tags.length,
    versions: versions.length,
    skills: released.skills,
    archives: released.archives,
    faults,
  };
}

function sourceless({ source, tag, closed, version }: TagStory): LogFault {
  const line = closed?.line ?? version?.accepted.line;
  const says = `tells of tag ${tag} of source ${source}, which no law, of today or before, names`;
  return { ...(line !== undefined && { line }), says };
}

/** Last, so that a rebuild that broke off is not taken for a whole one: a worker does not start before. */
async function restoreEntries(
  db: Db,
  log: { readonly lines: readonly string[]; readonly facts: readonly LoggedFact[] },
  now: Date,
): Promise<void> {
  for (let start = 0; start < log.lines.length; start += ENTRIES_AT_ONCE) {
    const facts = log.facts.slice(start, start + ENTRIES_AT_ONCE);
    const entries = facts.map(({ key }, at) => ({ key, line: log.lines[start + at] ?? "" }));
    await transaction(db, (tx) => insertLogEntries(tx, entries, now));
    await putLogPlaces(
      db,
      entries.map(({ key }, at) => ({ key, seq: start + at })),
    );
  }
}
