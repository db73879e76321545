import { askForJson, type Model } from "../../model/index.ts";
import type { Ids, Log } from "../../runtime/index.ts";
import {
  makeVisible,
  type AddedFinding,
  type FileCoverage,
  type ScanReport,
} from "../../scan/index.ts";
import type { ReviewedFile, Reviewer } from "../reviewer.ts";
import { answerSchema, makeQuestion, WAY_OF_ASKING, type Marks, type Said } from "./ask-about.ts";
import { KINDS, ruleOf } from "./kinds.ts";
import { readTexts, type Budget, type Part, type Reading } from "./read-texts.ts";

export type SemanticDeps = { readonly model: Model; readonly ids: Ids; readonly log: Log };

const BUDGET: Budget = { questions: 16, charactersEach: 30_000 };
const MAX_ANSWER_TOKENS = 4_096;
const TIMEOUT_MS = 3 * 60_000;
/** A shorter quotation stands anywhere. */
const MIN_QUOTE_LENGTH = 8;

/**
 * Has a model read the texts of a skill. What it says may hold a version and never refuses one; an answer that the texts
 * may have steered is a gap.
 */
export function createSemanticReviewer(deps: SemanticDeps, budget: Budget = BUDGET): Reviewer {
  const { questions, charactersEach } = budget;
  return {
    name: "semantic",
    version: `${WAY_OF_ASKING} ${questions}x${charactersEach} ${deps.model.id}`,
    async review(files, report) {
      const reading = readTexts(files, budget);
      const findings: AddedFinding[] = [];
      const gaps: FileCoverage[] = [...reading.gaps];
      for (const part of reading.parts) {
        const said = await askAbout(deps, files, { part, report });
        if (said.kind === "unavailable") return said;
        if (said.kind === "gap") gaps.push(...gapsOf(part, said.because));
        else findings.push(...toFindings(deps.log, reading, said.findings));
      }
      return { kind: "findings", findings: dropDoubles(findings), gaps };
    },
  };
}

type Asked =
  | { readonly kind: "said"; readonly findings: Said["findings"] }
  | { readonly kind: "gap"; readonly because: string }
  | { readonly kind: "unavailable"; readonly because: string };

async function askAbout(
  { model, ids }: SemanticDeps,
  files: readonly ReviewedFile[],
  { part, report }: { readonly part: Part; readonly report: ScanReport },
): Promise<Asked> {
  const marks = drawMarks(ids, files);
  const question = makeQuestion(marks, part, report.capabilities);
  const limits = { maxTokens: MAX_ANSWER_TOKENS, timeoutMs: TIMEOUT_MS };
  const answer = await askForJson(model, { ...question, ...limits }, answerSchema);
  switch (answer.kind) {
    case "unavailable":
      return answer;
    case "refused":
      return { kind: "gap", because: `The model gave no answer about it: ${answer.because}.` };
    case "not-json":
      return { kind: "gap", because: "The model's answer about it is not of the asked form." };
    case "json":
      return readSaid(answer.value, marks);
  }
}

/** Who steers the model away from its question loses the canary, or the text of ours that had to be found. */
function readSaid({ canary, findings }: Said, { canary: expected, decoy }: Marks): Asked {
  if (canary !== expected)
    return {
      kind: "gap",
      because: "The model's answer about it lacks the word that it had to repeat.",
    };
  if (!findings.some(({ file }) => file === decoy))
    return {
      kind: "gap",
      because: "The model did not report the harmful line that was put beside it.",
    };
  return { kind: "said", findings: findings.filter(({ file }) => file !== decoy) };
}

function drawMarks(ids: Ids, files: readonly ReviewedFile[]): Marks {
  const fence = ids.secret(12);
  const canary = ids.secret(12);
  const drawn = ids.secret(9);
  const decoy = `${drawn}.md`;
  const isKnown = files.some(({ path, bytes }) =>
    [fence, canary, drawn].some((mark) => path.includes(mark) || Buffer.from(bytes).includes(mark)),
  );
  // Whoever knew what is drawn could speak in our name.
  if (isKnown) throw new Error("what was drawn for a question stands in the skill already");
  return { fence, canary, decoy, isDecoyFirst: (drawn.codePointAt(0) ?? 0) % 2 === 0 };
}

function gapsOf(part: Part, because: string): readonly FileCoverage[] {
  const files = new Set(part.map(({ path }) => path));
  return [...files].map((file) => ({ file, state: "partly", because }));
}

/** Only what is quoted from where it really stands. The rest is counted in the log. */
function toFindings(log: Log, { texts }: Reading, said: Said["findings"]): readonly AddedFinding[] {
  const findings = said.flatMap((one): AddedFinding[] => {
    const lines = texts.get(one.file)?.lines ?? [];
    const line = findLine(lines, one.quote, one.line);
    if (line === undefined) return [];
    const { id, family, severity, confidence, owasp, remedy } = ruleOf(one.kind);
    return [
      {
        rule: id,
        category: family,
        severity,
        confidence,
        file: one.file,
        line,
        message: KINDS[one.kind].message,
        evidence: one.quote,
        remedy,
        why: makeVisible(one.why.replaceAll(/\s+/g, " ")).slice(0, MAX_WHY_LENGTH).toWellFormed(),
        owasp,
        isIndicator: false,
        chain: [],
      },
    ];
  });
  const dropped = said.length - findings.length;
  if (dropped > 0) log.warn({ dropped }, "a model quoted what does not stand in the skill");
  return findings;
}

const MAX_WHY_LENGTH = 300;

/** Where the quotation stands, as it lies or as it was shown: the line nearest to the one that was said. */
function findLine(lines: readonly string[], quote: string, near: number): number | undefined {
  const wanted = quote.trim();
  if (wanted.length < MIN_QUOTE_LENGTH) return undefined;
  const found = lines.flatMap((line, index) =>
    line.includes(wanted) || makeVisible(line).includes(wanted) ? [index + 1] : [],
  );
  return found.toSorted((one, other) => Math.abs(one - near) - Math.abs(other - near))[0];
}

function dropDoubles(findings: readonly AddedFinding[]): readonly AddedFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ rule, file, line }) => {
    const key = JSON.stringify([rule, file, line]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
