import type { EvalArm, EvalCaseStatus } from "../db/index.ts";

/** The trials of one case in one arm. */
export type ArmTrials = {
  readonly caseId: string;
  readonly arm: EvalArm;
  readonly statuses: readonly EvalCaseStatus[];
};

/** What a skill changes against a baseline, over pairs of trials of the same case. */
export type Lift = {
  readonly against: Exclude<EvalArm, "with-skill">;
  readonly verdict: "improved" | "regressed" | "no credible change" | "not enough evidence";
  /** Pairs in which both trials were decided. */
  readonly pairs: number;
  readonly better: number;
  readonly worse: number;
  /** Percentage points of passed trials, with less without. */
  readonly points: number;
  /** One-sided sign test over the pairs that differ; null below five of them. */
  readonly p: number | null;
};

// Four trials that all agree still happen by chance once in sixteen times.
const MIN_DISCORDANT = 5;
const LEVEL = 0.05;

/** Pairs each trial with the skill with the trial of the same number in the other arm. */
export function computeLift(
  trials: readonly ArmTrials[],
  against: Lift["against"],
): Lift | undefined {
  const others = new Map(
    trials.filter(({ arm }) => arm === against).map((one) => [one.caseId, one.statuses]),
  );
  if (others.size === 0) return undefined;
  const pairs = trials
    .filter(({ arm }) => arm === "with-skill")
    .flatMap(({ caseId, statuses }) =>
      statuses.flatMap((status, at) => toPair(status, others.get(caseId)?.[at])),
    );
  if (pairs.length === 0) return undefined;
  const better = pairs.filter(({ own, other }) => own && !other).length;
  const worse = pairs.filter(({ own, other }) => !own && other).length;
  const points = (100 * (better - worse)) / pairs.length;
  const base = { against, pairs: pairs.length, better, worse, points };
  if (better + worse < MIN_DISCORDANT) return { ...base, verdict: "not enough evidence", p: null };
  const p = signTest(Math.max(better, worse), better + worse);
  if (p > LEVEL) return { ...base, verdict: "no credible change", p };
  return { ...base, verdict: better > worse ? "improved" : "regressed", p };
}

/** Always with its n. */
export function sayLift({ against, verdict, pairs, better, worse, points }: Lift): string {
  const other = against === "no-skill" ? "no skill" : "the previous version";
  const sign = points > 0 ? "+" : "";
  const share = `${sign}${Math.round(points)} points`;
  return `against ${other}: ${verdict} (n = ${pairs} pairs, ${better} better, ${worse} worse, ${share})`;
}

function toPair(own: EvalCaseStatus, other: EvalCaseStatus | undefined) {
  const [one, two] = [isPassed(own), other === undefined ? undefined : isPassed(other)];
  return one === undefined || two === undefined ? [] : [{ own: one, other: two }];
}

function isPassed(status: EvalCaseStatus): boolean | undefined {
  if (status === "passed") return true;
  return status === "failed" || status === "timeout" ? false : undefined;
}

/** The chance that a fair coin falls at least `most` times of `n` on one side that was named before. */
function signTest(most: number, n: number): number {
  let ways = 1;
  let sum = most === 0 ? 1 : 0;
  for (let k = 1; k <= n; k += 1) {
    ways = (ways * (n - k + 1)) / k;
    if (k >= most) sum += ways;
  }
  return sum / 2 ** n;
}
