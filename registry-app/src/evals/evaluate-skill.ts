import { readSkill } from "../skill/index.ts";
import type { ArchiveFile } from "../blobs/index.ts";
import { EVALS_PATH } from "./format/paths.ts";
import type { LimitPolicy } from "./format/limits.ts";
import { parseEvals } from "./format/parse-evals.ts";
import type { FormatFinding } from "./format/types.ts";
import { reportInvalid, runSuite } from "./run-suite.ts";
import { watchSuite, type Watched } from "./watch-suite.ts";
import type { EvalReport, SkillFiles, SuiteDeps, SuiteInput } from "./suite-types.ts";

export type EvaluateInput = Pick<SuiteInput, "runId" | "signal" | "maxRunMs"> & {
  /** Every file of the skill's folder, evals/ included. */
  readonly files: readonly ArchiveFile[];
  /** Of the version before, where there is one. */
  readonly previous: readonly ArchiveFile[] | null;
  readonly policy: LimitPolicy;
  /** Whether what the script cases do is looked at as well, where the sandbox can. */
  readonly isWatched: boolean;
  /** Leaves out the cases that need an agent. */
  readonly isScriptsOnly?: boolean;
  /** Run only this case. */
  readonly caseId?: string | undefined;
};

export type Evaluation =
  /** The skill has no evals. */
  | { readonly kind: "none" }
  | {
      readonly kind: "invalid";
      readonly findings: readonly FormatFinding[];
      readonly report: EvalReport;
    }
  | {
      readonly kind: "evaluated";
      readonly report: EvalReport;
      readonly warnings: readonly FormatFinding[];
      /** What the script cases were seen to do; null where nobody looked. */
      readonly watched: Watched | null;
    };

/** Reads the cases of a skill from its files and runs them. */
export async function evaluateSkill(deps: SuiteDeps, input: EvaluateInput): Promise<Evaluation> {
  const { files, previous, policy, caseId, isWatched, isScriptsOnly = false, ...run } = input;
  const file = files.find(({ path }) => path === EVALS_PATH);
  if (file === undefined) return { kind: "none" };
  const skill = toSkillFiles(files);
  const paths = new Set(files.map(({ path }) => path));
  const reading = parseEvals(file.bytes, { paths, skillName: skill.name || undefined, policy });
  if (reading.kind === "invalid") {
    const facts = { cases: [], lifts: [], isolation: null, unavailable: null, warnings: [] };
    const report = { ...reportInvalid(reading.findings), ...facts };
    return { kind: "invalid", findings: reading.findings, report };
  }
  const { suite, warnings } = reading;
  const cases = suite.cases.filter(
    ({ id, kind }) =>
      (caseId === undefined || id === caseId) && (kind === "script" || !isScriptsOnly),
  );
  const report = await runSuite(deps, {
    ...run,
    skill,
    previous: previous && toSkillFiles(previous),
    suite: { ...suite, cases },
  });
  const told = warnings.map(({ message, line }) => `${EVALS_PATH}:${line}: ${message}`);
  const { opening, clock } = deps;
  // What is refused for its own cases is not made to wait longer.
  const isWorthIt = isWatched && report.outcome !== "block" && run.signal?.aborted !== true;
  const observe = isWorthIt && opening.kind === "ready" ? opening.sandbox.observe : undefined;
  const nowMs = () => clock.now().getTime();
  const watched =
    observe === undefined ? null : await watchSuite(observe, { ...run, skill, suite, nowMs });
  return { kind: "evaluated", report: { ...report, warnings: told }, warnings, watched };
}

function toSkillFiles(files: readonly ArchiveFile[]): SkillFiles {
  const entries = files.map(({ path, mode, bytes }) => ({ path, mode, size: bytes.length, bytes }));
  const { name = "", description = "" } = readSkill(entries, {
    dirName: undefined,
    profile: "clients",
  });
  return { name, description, files };
}
