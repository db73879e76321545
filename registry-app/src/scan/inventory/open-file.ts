import type { Layer } from "../facts.ts";
import { decodeText, latin1 } from "../views/decode-text.ts";
import type { Anomaly } from "./anomaly.ts";
import { isBinaryKind, isProgram, languageOf, roleOf } from "./classify.ts";
import type { InventoryLimits } from "./limits.ts";
import { NOTHING_IN_IT, textPart, type Budget, type Odd, type Opened, type Part } from "./part.ts";
import { readImage } from "./read-image.ts";
import { readMarkup } from "./read-markup.ts";
import { readNotebook } from "./read-notebook.ts";
import { isOffice, readOffice, readOle } from "./read-office.ts";
import { readPdf } from "./read-pdf.ts";
import { readBytecode } from "./read-pyc.ts";
import { readGzip, readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";
import type { ScanFile } from "./scan-file.ts";
import { sniffKind, type FileKind } from "./sniff.ts";
import { stringsOf } from "./strings.ts";

export type Source = { readonly text: string; readonly size: number };

export type OpenedFiles = {
  /** What was in the file, and in that, in order. */
  readonly files: readonly ScanFile[];
  readonly anomalies: readonly Anomaly[];
  readonly gaps: readonly string[];
};

type Work = {
  readonly budget: Budget;
  readonly files: ScanFile[];
  readonly anomalies: Anomaly[];
  readonly gaps: Set<string>;
};

const UNREAD: Readonly<Partial<Record<FileKind, string>>> = {
  "7z": "It is a 7z archive, which is not opened.",
  rar: "It is a RAR archive, which is not opened.",
  xz: "It is packed with xz, which is not opened.",
  zstd: "It is packed with zstd, which is not opened.",
  bzip2: "It is packed with bzip2, which is not opened.",
  lz4: "It is packed with lz4, which is not opened.",
  cab: "It is a cabinet archive, which is not opened.",
  ar: "It is an ar archive, which is not opened.",
  iso: "It is a disk image, which is not opened.",
  dmg: "It is a disk image, which is not opened.",
  pickle: "It is pickled Python, which can run anything when it is loaded; only strings were read.",
  sqlite: "It is a database, of which only strings were read.",
  unknown: "It is of no known kind; only strings were read.",
};
const CODE = "It is a program in machine code, of which only strings were read.";
/** What the author of a document never sees: strings of these are read for lack of anything better. */
const WITH_STRINGS: ReadonlySet<FileKind> = new Set([
  "elf",
  "pe",
  "macho",
  "wasm",
  "class",
  "dex",
  "pickle",
  "sqlite",
  "unknown",
  "ole",
]);

export function newBudget(limits: InventoryLimits): Budget {
  return { limits, bytes: limits.unpackedBytes, files: limits.files };
}

/** Opens a file, and what is in it, down to the last level that is opened. Never throws. */
export function openFile(file: ScanFile, budget: Budget, source: Source | null): OpenedFiles {
  const work: Work = { budget, files: [], anomalies: [], gaps: new Set() };
  descend(file, sniffKind(file.bytes), source, 1, work);
  return { files: work.files, anomalies: work.anomalies, gaps: [...work.gaps] };
}

function descend(
  file: ScanFile,
  kind: FileKind,
  source: Source | null,
  depth: number,
  work: Work,
): void {
  const opened = readParts(file, kind, source, work.budget);
  const inside = depth > 1 ? `In ${file.path}: ` : "";
  for (const because of opened.gaps) work.gaps.add(inside + because);
  for (const odd of opened.odd) work.anomalies.push(toAnomaly(file, odd));
  if (opened.parts.length === 0) return;
  if (depth > work.budget.limits.depth) {
    work.gaps.add(`${inside}Archives lie in archives more deeply than is opened.`);
    return;
  }
  for (const part of opened.parts) {
    if (work.budget.files <= 0) {
      work.gaps.add("More files are packed in the skill than are read.");
      return;
    }
    work.budget.files -= 1;
    const member = toFile(file, part);
    work.files.push(member.file);
    if (depth > 1 && member.isProgram && part.via === "archive" && file.via.at(-1) === "archive")
      work.anomalies.push(
        toAnomaly(member.file, {
          kind: "nested-script",
          detail: "It is a program in an archive in an archive.",
          subject: part.name,
        }),
      );
    // A tar in gzip is one archive, and its two layers are one.
    const deeper = kind === "gzip" && member.kind === "tar" ? depth : depth + 1;
    descend(member.file, member.kind, sourceIn(part, opened.parts), deeper, work);
  }
}

function readParts(file: ScanFile, kind: FileKind, source: Source | null, budget: Budget): Opened {
  const { bytes } = file;
  if (kind === "zip" || kind === "crx") return openZip(bytes, budget);
  if (kind === "tar") return readTar(bytes, budget);
  if (kind === "gzip") return readGzip(bytes, file.path, budget);
  if (kind === "pdf") return readPdf(bytes, budget);
  if (kind === "pyc") return readBytecode(bytes, source, (bytes[2] ?? 0) === 0x0d, budget);
  if (kind === "text") return openText(file, budget);
  const image = readImage(bytes, kind, budget);
  if (image !== NOTHING_IN_IT) return image;
  const gap = UNREAD[kind] ?? (isBinaryKind(kind) ? CODE : null);
  const ole = kind === "ole" ? readOle(bytes) : NOTHING_IN_IT;
  const { text } = WITH_STRINGS.has(kind)
    ? stringsOf(bytes, budget.limits.metadataBytes)
    : { text: "" };
  return {
    parts: text === "" ? [] : [{ ...textPart("strings.txt", text, "other"), via: "string" }],
    odd: ole.odd,
    gaps: gap === null ? ole.gaps : [gap],
  };
}

function openZip(bytes: Uint8Array, budget: Budget): Opened {
  const opened = readZip(bytes, budget);
  return isOffice(opened.parts.map(({ name }) => name)) ? readOffice(opened) : opened;
}

function openText(file: ScanFile, budget: Budget): Opened {
  const isNotebook = file.path.toLowerCase().endsWith(".ipynb");
  const isPicture = /\.svg$/i.test(file.path);
  if (!isNotebook && !isPicture) return NOTHING_IN_IT;
  const { text } = decodeText(file.bytes);
  return isNotebook ? readNotebook(text) : readMarkup(text, isPicture, budget);
}

function toFile(
  parent: ScanFile,
  part: Part,
): { readonly file: ScanFile; readonly kind: FileKind; readonly isProgram: boolean } {
  const path = `${parent.path}!/${part.name.replace(/^\/{1,20}/, "").slice(0, 300)}`;
  const via: readonly Layer[] = [...parent.via, part.via];
  const kind = sniffKind(part.bytes);
  const head = latin1(part.bytes.subarray(0, 200));
  const language = part.language ?? languageOf(part.name, kind, head);
  const program = isProgram(part.name, language, kind, head);
  const { isReachable } = parent;
  const classified = {
    path: part.name,
    language,
    kind,
    isProgram: program,
    isNamed: isReachable,
    isReachable,
  };
  const role =
    part.via === "archive"
      ? roleOf({ ...classified, path: `x/${part.name}` })
      : derivedRole(language);
  const file: ScanFile = {
    path,
    bytes: part.bytes,
    role,
    language,
    isExecutable: false,
    isReachable,
    via,
  };
  return { file, kind, isProgram: program };
}

/** Text that was taken out of a document: code stays code, the rest is told to nobody in particular. */
function derivedRole(language: ScanFile["language"]): ScanFile["role"] {
  return ["python", "shell", "javascript", "typescript"].includes(language)
    ? "script"
    : "reference";
}

function toAnomaly(file: ScanFile, { kind, detail, subject }: Odd): Anomaly {
  return { kind, at: { file: file.path, line: 1, via: file.via }, detail, subject };
}

/** `pkg/__pycache__/mod.cpython-312.pyc` and `pkg/mod.pyc` are made from `pkg/mod.py`. */
export function sourcePathOf(path: string): string | null {
  const match =
    /^(.{0,300}?)(?:__pycache__\/)?([^/]{1,200}?)(?:\.cpython-\d{2,4}|\.pypy\d{2,4})?(?:\.opt-[12])?\.py[co]$/.exec(
      path,
    );
  return match === null ? null : `${match[1] ?? ""}${match[2] ?? ""}.py`;
}

function sourceIn(part: Part, parts: readonly Part[]): Source | null {
  const path = sourcePathOf(part.name);
  const found = path === null ? undefined : parts.find(({ name }) => name === path);
  return found === undefined
    ? null
    : { text: decodeText(found.bytes).text, size: found.bytes.length };
}
