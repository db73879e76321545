import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Opening } from "@assay/sandbox";
import { decodeUstar, type ArchiveFile, type Blobs } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import type { Model } from "../model/index.ts";
import { Stalled, type Clock, type Ids } from "../runtime/index.ts";
import { SKILL_LIMITS } from "../skill/index.ts";
import { evaluateSkill, type Evaluation } from "./evaluate-skill.ts";
import type { EvaluateDeps, SuiteEvents, SuiteResult } from "./evaluate-next.ts";
import type { AgentRunner } from "./ports.ts";
import { findPreviousTar, isObserved, type ClaimedRun } from "./store/queue.ts";
import { findCached } from "./store/results.ts";
import type { CaseLog } from "./stored-report.ts";
import type { CaseResult } from "./suite-types.ts";

const pack = promisify(gzip);

export type StoredDeps = {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly openSandbox: () => Promise<Opening>;
  readonly model: Model | null;
  readonly agent: AgentRunner | null;
};

/** A tar has a header and padding for each file. */
const MAX_TAR_BYTES = 2 * SKILL_LIMITS.totalBytes;
/** What was really run within this time is not run again for the same key; after that it is, as an audit. */
const CACHED_MS = 7 * 86_400_000;

/**
 * Runs the evals of a version from its archive, which is what is served, and keeps their logs; of a pull request the
 * script cases from the archive of its head.
 */
export function createSuiteRunner(deps: StoredDeps): EvaluateDeps["runSuite"] {
  return async (run, events, signal) => {
    const { versionId, tarSha256 } = run;
    if (tarSha256 === null) throw new Stalled("a run of evals has no archive that it is of");
    const files = await readFiles(deps.blobs, tarSha256);
    const before = versionId === null ? undefined : await findPreviousTar(deps.db, versionId);
    const previous = before === undefined ? null : await readFiles(deps.blobs, before);
    const suite = {
      opening: await deps.openSandbox(),
      model: deps.model,
      agent: deps.agent,
      clock: deps.clock,
      ids: deps.ids,
      onStarted: events.onStarted,
      onResult: (result: CaseResult) => keep(deps.blobs, events, result),
      findCached: (key: string) => lookUp(deps, run, key),
    };
    const isWatched = versionId !== null && !(await isObserved(deps.db, versionId));
    // What anybody may push is not given to a model that somebody pays for.
    const isScriptsOnly = versionId === null;
    const input = { runId: run.id, files, previous, policy: run.policy, signal };
    return toResult(await evaluateSkill(suite, { ...input, isWatched, isScriptsOnly }));
  };
}

async function readFiles(blobs: Blobs, sha256: string): Promise<readonly ArchiveFile[]> {
  return decodeUstar(await blobs.read(sha256, MAX_TAR_BYTES));
}

/** Somebody who asks for another run wants one, not the answer of the last. */
async function lookUp({ db, clock }: StoredDeps, run: ClaimedRun, key: string) {
  if (run.reason === "re-run") return undefined;
  return findCached(db, key, new Date(clock.now().getTime() - CACHED_MS));
}

async function keep(
  blobs: Blobs,
  { onResult }: SuiteEvents,
  { log, ...row }: CaseResult,
): Promise<void> {
  const logSha256 = log === null ? row.logSha256 : await putLog(blobs, log);
  await onResult({ ...row, logSha256 });
}

async function putLog(blobs: Blobs, log: CaseLog): Promise<string> {
  return blobs.put(await pack(JSON.stringify(log)));
}

function toResult(evaluation: Evaluation): SuiteResult {
  if (evaluation.kind === "none")
    throw new Stalled("a run was asked for of a skill that has no evals");
  const { report } = evaluation;
  const { status, outcome, summary, findings, unavailable, isolation, warnings } = report;
  return {
    status,
    outcome,
    summary,
    findings,
    watched: evaluation.kind === "evaluated" ? evaluation.watched : null,
    report: { unavailable, isolation, warnings: [...warnings] },
  };
}
