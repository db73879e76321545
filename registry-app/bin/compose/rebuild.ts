import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alignPublicFiles } from "../../src/catalog/index.ts";
import {
  listPastLaws,
  type ControlSnapshot,
  type SourceLaw,
  type TeamLaw,
} from "../../src/control/index.ts";
import { createObjectReaders } from "../../src/git/index.ts";
import { createSshVerifier } from "../../src/keys/index.ts";
import { findUser } from "../../src/people/index.ts";
import {
  readLog,
  readNewestCheckpoint,
  replayLog,
  restoreScans,
  type LogFault,
  type LoggedFact,
  type LogRead,
  type Replayed,
} from "../../src/publish/index.ts";
import { Refusal, type Config } from "../../src/runtime/index.ts";
import { indexControl } from "../../src/sources/index.ts";
import type { Core } from "./open-core.ts";
import { createReplayedEvidence } from "./evidence.ts";
import { REGISTRY_AUTHOR, writeCheckpoint } from "./open-registry-log.ts";
import { homePaths } from "./paths.ts";
import { openReviewedScan } from "./with-reviewers.ts";

export type CheckedLog =
  LogRead | { readonly kind: "faulty"; readonly faults: readonly LogFault[] };

/** Reads and checks the registry log of a home, before anything is opened or made there. */
export async function readHomeLog(config: Config, pinned: readonly string[]): Promise<CheckedLog> {
  const { log, control } = homePaths(config.home);
  for (const dir of [log, control]) {
    if (existsSync(join(dir, "HEAD"))) continue;
    throw new Refusal(
      "not-found",
      `There is no repo at ${dir}.`,
      "Copy the home's git folder there first.",
    );
  }
  const readers = createObjectReaders();
  try {
    return await readLog({ readers, verifier: createSshVerifier(), dir: log }, pinned);
  } finally {
    await readers.close();
  }
}

/** Puts the pin of the control repo in its place, as the log has it; one that is there already stays. */
export async function restorePin(
  config: Config,
  { rootJson }: LogRead,
): Promise<"kept" | "restored"> {
  const path = join(config.home, "root.json");
  if (existsSync(path)) return "kept";
  if (rootJson === undefined)
    throw new Refusal(
      "not-found",
      `${path} is missing, and the log has no copy of it.`,
      "Restore it from your backup.",
    );
  await writeFile(path, rootJson, { mode: 0o644 });
  return "restored";
}

/** Brings the tables in line with the law of all times and replays the log on top. */
export async function rebuild(core: Core, log: LogRead): Promise<Replayed> {
  const { db, paths, publicFiles, readers } = core;
  const past = await gatherLaws(core);
  const older = log.facts.flatMap((fact) => findLostLaw(fact, past.commits));
  if (older.length > 0) return { kind: "faulty", faults: older };
  if (past.hadPrivateSource) await writeFile(paths.logIsPrivate, "");
  await indexControl({ ...core, gitHome: paths.git }, past.law);
  const evidenceOf = createReplayedEvidence(core, log.facts);
  const replayed = await replayLog(
    {
      ...core,
      gitHome: paths.git,
      author: REGISTRY_AUTHOR,
      openPgpKeys: () => listOpenPgpKeys(core),
      findAccount: async (from, principal) => (await findUser(from, principal))?.id ?? null,
      alignFiles: (skillId) => alignPublicFiles({ db, publicFiles, evidenceOf }, skillId),
    },
    log,
  );
  await refillScans(core);
  const checkpoint = await readNewestCheckpoint({ readers, dir: paths.log });
  if (checkpoint !== undefined) await writeCheckpoint(publicFiles, checkpoint);
  // Sources that are law no more end here, as they did when that law came.
  await indexControl({ ...core, gitHome: paths.git }, past.today);
  return replayed;
}

/** Reports are not in the log; the same engine makes the same ones again. */
async function refillScans(core: Core): Promise<void> {
  const scanner = await openReviewedScan(core);
  try {
    await restoreScans({ ...core, scanner });
  } finally {
    await scanner.close();
  }
}

type Laws = {
  readonly today: ControlSnapshot;
  /** Today's law with every source and team that ever was, each as it was last. */
  readonly law: ControlSnapshot;
  readonly hadPrivateSource: boolean;
  readonly commits: ReadonlySet<string>;
};

/** A law that the log knows and the control repo does not: the repo is an older copy, or another one. */
function findLostLaw(fact: LoggedFact, commits: ReadonlySet<string>): LogFault[] {
  if (fact.kind !== "law" || fact.commit === undefined || commits.has(fact.commit)) return [];
  const says = `tells of a law that the control repo has lost: put a copy of git/control.git in place that has commit ${fact.commit}`;
  return [{ line: fact.line, commit: fact.commit, says }];
}

async function gatherLaws(core: Core): Promise<Laws> {
  const sources = new Map<string, SourceLaw>();
  const teams = new Map<string, TeamLaw>();
  let today: ControlSnapshot | undefined;
  let hadPrivateSource = false;
  const commits = new Set<string>();
  for await (const law of listLaws(core)) {
    today ??= law;
    commits.add(law.commit);
    for (const [slug, source] of law.sources) {
      if (!sources.has(slug)) sources.set(slug, source);
      hadPrivateSource ||= source.visibility === "private";
    }
    for (const [slug, team] of law.teams) if (!teams.has(slug)) teams.set(slug, team);
  }
  if (today === undefined)
    throw new Refusal("unavailable", "The control repo has no lawful commit.");
  return { today, law: { ...today, sources, teams }, hadPrivateSource, commits };
}

async function* listOpenPgpKeys(core: Core) {
  for await (const law of listLaws(core)) yield law.openPgpKeys;
}

function listLaws({ readers, paths }: Core) {
  return listPastLaws({ readers }, { repoDir: paths.control, homeDir: paths.home });
}
