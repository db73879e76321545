import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Blobs } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import { caseDetail, caseLog, flipRate, runReport, type CaseLog } from "../evals/index.ts";
import type { Viewer } from "../people/index.ts";
import type { EvalCase, EvalRun, VersionEvals } from "./eval-schema.ts";
import { isServed } from "./read-skills.ts";
import {
  countBefore,
  listCaseHistory,
  listEvalCases,
  listEvalRuns,
  listSameInput,
  type EvalCaseRow,
  type EvalRunRow,
} from "./store/evals.ts";
import { findSkill, findVersion } from "./store/skills.ts";

type Wanted = { readonly team: string; readonly name: string; readonly version: string };

const RUNS_SHOWN = 20;
const HISTORY_SHOWN = 50;
const MAX_LOG_BYTES = 64 * 1024 * 1024;
const unpack = promisify(gunzip);

/** The evals of a version that the viewer may see; undefined when there is no such version. */
export async function readEvals(
  db: Db,
  viewer: Viewer,
  wanted: Wanted,
): Promise<VersionEvals | undefined> {
  const skill = await findSkill(db, viewer, wanted.team, wanted.name);
  const row = skill && (await findVersion(db, skill.id, wanted.version));
  if (row === undefined) return undefined;
  const runs = await listEvalRuns(db, row.id, RUNS_SHOWN);
  const [newest] = runs;
  const cases = newest === undefined ? [] : await listEvalCases(db, newest.id);
  return {
    runs: await Promise.all(runs.map((run) => toRun(db, run))),
    cases: cases.map((one) => toCase(one, isServed(row.state))),
  };
}

async function toRun(db: Db, run: EvalRunRow): Promise<EvalRun> {
  const { report, createdAt, notBefore, startedAt, finishedAt, ...facts } = run;
  return {
    ...facts,
    before: run.state === "queued" ? await countBefore(db, run.id) : null,
    report: runReport.safeParse(report).data ?? null,
    createdAt: createdAt.toISOString(),
    notBefore: notBefore.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** What a case says and writes are words of the skill: they are shown where the skill itself is. */
function toCase({ detail, logSha256, ...row }: EvalCaseRow, isShown: boolean): EvalCase {
  const known = isShown && row.status !== "running" ? caseDetail.safeParse(detail).data : undefined;
  return { ...row, hasLog: isShown && logSha256 !== null, detail: known ?? null };
}

/** One case of the newest run with its log and its history; undefined when there is none to see. */
export async function readEvalCase(
  { db, blobs }: { readonly db: Db; readonly blobs: Blobs },
  viewer: Viewer,
  { caseId, ...wanted }: Wanted & { readonly caseId: string },
) {
  const skill = await findSkill(db, viewer, wanted.team, wanted.name);
  const row = skill && (await findVersion(db, skill.id, wanted.version));
  if (skill === undefined || row === undefined) return undefined;
  const [run] = await listEvalRuns(db, row.id, 1);
  const rows = run === undefined ? [] : await listEvalCases(db, run.id);
  const own = rows.filter(({ id }) => id === caseId);
  const [first] = own;
  if (run === undefined || first === undefined) return undefined;
  const isShown = isServed(row.state);
  const history = await listCaseHistory(db, skill.id, caseId, HISTORY_SHOWN);
  const same = await listSameInput(db, { runId: run.id, caseId, limit: HISTORY_SHOWN });
  return {
    run: await toRun(db, run),
    arms: await Promise.all(
      own.map(async (one) => ({
        ...toCase(one, isShown),
        log: isShown && one.logSha256 !== null ? await readLog(blobs, one.logSha256) : null,
      })),
    ),
    /** How often runs of the very same input disagree with the one before, from 0 to 1; null below two runs. */
    sameInput: { runs: same.length, flipRate: flipRate(same) },
    history: history.map((one) => ({ ...one, finishedAt: one.finishedAt.toISOString() })),
  };
}

/** Undefined parts of an old log, and one that is gone, are told as no log. */
async function readLog(blobs: Blobs, sha256: string): Promise<CaseLog | null> {
  if (!(await blobs.has(sha256))) return null;
  const packed = await blobs.read(sha256, MAX_LOG_BYTES);
  const text = (await unpack(packed, { maxOutputLength: MAX_LOG_BYTES })).toString("utf8");
  return caseLog.safeParse(JSON.parse(text)).data ?? null;
}

/** One stream of one trial of a case, as it was written; undefined when there is none to see. */
export async function readEvalLog(
  deps: { readonly db: Db; readonly blobs: Blobs },
  viewer: Viewer,
  wanted: Wanted & {
    readonly caseId: string;
    readonly stream: "stdout" | "stderr";
    readonly trial: number;
  },
): Promise<Buffer | undefined> {
  const found = await readEvalCase(deps, viewer, wanted);
  const arm = found?.arms.find((one) => one.arm === "with-skill");
  const trial = arm?.log?.trials.find(({ number }) => number === wanted.trial);
  return trial && Buffer.from(trial[wanted.stream].base64, "base64");
}
