import type { TreeEntry } from "../../skill/index.ts";
import { decodeText, latin1 } from "../views/decode-text.ts";
import type { Anomaly, AnomalyKind } from "./anomaly.ts";
import { isProgram, languageOf, roleOf } from "./classify.ts";
import { INVENTORY_LIMITS, type InventoryLimits } from "./limits.ts";
import { reachFrom } from "./reach.ts";
import type { FileCoverage, Language, ScanFile } from "./scan-file.ts";
import { sniffKind, type FileKind } from "./sniff.ts";

export type Inventory = {
  /** The skill's files in order of path, each followed by what was in it. */
  readonly files: readonly ScanFile[];
  readonly coverage: readonly FileCoverage[];
  readonly anomalies: readonly Anomaly[];
};

type Seen = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly kind: FileKind;
  readonly language: Language;
  readonly isProgram: boolean;
  readonly isExecutable: boolean;
};

const MAX_MENTION_BYTES = 2 * 1024 * 1024;

/** Every file of a skill with its role, its language and whether anything leads to it; archives and documents are opened. */
export function takeInventory(
  entries: readonly TreeEntry[],
  _limits: InventoryLimits = INVENTORY_LIMITS,
): Inventory {
  const sorted = entries
    .filter((entry) => entry.mode !== "040000")
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const seen = sorted.flatMap(look);
  const reach = reachFrom(
    "SKILL.md",
    seen.map((one) => ({ path: one.path, text: leadingText(one) })),
  );
  const files = seen.map((one): ScanFile => {
    const isReachable = reach.reachable.has(one.path);
    const role = roleOf({ ...one, isReachable, isNamed: reach.named.has(one.path) });
    const { path, bytes, language, isExecutable } = one;
    return { path, bytes, role, language, isExecutable, isReachable, via: [] };
  });
  return {
    files,
    coverage: sorted.map(coverageOf),
    anomalies: sorted.flatMap(judgeEntry),
  };
}

function look(entry: TreeEntry): readonly Seen[] {
  const { path, bytes, mode } = entry;
  if (bytes === undefined || mode === "120000" || mode === "160000") return [];
  const kind = sniffKind(bytes);
  const head = latin1(bytes.subarray(0, 200));
  const language = languageOf(path, kind, head);
  const program = isProgram(path, language, kind, head);
  return [{ path, bytes, kind, language, isProgram: program, isExecutable: mode === "100755" }];
}

/** Tables and drawings name many things and lead nowhere. */
function leadingText(one: Seen): string | null {
  if (one.kind !== "text" || one.bytes.length > MAX_MENTION_BYTES) return null;
  return one.language === "csv" || one.language === "xml" ? null : decodeText(one.bytes).text;
}

function coverageOf({ path, bytes, mode }: TreeEntry): FileCoverage {
  if (mode === "160000") return gap(path, "It is a submodule: what it holds is not in the skill.");
  if (mode === "120000") return gap(path, "It is a symbolic link, and links are not followed.");
  if (bytes === undefined) return gap(path, "Its bytes were not given.");
  return { file: path, state: "analysed", because: null };
}

function gap(file: string, because: string): FileCoverage {
  return { file, state: "not-analysed", because };
}

function judgeEntry({ path, mode, bytes }: TreeEntry): readonly Anomaly[] {
  const target = bytes === undefined ? null : latin1(bytes.subarray(0, 200));
  return [
    ...(mode === "120000" ? [odd("symlink", path, `${path} is a symbolic link.`, target)] : []),
    ...(mode === "160000" ? [odd("submodule", path, `${path} is a submodule.`, null)] : []),
    ...judgeName(path, path),
  ];
}

/** What is odd about a path; `file` is where to say so. */
export function judgeName(path: string, file: string): readonly Anomaly[] {
  const isUnsafe = /^[/\\]|^[a-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(path);
  const isDisguised = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e01ef}]/u.test(
    path,
  );
  const shown = JSON.stringify(path).slice(0, 200);
  return [
    ...(isUnsafe ? [odd("unsafe-name", file, `${shown} points outside of its folder.`, path)] : []),
    ...(isDisguised
      ? [odd("disguised-name", file, `${shown} holds characters that nobody sees.`, path)]
      : []),
  ];
}

function odd(kind: AnomalyKind, file: string, detail: string, subject: string | null): Anomaly {
  return { kind, at: { file, line: 1, via: [] }, detail, subject };
}
