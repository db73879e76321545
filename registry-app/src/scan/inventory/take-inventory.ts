import type { TreeEntry } from "../../skill/index.ts";
import { decodeText, latin1 } from "../views/decode-text.ts";
import type { Anomaly, AnomalyKind } from "./anomaly.ts";
import { isBinaryKind, isProgram, languageOf, roleOf } from "./classify.ts";
import { INVENTORY_LIMITS, type InventoryLimits } from "./limits.ts";
import { newBudget, openFile, sourcePathOf, type OpenedFiles, type Source } from "./open-file.ts";
import type { Budget } from "./part.ts";
import { reachFrom, type Reach } from "./reach.ts";
import type { FileCoverage, Language, ScanFile } from "./scan-file.ts";
import { hasMagic, sniffKind, type FileKind } from "./sniff.ts";

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

const MAX_REASONS = 5;
const MAX_MENTION_BYTES = 2 * 1024 * 1024;

/** Every file of a skill with its role, its language and whether anything leads to it; archives and documents are opened. */
export function takeInventory(
  entries: readonly TreeEntry[],
  limits: InventoryLimits = INVENTORY_LIMITS,
): Inventory {
  const sorted = entries
    .filter((entry) => entry.mode !== "040000")
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const seen = new Map(sorted.flatMap(look).map((one) => [one.path, one]));
  const leading = [...seen.values()].map((one) => ({ path: one.path, text: leadingText(one) }));
  const reach = reachFrom("SKILL.md", leading);
  const budget = newBudget(limits);
  const taken = sorted.map((entry) => {
    const one = seen.get(entry.path);
    return one === undefined ? null : takeFile(one, reach, budget, sourceOf(one.path, seen));
  });
  return {
    files: taken.flatMap((one) => (one === null ? [] : [one.file, ...one.opened.files])),
    coverage: sorted.map((entry, index) => coverageOf(entry, taken[index] ?? null)),
    anomalies: sorted.flatMap((entry, index) => [
      ...judgeEntry(entry),
      ...(taken[index]?.anomalies ?? []),
    ]),
  };
}

type Taken = {
  readonly file: ScanFile;
  readonly opened: OpenedFiles;
  readonly anomalies: readonly Anomaly[];
};

function takeFile(one: Seen, reach: Reach, budget: Budget, source: Source | null): Taken {
  const isReachable = reach.reachable.has(one.path);
  const role = roleOf({ ...one, isReachable, isNamed: reach.named.has(one.path) });
  const { path, bytes, language, isExecutable } = one;
  const file: ScanFile = { path, bytes, role, language, isExecutable, isReachable, via: [] };
  const opened = openFile(file, budget, source);
  return { file, opened, anomalies: [...judgeKind(one, isReachable), ...opened.anomalies] };
}

function sourceOf(path: string, seen: ReadonlyMap<string, Seen>): Source | null {
  const source = seen.get(sourcePathOf(path) ?? "");
  if (source === undefined) return null;
  return { text: decodeText(source.bytes).text, size: source.bytes.length };
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

function coverageOf({ path, bytes, mode }: TreeEntry, taken: Taken | null): FileCoverage {
  if (mode === "160000") return gap(path, "It is a submodule: what it holds is not in the skill.");
  if (mode === "120000") return gap(path, "It is a symbolic link, and links are not followed.");
  if (bytes === undefined || taken === null) return gap(path, "Its bytes were not given.");
  const { gaps, files } = taken.opened;
  if (gaps.length === 0) return { file: path, state: "analysed", because: null };
  const isUnread = files.length === 0;
  const because = gaps.slice(0, MAX_REASONS).join(" ");
  return { file: path, state: isUnread ? "not-analysed" : "partly", because };
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

/** Extensions that promise a picture, a document or a text, by what their bytes may be. */
const PROMISES: readonly (readonly [RegExp, readonly FileKind[]])[] = [
  [/\.png$/i, ["png"]],
  [/\.jpe?g$/i, ["jpeg"]],
  [/\.gif$/i, ["gif"]],
  [/\.webp$/i, ["webp"]],
  [/\.(?:ico|bmp|tiff?)$/i, ["ico", "bmp", "tiff", "png"]],
  [/\.pdf$/i, ["pdf"]],
  [/\.(?:docx|xlsx|pptx|odt|ods|odp|zip|jar|whl|epub|vsix|apk|crx)$/i, ["zip", "crx", "ole"]],
  [/\.(?:md|txt|json|ya?ml|toml|csv|html?|svg|xml|py|js|ts|sh)$/i, ["text"]],
  [/\.(?:ttf|otf|woff2?)$/i, ["font"]],
  [/\.(?:mp3|mp4|wav|ogg|webm|mov|m4a|flac)$/i, ["media"]],
];
/** Pictures are often saved under another picture's name; nothing comes of it. */
const PICTURES: ReadonlySet<FileKind> = new Set([
  "png",
  "jpeg",
  "gif",
  "webp",
  "bmp",
  "ico",
  "tiff",
]);

function judgeKind(one: Seen, isReachable: boolean): readonly Anomaly[] {
  const { path, kind, bytes } = one;
  const promised = PROMISES.find(([pattern]) => pattern.test(path))?.[1];
  const isKept =
    promised === undefined ||
    kind === "empty" ||
    promised.includes(kind) ||
    (PICTURES.has(kind) && promised.some((may) => PICTURES.has(may))) ||
    isLfsPointer(bytes);
  const what =
    one.isProgram && kind === "text"
      ? "a program"
      : kind === "unknown"
        ? "data of no known kind"
        : kind;
  return [
    ...(isKept
      ? []
      : [odd("magic-mismatch", path, `Its name says otherwise, but it is ${what}.`, what)]),
    ...(one.isProgram && !isReachable && isBinaryKind(kind)
      ? [
          odd(
            "unreferenced-executable",
            path,
            `Nothing in the skill leads to this program (${kind}).`,
            kind,
          ),
        ]
      : []),
    ...(one.isProgram && !isReachable && kind === "text" && one.isExecutable
      ? [
          odd(
            "unreferenced-executable",
            path,
            "Nothing in the skill leads to this script.",
            "script",
          ),
        ]
      : []),
  ];
}

function isLfsPointer(bytes: Uint8Array): boolean {
  return bytes.length < 1024 && hasMagic(bytes, 0, "version https://git-lfs");
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
