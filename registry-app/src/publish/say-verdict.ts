import type { Source } from "../sources/index.ts";
import { TAG_CODES } from "./codes.ts";
import type { Judged, Refused } from "./types.ts";

/** The block that a pusher reads when a tag is accepted: what was understood, and where to watch it. */
export function sayAccepted(source: Source, judged: Judged, page: string, note?: string): string {
  const notes = judged.reading.findings.filter((finding) => finding.severity === "warning");
  return block("accepted", `${source.team}/${judged.skill} ${judged.version}`, [
    ["signed by", `${judged.signer.principal} ${judged.signer.key}`],
    ...notes
      .slice(0, MAX_NOTES)
      .map((note): Row => ["note", `${note.file}:${note.line} ${note.message}`]),
    ...(note === undefined ? [] : [["note", note] as const]),
    ["watch", page],
  ]);
}

/** The block that a pusher reads when a tag is refused: the code, what is wrong, the command that mends it, the page. */
export function sayRefused(tag: string, refused: Refused, page: string): string {
  const { title } = TAG_CODES[refused.code];
  const findings = refused.findings
    .slice(0, MAX_NOTES)
    .map((finding): Row => [
      "at",
      `${finding.file}:${finding.line}:${finding.column} ${finding.message}`,
    ]);
  return block("REFUSED", `${tag}  ${refused.code}`, [
    ["", `${title}: ${refused.reason}.`],
    ...findings,
    ["fix", refused.remedy],
    ["why", page],
  ]);
}

export function sayIgnored(tag: string, reason: string): string {
  return block("ignored", tag, [["", `${reason}.`]]);
}

const MAX_NOTES = 5;

type Row = readonly [label: string, text: string];

function block(verdict: string, subject: string, rows: readonly Row[]): string {
  const lines = rows.map(([label, text]) => `  ${label.padEnd(10)}${text}`);
  return [`Assay ${verdict}: ${subject}`, ...lines].join("\n");
}
