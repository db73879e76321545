import type { Observation, Sandbox } from "@assay/sandbox";
import type { ScriptCase, Suite } from "./format/types.ts";
import { inParallel } from "./in-parallel.ts";
import { offerSkill, toRunSpec } from "./run-trial.ts";
import type { SkillFiles } from "./suite-types.ts";

/** What a case was seen to do. */
export type WatchedCase = {
  readonly caseId: string;
  /** Path of the skill's file that its command names; SKILL.md where it names none. */
  readonly file: string;
  readonly observation: Observation;
};

export type Watched = {
  readonly cases: readonly WatchedCase[];
  /** Script cases that were left out: too many, too late, or a fault of ours. */
  readonly unwatched: number;
};

export type WatchInput = {
  readonly runId: string;
  readonly skill: SkillFiles;
  readonly suite: Suite;
  readonly signal?: AbortSignal | undefined;
  readonly nowMs: () => number;
};

/** Beyond these a suite tells nothing new, and a version waits for each of them. */
const MAX_CASES = 10;
const MAX_CASE_MS = 20_000;
const MAX_MS = 60_000;
/** Each has a recorder beside it. */
const AT_ONCE = 2;

/**
 * Runs the script cases once more, traced and with false secrets laid out, for what the skill does and not for what comes
 * out. Cases for an agent are not: what they do is the model's doing.
 */
export async function watchSuite(
  observe: NonNullable<Sandbox["observe"]>,
  input: WatchInput,
): Promise<Watched> {
  const { runId, skill, suite, signal, nowMs } = input;
  const scripts = suite.cases.filter((of) => of.kind === "script").filter(isRun);
  const fixtures = new Map(skill.files.map(({ path, bytes }) => [path, bytes]));
  const offered = offerSkill(skill);
  const until = nowMs() + MAX_MS;
  const watchOne = async (of: ScriptCase): Promise<readonly WatchedCase[]> => {
    if (nowMs() > until || signal?.aborted === true) return [];
    const id = `${runId.slice(0, 30)}.${of.id.slice(0, 40)}.watched`;
    const spec = toRunSpec(of, { id, skill: offered, fixtures, signal });
    if (typeof spec === "string") return [];
    const limits = { ...spec.limits, timeoutMs: Math.min(spec.limits.timeoutMs, MAX_CASE_MS) };
    const seen = await observe({ ...spec, limits });
    if (seen.kind !== "observed") return [];
    return [{ caseId: of.id, file: findFile(of, skill), observation: seen.observation }];
  };
  const watched = await inParallel(scripts.slice(0, MAX_CASES), AT_ONCE, watchOne);
  const cases = watched.flat();
  return { cases, unwatched: scripts.length - cases.length };
}

function isRun({ skip }: ScriptCase): boolean {
  return skip === null;
}

function findFile({ command }: ScriptCase, { files }: SkillFiles): string {
  const said = command.join(" ");
  const named = files.filter(({ path }) => said.includes(`/skill/${path}`));
  // The longest: scripts/a.sh.bak names scripts/a.sh too.
  const [longest] = named.toSorted((a, b) => b.path.length - a.path.length);
  return longest?.path ?? "SKILL.md";
}
