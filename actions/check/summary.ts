import { toNotes, type Note } from "./annotate.ts";
import type { JudgedSkill } from "./judge-folder.ts";
import type { Preview } from "./preview.ts";
import { toMarkdown, toPreformatted } from "./speak.ts";
import { outcomeOf, type Outcome } from "./weigh.ts";

/** GitHub drops a summary above 1 MiB. */
const MAX_BYTES = 1_000_000;
const MAX_ROWS = 200;
const MAX_CHANGES = 20_000;

const WORDS: Readonly<Record<Outcome, string>> = {
  pass: "would be published",
  review: "would be published, with a note for reviewers",
  warn: "would be held for an approval",
  incomplete: "would be held: it could not be read whole",
  block: "would be refused by the scan",
  invalid: "would be refused: it is no valid skill",
};

/** What Assay would say of each skill, under the default policy. */
export function toSummary(judged: readonly JudgedSkill[]): string {
  const head = `## Assay\n\n${judged.length === 1 ? "One skill was" : `${judged.length} skills were`} judged as a registry with the default policy would judge a tag.\n\n`;
  const parts = [head];
  let left = MAX_BYTES - Buffer.byteLength(head);
  for (const [at, one] of judged.entries()) {
    const part = toSection(one);
    left -= Buffer.byteLength(part);
    if (left < 0) {
      parts.push(`\n${judged.length - at} more skills do not fit here; the log has them.\n`);
      break;
    }
    parts.push(part);
  }
  return parts.join("");
}

function toSection(one: JudgedSkill): string {
  const { dir, lint, scan, preview } = one;
  const outcome = outcomeOf(one);
  const notes = toNotes(one);
  const title = toMarkdown(lint.name ?? (dir === "" ? "the root" : dir));
  return [
    `### ${title}: ${outcome}`,
    `In ${dir === "" ? "the root" : toMarkdown(dir)}. A tag of it ${WORDS[outcome]}. Score ${scan.score} of 100; what it is able to do is of ${scan.risk === "none" ? "no" : `${scan.risk}`} risk.`,
    ...toTable(notes),
    ...scan.coverage.gaps
      .slice(0, MAX_ROWS)
      .map(({ file, because }) => `- not read whole: ${toMarkdown(`${file}: ${because ?? ""}`)}`),
    sayPreview(preview),
    "",
  ].join("\n\n");
}

function toTable(notes: readonly Note[]): readonly string[] {
  if (notes.length === 0) return ["No findings."];
  const rows = notes.slice(0, MAX_ROWS).map((note) => {
    const { level, file, line, rule, message, remedy = "" } = note;
    const cells = [level, `${file}:${line}`, message, remedy, rule].map(toMarkdown);
    return `| ${cells.join(" | ")} |`;
  });
  const more = notes.length - MAX_ROWS;
  return [
    ["| | where | finding | remedy | rule |", "| - | - | - | - | - |", ...rows].join("\n"),
    ...(more > 0 ? [`And ${more} more findings.`] : []),
  ];
}

function sayPreview(preview: Preview): string {
  if (preview.kind === "unknown")
    return `No preview of the changelog: ${toMarkdown(preview.because)}`;
  const { changes, tag } = preview;
  const asked =
    tag === null
      ? "Nothing changed that asks for a version."
      : changes.from === null
        ? `The first version may be any: ${toMarkdown(tag)}`
        : `The changes since ${toMarkdown(changes.from)} ask for a ${changes.requiredBump} step: ${toMarkdown(tag)}`;
  const body = changes.markdown.trim().slice(0, MAX_CHANGES).toWellFormed();
  return body === "" ? asked : `${asked}\n\n${toPreformatted(body)}`;
}
