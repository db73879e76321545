import { rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeLint } from "../../registry-app/bin/author/lint-line.ts";
import { describeScan } from "../../registry-app/bin/author/scan-line.ts";
import { Refusal } from "../../registry-app/src/runtime/refusal.ts";
import { ALL_RULES, toSarif } from "../../registry-app/src/scan/index.ts";
import { annotate, toNotes } from "./annotate.ts";
import { judgeFolder, type JudgedSkill } from "./judge-folder.ts";
import type { Runner } from "./runner.ts";
import { toSummary } from "./summary.ts";
import { isFailure, outcomeOf, readFailOn, worstOf, type FailOn } from "./weigh.ts";

type Wish = {
  readonly folder: string;
  readonly failOn: FailOn;
  readonly hasAnnotations: boolean;
  readonly sarifFile: string;
  readonly reportFile: string;
};

/** Judges what lies in a checkout, without a registry and without a network. Returns the exit code. */
export async function runCheck(runner: Runner): Promise<0 | 1> {
  const wish = readWish(runner);
  const judged = await judgeFolder(wish.folder);
  tell(runner, judged, wish.hasAnnotations);
  if (wish.sarifFile !== "") {
    const subjects = judged.map(({ dir, scan }) => ({ dir, report: scan }));
    writeAnew(runner, wish.sarifFile, JSON.stringify(toSarif(subjects, ALL_RULES)));
  }
  if (wish.reportFile !== "")
    writeAnew(runner, wish.reportFile, judged.map((one) => `${toLine(one)}\n`).join(""));
  const worst = worstOf(judged);
  runner.output("outcome", worst);
  runner.output("skills", String(judged.length));
  runner.output("sarif-file", wish.sarifFile);
  return isFailure(worst, wish.failOn) ? 1 : 0;
}

/** Never through a link of that name, which a pull request may have put there. */
function writeAnew({ workspace }: Runner, path: string, text: string): void {
  const file = resolve(workspace, path);
  rmSync(file, { force: true });
  writeFileSync(file, text, { flag: "wx" });
}

/** Says what was found: in the log, beside the lines, and on the page of the job. */
export function tell(
  runner: Runner,
  judged: readonly JudgedSkill[],
  hasAnnotations: boolean,
): void {
  for (const one of judged) {
    const { dir, lint, scan } = one;
    runner.say(`${describeLint(lint)}\n${describeScan({ ...scan, dir: dir === "" ? "." : dir })}`);
  }
  const more = hasAnnotations ? annotate(runner, judged.flatMap(toNotes)) : 0;
  const rest =
    more === 0
      ? ""
      : `GitHub shows ten findings of a level beside the lines; ${more} more are listed here alone.\n\n`;
  runner.summarise(toSummary(judged) + rest);
  for (const one of judged)
    runner.say(`${one.dir === "" ? "." : one.dir}: ${outcomeOf(one)}${sayNext(one)}`);
}

function sayNext({ preview }: JudgedSkill): string {
  if (preview.kind === "unknown") return `; no preview of the changelog: ${preview.because}`;
  return preview.tag === null ? "" : `; next: ${preview.tag}`;
}

function toLine(one: JudgedSkill): string {
  const { dir, lint, scan, preview } = one;
  return JSON.stringify({ dir, outcome: outcomeOf(one), lint, scan, preview });
}

function readWish(runner: Runner): Wish {
  const failOn = readFailOn(runner.input("fail-on"));
  if (failOn === undefined) throw wrongInput("fail-on", "block, warn, review or none");
  const annotations = runner.input("annotations") || "on";
  if (annotations !== "on" && annotations !== "off") throw wrongInput("annotations", "on or off");
  return {
    folder: resolve(runner.workspace, runner.input("path") || "."),
    failOn,
    hasAnnotations: annotations === "on",
    sarifFile: runner.input("sarif-file"),
    reportFile: runner.input("report-file"),
  };
}

function wrongInput(name: string, known: string): Refusal {
  return new Refusal("bad-request", `The input ${name} is not known.`, `Write ${known}.`);
}
