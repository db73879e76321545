import { makeVisible, type ScanSeverity } from "../../registry-app/src/scan/index.ts";
import type { JudgedSkill } from "./judge-folder.ts";
import type { Runner } from "./runner.ts";

type Level = "error" | "warning" | "notice";
export type Note = {
  readonly level: Level;
  /** From the root of the repo. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly rule: string;
  readonly message: string;
  readonly remedy?: string | undefined;
};

const LEVELS: readonly Level[] = ["error", "warning", "notice"];
const OF_LINT = { error: "error", warning: "warning", info: "notice" } as const;
const OF_SCAN: Readonly<Record<ScanSeverity, Level>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "notice",
  info: "notice",
};
/** GitHub shows no more of each level for a step. */
const MOST = 10;

/** All findings of a skill in one form, the gravest first. */
export function toNotes({ dir, lint, scan }: JudgedSkill): readonly Note[] {
  const place = (file: string) => (dir === "" ? file : `${dir}/${file}`);
  const ofLint = lint.findings.map(({ severity, file, line, column, rule, message, fix }): Note => {
    return {
      level: OF_LINT[severity],
      file: place(file),
      line,
      column,
      rule,
      message,
      remedy: fix,
    };
  });
  const ofScan = scan.findings.map(({ severity, file, line, rule, message, remedy }): Note => {
    // Of a member of an archive, the archive is what lies in the repo.
    const [outer = file] = file.split("!/", 1);
    const own = outer === file ? line : 1;
    return { level: OF_SCAN[severity], file: place(outer), line: own, rule, message, remedy };
  });
  return byLevel([...ofLint, ...ofScan]);
}

/** Puts the gravest findings beside the lines they are about; returns how many GitHub would not show. */
export function annotate(runner: Runner, notes: readonly Note[]): number {
  const shown = LEVELS.flatMap((level) =>
    notes.filter((note) => note.level === level).slice(0, MOST),
  );
  for (const { level, file, line, column, rule, message, remedy } of shown) {
    const at = {
      file,
      line,
      ...(column !== undefined && { col: column }),
      title: `Assay: ${rule}`,
    };
    const text = remedy === undefined ? message : `${message}\n${remedy}`;
    runner.command(level, at, text.split("\n").map(makeVisible).join("\n"));
  }
  return notes.length - shown.length;
}

function byLevel(notes: readonly Note[]): readonly Note[] {
  return LEVELS.flatMap((level) => notes.filter((note) => note.level === level));
}
