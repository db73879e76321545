import { z } from "zod";
import type { Artifact, InputFile, Limits, Sandbox } from "@assay/sandbox";
import { isOfEvals, isPlainPath } from "../format/paths.ts";
import { parseJson } from "../format/json-text.ts";
import type { Grader } from "../format/types.ts";
import { makeCheck, quote, type Check, type Grade } from "./check.ts";
import { sayEnd, type Ran } from "./process.ts";
import type { Fixtures } from "./text.ts";

type ScriptGrader = Extract<Grader, { kind: "script" }>;

/** What a run left, as its judges see it. */
export type Evidence = {
  /** Streams of a script, or the words of an agent, each under the name of the file that it becomes. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
  readonly files: readonly Artifact[];
};

const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_CHECKS = 50;

const answerSchema = z.object({
  score: z.number().min(0).max(1).optional(),
  details: z.string().max(4_096).optional(),
  checks: z
    .array(
      z.object({
        name: z.string().max(500),
        passed: z.boolean(),
        message: z.string().max(4_096).optional(),
      }),
    )
    .max(MAX_CHECKS)
    .optional(),
});

/**
 * Runs the author's own judge over what a run left: in a fresh container, after the run is over, without the skill. It
 * finds the run's files in `run/`, its texts beside them, and the skill's `evals/`.
 */
export async function gradeByScript(
  sandbox: Sandbox,
  grader: ScriptGrader,
  evidence: Evidence,
  run: {
    readonly id: string;
    readonly fixtures: Fixtures;
    readonly limits: Limits;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Grade> {
  const result = await sandbox.run({
    id: run.id,
    skill: null,
    inputs: layOut(evidence, run.fixtures),
    command: grader.command,
    stdin: new Uint8Array(),
    env: {},
    limits: { ...run.limits, timeoutMs: grader.timeoutMs },
    ...(run.signal !== undefined && { signal: run.signal }),
  });
  if (result.kind === "errored") return result;
  if (result.kind === "cancelled") return { kind: "errored", because: "it was cancelled" };
  if (result.end !== "exit") {
    const how = sayEnd(result.end, result.exitCode, result.signal);
    return { kind: "ungraded", because: `the grader ${grader.name} did not finish: ${how}` };
  }
  return { kind: "graded", checks: readAnswer(grader, result) };
}

function layOut({ texts, files }: Evidence, fixtures: Fixtures): readonly InputFile[] {
  const input = (path: string, content: Uint8Array): InputFile => ({
    path,
    content,
    isExecutable: false,
  });
  return [
    ...[...fixtures].filter(([path]) => isOfEvals(path)).map(([path, bytes]) => input(path, bytes)),
    ...[...texts].map(([name, bytes]) => input(name, bytes)),
    ...files.flatMap(({ path, kind, content }) =>
      kind === "file" && content !== null && isPlainPath(path)
        ? [input(`run/${path}`, content)]
        : [],
    ),
  ];
}

function readAnswer(
  { name, weight, isRequired, minScore }: ScriptGrader,
  ran: Ran,
): readonly Check[] {
  const own = { weight, isRequired };
  const { bytes } = ran.stdout;
  const said = bytes.length > MAX_ANSWER_BYTES ? "" : Buffer.from(bytes).toString();
  const json = parseJson(said, 20);
  const answer = json.kind === "json" ? answerSchema.safeParse(json.value) : undefined;
  const { score, details, checks = [] } = answer?.data ?? {};
  const isEnough = score === undefined || score >= minScore;
  const wanted =
    score === undefined ? "exit code 0" : `exit code 0 and a score of at least ${minScore}`;
  const got = `exit code ${ran.exitCode}${score === undefined ? "" : `, score ${score}`}`;
  const words =
    details ??
    (said.trim() === "" ? Buffer.from(ran.stderr.bytes.subarray(0, 2_000)).toString() : said);
  return [
    makeCheck(name, ran.exitCode === 0 && isEnough, wanted, `${got}: ${quote(words.trim())}`, own),
    ...checks.map((one) =>
      makeCheck(
        `${name}: ${one.name}`,
        one.passed,
        "passed",
        one.message ?? (one.passed ? "passed" : "failed"),
        own,
      ),
    ),
  ];
}
