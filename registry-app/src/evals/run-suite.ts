import type { EvalArm } from "../db/index.ts";
import type { EvalFinding } from "./evaluate-next.ts";
import { EVALS_PATH } from "./format/paths.ts";
import type { EvalCase, FormatFinding } from "./format/types.ts";
import { inParallel } from "./in-parallel.ts";
import { computeLift, sayLift, type ArmTrials, type Lift } from "./lift.ts";
import { runCase, type Unit } from "./run-case.ts";
import { offerSkill } from "./run-trial.ts";
import { statusOfRun, toOutcome } from "./statuses.ts";
import type { CaseResult, EvalReport, SuiteDeps, SuiteInput } from "./suite-types.ts";

/** Containers of one suite at the same time. */
const CASES_AT_ONCE = 2;
const MAX_RUN_MS = 30 * 60_000;

/** Runs every case of a skill, each in its container, and says what they come to. */
export async function runSuite(deps: SuiteDeps, input: SuiteInput): Promise<EvalReport> {
  const units = planUnits(input);
  const until = deps.clock.now().getTime() + (input.maxRunMs ?? MAX_RUN_MS);
  const isOver = () => {
    if (input.signal?.aborted === true) return "it was cancelled";
    return deps.clock.now().getTime() > until
      ? "the time of the whole run was used up before"
      : undefined;
  };
  const cases = await inParallel(units, CASES_AT_ONCE, async (unit) => {
    await deps.onStarted(unit.started);
    const result = await runCase(deps, unit, isOver);
    await deps.onResult(result);
    return result;
  });
  return toReport(deps, input, cases);
}

/** What a file that cannot be read comes to: nothing was looked at, so nothing passed. */
export function reportInvalid(
  findings: readonly FormatFinding[],
): Pick<EvalReport, "status" | "outcome" | "summary" | "findings"> {
  const [first] = findings;
  return {
    status: "failed",
    outcome: "incomplete",
    summary: `${EVALS_PATH} cannot be run: ${first?.message ?? "it is not valid"}`,
    findings: findings.map(({ rule, message, file, line }) => ({
      rule,
      severity: "error",
      message,
      file,
      line,
    })),
  };
}

function planUnits({ runId, skill, previous, suite, signal }: SuiteInput): readonly Unit[] {
  const fixtures = new Map(skill.files.map(({ path, bytes }) => [path, bytes]));
  const offered = { own: offerSkill(skill), previous: previous && offerSkill(previous) };
  return suite.cases.flatMap((of, position) =>
    armsOf(of).map((arm): Unit => {
      const version = arm === "with-skill" ? skill : arm === "no-skill" ? null : previous;
      const put = arm === "with-skill" ? offered.own : arm === "no-skill" ? null : offered.previous;
      const { id: caseId, name, kind, isRequired } = of;
      const id = `${runId.slice(0, 30)}.${caseId.slice(0, 40)}.${arm}`;
      return {
        started: { caseId, arm, position, name, kind, isRequired },
        of,
        skill: version,
        input: { of, arm, id, skill: put, fixtures, signal },
        files: skill.files,
      };
    }),
  );
}

function armsOf(of: EvalCase): readonly EvalArm[] {
  return of.kind === "agent" && of.baseline !== "none"
    ? ["with-skill", of.baseline]
    : ["with-skill"];
}

function toReport(
  { opening }: SuiteDeps,
  { suite }: SuiteInput,
  cases: readonly CaseResult[],
): EvalReport {
  const byId = new Map(suite.cases.map((of) => [of.id, of]));
  const outcome = toOutcome(
    cases.map(({ caseId, status, isRequired, arm }) => {
      const isLeftOut = (byId.get(caseId)?.skip ?? null) !== null;
      return { status, isRequired, arm, isLeftOut };
    }),
  );
  const lifts = (["no-skill", "previous-version"] as const).flatMap(
    (against) => computeLift(cases.map(toArmTrials), against) ?? [],
  );
  return {
    status: statusOfRun(outcome),
    outcome,
    summary: sayCounts(cases, lifts),
    findings: cases.flatMap((one) => toFinding(one, byId.get(one.caseId)?.line ?? 1)),
    cases,
    lifts,
    isolation: opening.kind === "ready" ? opening.sandbox.isolation : null,
    unavailable: opening.kind === "ready" ? null : opening.because,
    warnings: [],
  };
}

function toArmTrials({ caseId, arm, detail }: CaseResult): ArmTrials {
  return { caseId, arm, statuses: detail.trials.map(({ status }) => status) };
}

function sayCounts(cases: readonly CaseResult[], lifts: readonly Lift[]): string {
  const own = cases.filter(({ arm }) => arm === "with-skill");
  const counts = Map.groupBy(own, ({ status }) => status);
  const words = [...counts].map(([status, list]) => {
    const because = list[0]?.detail.because;
    const why = status === "skipped" && because ? ` (${because})` : "";
    return `${list.length} ${status}${why}`;
  });
  return [words.join(", ") || "no cases", ...lifts.map(sayLift)].join("; ");
}

function toFinding(
  { arm, status, caseId, isRequired, detail }: CaseResult,
  line: number,
): EvalFinding[] {
  if (arm !== "with-skill" || (status !== "failed" && status !== "timeout")) return [];
  const severity = isRequired ? "error" : "warning";
  const bad = detail.trials
    .flatMap(({ checks }) => checks)
    .find(({ passed, isRequired: counts }) => !passed && counts);
  const why = bad === undefined ? "" : `: ${bad.name}, expected ${bad.expected}, was ${bad.actual}`;
  const what = status === "timeout" ? "ran out of time" : `failed${why}`;
  const message = `Case ${caseId} ${what}`;
  return [{ rule: `evals-${status}`, severity, message, file: EVALS_PATH, line }];
}
