import type { EvalReport } from "../../src/evals/index.ts";
import type { Model } from "../../src/model/index.ts";
import { systemClock } from "../../src/runtime/index.ts";
import { cautionOf, describeEval, describeInvalid, toEvalLine } from "../author/eval-line.ts";
import { evaluateOnDisk, openOnce } from "../author/eval-skill.ts";
import { ISOLATIONS, openIsolation, type IsolationWish } from "../author/open-isolation.ts";
import { findDiskSkills, type DiskSkill } from "../author/skill-on-disk.ts";
import {
  EXIT,
  text,
  wrongUsage,
  type Command,
  type Context,
  type ExitCode,
  type Values,
} from "../command.ts";
import { readHarness, type HarnessFile } from "../compose/open-harness.ts";
import { openModel } from "../compose/open-model.ts";

/** Runs the cases of skills on disk as a registry would, in the sandbox. */
export const evalCommand: Command = {
  summary: "run the cases of skills in a sandbox: evals/evals.json",
  usage: "DIR… [--case ID] [--isolation KIND]",
  options: { case: { type: "string" }, isolation: { type: "string" } },
  help: [
    "",
    "DIR is a skill's folder, or a source repo: then the cases of every skill in it are run.",
    "Each case runs in a container of its own, without a network; DOCKER_HOST says where Docker",
    "listens when that is not the usual place. The first run builds the sandbox's image, which",
    "takes a minute or two. Without Docker every case is skipped, and nothing is called passed.",
    "Cases for an agent, and checks by a model, need MODEL_URL and MODEL_NAME in the environment",
    "(docs/operating.md). The task, what the agent reads and what its commands print go there, and the",
    "key stays out of the sandbox. Without a model such cases are skipped.",
    "",
    "--case ID          run only this case",
    "--isolation KIND   docker (the default), gvisor, or bubblewrap. Bubblewrap needs no Docker and is no",
    "                   container: the programs of this machine are inside and its system calls are not",
    "                   filtered. It is for skills of your own, and every line says that it was used.",
    "",
    "Ends with 0 when no case failed, with 1 when one failed or ran out of time or evals.json is not",
    "valid, and with 2 when the sandbox failed or what --isolation names is not there.",
    "",
    "Examples:",
    "  npx assay eval skills/hello",
    "  npx assay eval . --json",
    "  npx assay eval skills/hello --case greets-by-name",
    "  npx assay eval skills/hello --isolation bubblewrap",
  ],
  async run(context, dirs, values) {
    if (dirs.length === 0) throw wrongUsage("eval", "Say which folder's cases to run.");
    const caseId = text(values, "case");
    const wish = readIsolation(values);
    const stop = new AbortController();
    const onSignal = () => stop.abort();
    process.once("SIGINT", onSignal);
    const { config, log, say } = context;
    const model = openModel({ config, log, clock: systemClock });
    const harness = readHarness(config);
    const { image } = harness ?? {};
    const sandbox = openOnce(() => openIsolation({ ...config, say, wish, image }));
    try {
      const codes: ExitCode[] = [];
      for (const dir of dirs)
        for (const skill of findSkills(context, dir) ?? [undefined]) {
          const how = { caseId, config, model, harness, signal: stop.signal, sandbox };
          codes.push(skill === undefined ? EXIT.failed : await evaluate(context, skill, how));
        }
      return worst(codes);
    } finally {
      process.removeListener("SIGINT", onSignal);
      await sandbox.close();
    }
  },
};

type How = {
  readonly caseId: string | undefined;
  readonly config: Context["config"];
  readonly model: Model | null;
  readonly harness: HarnessFile | undefined;
  readonly signal: AbortSignal;
  readonly sandbox: ReturnType<typeof openOnce>;
};

function readIsolation(values: Values): IsolationWish | undefined {
  const wanted = text(values, "isolation");
  if (wanted === undefined) return undefined;
  const known = ISOLATIONS.find((one) => one === wanted);
  if (known !== undefined) return known;
  throw wrongUsage("eval", `--isolation is one of ${ISOLATIONS.join(", ")}.`);
}

async function evaluate(context: Context, skill: DiskSkill, how: How): Promise<ExitCode> {
  const { dir, path } = skill;
  const opening = await how.sandbox.get();
  const isolation = opening.kind === "ready" ? opening.sandbox.isolation : null;
  if (!context.isJson) context.print({}, `${dir}:`);
  const evaluation = await evaluateOnDisk(opening, path, {
    ...how,
    tell: (result) => {
      const line = toEvalLine(dir, result, isolation);
      context.print(line, describeEval(line));
    },
  });
  if (evaluation.kind === "none") {
    context.say(`${dir} has no evals/evals.json. docs/evals.md shows how to write one.`);
    return EXIT.fine;
  }
  if (evaluation.kind === "invalid") {
    const { findings } = evaluation;
    context.print({ dir, status: "invalid", findings }, describeInvalid(dir, findings));
    return EXIT.bad;
  }
  for (const warning of evaluation.report.warnings) context.say(`assay: ${dir}/${warning}`);
  if (how.caseId !== undefined && evaluation.report.cases.length === 0)
    context.say(`assay: ${dir} has no case ${JSON.stringify(how.caseId)}.`);
  if (opening.kind === "unavailable")
    context.say(`assay: no sandbox (${opening.because}). ${opening.remedy}`);
  if (how.model === null && evaluation.report.cases.some(({ kind }) => kind !== "script"))
    context.say("assay: no model, so no case for an agent was run. Set MODEL_URL and MODEL_NAME.");
  context.say(sayEnd(evaluation.report));
  return toCode(evaluation.report);
}

function sayEnd({ summary, isolation }: EvalReport): string {
  if (isolation === null) return `  ${summary}`;
  const { kind, engine, image } = isolation;
  const from = cautionOf(isolation) ?? `${kind}, ${engine}, image ${image.slice(0, 19)}`;
  return `  ${summary}; ${from}, no network`;
}

function toCode({ cases }: EvalReport): ExitCode {
  const own = cases.filter(({ arm }) => arm === "with-skill");
  if (own.some(({ status }) => status === "errored")) return EXIT.failed;
  return own.some(({ status }) => status === "failed" || status === "timeout")
    ? EXIT.bad
    : EXIT.fine;
}

function worst(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(EXIT.failed)) return EXIT.failed;
  return codes.includes(EXIT.bad) ? EXIT.bad : EXIT.fine;
}

function findSkills(context: Context, dir: string): readonly DiskSkill[] | undefined {
  try {
    const skills = findDiskSkills(dir);
    if (skills === undefined) context.say(`assay: ${dir} is not a folder.`);
    return skills;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && "syscall" in cause)) throw cause;
    context.say(`assay: ${dir} cannot be read: ${cause.message}`);
    return undefined;
  }
}
