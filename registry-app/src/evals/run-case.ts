import type { EvalCase } from "./format/types.ts";
import { evalKey } from "./key.ts";
import { runTrial, unrun, type Trial, type TrialInput } from "./run-trial.ts";
import { foldTrials, scoreOf } from "./statuses.ts";
import { caseDetail, type CaseDetail } from "./stored-report.ts";
import type { StartedCase } from "./store/results.ts";
import type { CaseResult, SkillFiles, SuiteDeps } from "./suite-types.ts";

/** One case in one arm. */
export type Unit = {
  readonly started: StartedCase;
  readonly of: EvalCase;
  /** The skill of the arm; null for the arm without one. */
  readonly skill: SkillFiles | null;
  readonly input: TrialInput;
  /** The folder that the case stands in. */
  readonly files: SkillFiles["files"];
};

/** Runs a case as often as it says, or takes what is kept of identical input. Never throws for what a case does. */
export async function runCase(
  deps: SuiteDeps,
  unit: Unit,
  isOver: () => string | undefined,
): Promise<CaseResult> {
  const startedAt = deps.clock.now();
  const reason = findSkipReason(deps, unit);
  if (reason !== undefined)
    return toResult(deps, unit, [unrun("skipped", reason)], { startedAt, key: null });
  const key = toKey(deps, unit);
  const kept =
    mayReuse(unit) && key !== null ? await deps.findCached(key, unit.started.arm) : undefined;
  const detail = kept === undefined ? undefined : caseDetail.safeParse(kept.detail).data;
  if (kept !== undefined && detail !== undefined) {
    const finishedAt = deps.clock.now();
    const facts = { ...kept, detail, cacheKey: key, isCached: true, log: null };
    return { ...unit.started, ...facts, startedAt, finishedAt };
  }
  const trials: Trial[] = [];
  for (let number = 1; number <= unit.of.trials; number += 1) {
    const over = isOver();
    trials.push(
      over === undefined ? await runWithRetries(deps, unit, number) : stopped(unit, over),
    );
  }
  return toResult(deps, unit, trials, { startedAt, key });
}

function findSkipReason({ opening, agent }: SuiteDeps, { of, started, skill }: Unit) {
  if (of.skip !== null) return of.skip;
  if (opening.kind === "unavailable") return `no sandbox: ${opening.because}`;
  if (of.kind !== "script" && agent === null) return "no model endpoint is configured";
  if (started.arm === "previous-version" && skill === null) return "there is no previous version";
  return undefined;
}

function stopped({ input }: Unit, because: string): Trial {
  return unrun(input.signal?.aborted === true ? "errored" : "skipped", because);
}

/** What failed on our side is made again; what the case decided never is. */
async function runWithRetries(deps: SuiteDeps, unit: Unit, number: number): Promise<Trial> {
  const { opening, model, agent, ids } = deps;
  if (opening.kind === "unavailable") return unrun("skipped", opening.because);
  const { sandbox } = opening;
  for (let attempt = 0; ; attempt += 1) {
    const id = `${unit.input.id}.${number}${attempt === 0 ? "" : `r${attempt}`}`.slice(-100);
    const trial = await runTrial({ sandbox, model, agent, ids }, { ...unit.input, id });
    const isFinal = attempt >= unit.of.retries || unit.input.signal?.aborted === true;
    if (trial.status !== "errored" || isFinal) return trial;
  }
}

/** Scripts are deterministic by their claim; of agents only the arm that holds nothing of the version. */
function mayReuse({ of, started }: Unit): boolean {
  const isJudged = of.graders.some(({ kind }) => kind === "model");
  return (of.kind === "script" && !isJudged) || started.arm === "no-skill";
}

function toKey({ opening, agent, model }: SuiteDeps, { of, started, skill, files }: Unit) {
  if (opening.kind === "unavailable") return null;
  const isJudged = of.graders.some(({ kind }) => kind === "model");
  return evalKey({
    files,
    skill: skill?.files ?? null,
    of,
    arm: started.arm,
    isolation: opening.sandbox.isolation,
    agent: of.kind === "script" ? null : (agent?.id ?? null),
    judge: isJudged ? (model?.id ?? null) : null,
  });
}

function toResult(
  { clock }: SuiteDeps,
  { started, of }: Unit,
  trials: readonly Trial[],
  { startedAt, key }: { readonly startedAt: Date; readonly key: string | null },
): CaseResult {
  const fold = foldTrials(
    trials.map(({ status }) => status),
    of.pass,
  );
  const scores = trials.flatMap(({ checks }) => scoreOf(checks) ?? []);
  const numbers = (pick: (trial: Trial) => number | null) =>
    trials.flatMap((one) => pick(one) ?? []);
  const logs = trials.flatMap(({ log }, index) =>
    log === null ? [] : [{ number: index + 1, ...log }],
  );
  const peaks = numbers(({ peakMemoryBytes }) => peakMemoryBytes);
  const isRun = logs.length > 0;
  return {
    ...started,
    ...fold,
    trials: isRun ? trials.length : 0,
    score: scores.length === 0 ? null : scores.reduce((sum, one) => sum + one, 0) / scores.length,
    durationMs: median(numbers(({ durationMs }) => durationMs)),
    cpuMs: median(numbers(({ cpuMs }) => cpuMs)),
    peakMemoryBytes: peaks.length === 0 ? null : Math.max(...peaks),
    detail: toDetail(of, trials, fold.status),
    logSha256: null,
    log: isRun ? { trials: logs } : null,
    cacheKey: key,
    isCached: false,
    startedAt,
    finishedAt: clock.now(),
  };
}

const MAX_ASKED_LENGTH = 4_096;

function toDetail(of: EvalCase, trials: readonly Trial[], status: Trial["status"]): CaseDetail {
  const asked =
    of.kind === "script" ? of.command.join(" ") : of.kind === "agent" ? of.prompt : of.query;
  const reason = trials.find((trial) => trial.status === status)?.because ?? null;
  return {
    because: reason,
    asked: asked.slice(0, MAX_ASKED_LENGTH),
    trials: trials.map((trial, index) => ({
      number: index + 1,
      status: trial.status,
      end: trial.end,
      exitCode: trial.exitCode,
      signal: trial.signal,
      durationMs: trial.durationMs,
      checks: trial.checks.map(({ name, passed, expected, actual, isRequired }) => ({
        name,
        passed,
        expected,
        actual,
        isRequired,
      })),
      notes: [...trial.notes],
    })),
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
