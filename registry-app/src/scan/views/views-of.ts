import type { Layer } from "../facts.ts";
import type { ScanFile, TextView } from "../inventory/scan-file.ts";
import type { Anomaly } from "../inventory/anomaly.ts";
import { isArchiveKind, isBinaryKind } from "../inventory/classify.ts";
import { INVENTORY_LIMITS } from "../inventory/limits.ts";
import { newBudget, openFile, type OpenedFiles } from "../inventory/open-file.ts";
import { looksLikeText } from "../inventory/sniff.ts";
import { breakLoneReturns, decodeText } from "./decode-text.ts";
import { decodeLayers, type Decoded, type Embedded } from "./decode-layers.ts";
import { uncoverInvisible } from "./invisible.ts";
import { VIEW_LIMITS, type ViewLimits } from "./limits.ts";
import { lineCounter, lineTable } from "./lines.ts";
import { judgeText } from "./odd-text.ts";
import { normalise } from "./normalised.ts";

export type FileViews = {
  /** The file as it lies comes first, when it is text. */
  readonly views: readonly TextView[];
  /** Files that were uncovered in a literal, an archive or a program, with what is in them. */
  readonly files: readonly ScanFile[];
  readonly anomalies: readonly Anomaly[];
  /** Sentences about what was cut off; empty when the file was read whole. */
  readonly gaps: readonly string[];
};

const NOTHING: FileViews = { views: [], files: [], anomalies: [], gaps: [] };
/** More texts than this of one kind in one file are read as one: it is a file of data. */
const APART_UP_TO = 12;

/** Every text that a file holds, as it lies and as a model, a shell or a decoder would see it. */
export function viewsOf(file: ScanFile, limits: ViewLimits = VIEW_LIMITS): FileViews {
  if (!looksLikeText(file.bytes)) return NOTHING;
  const whole = decodeText(file.bytes).text;
  const original = whole.slice(0, limits.viewChars);
  const text = breakLoneReturns(original);
  const lineAt = lineCounter(original);
  const invisible = uncoverInvisible(text, lineAt, limits.invisibleChars);
  const normal = normalise(text);
  const clean = normal ?? text;
  const hidden = invisible.found.map((one): Decoded => ({
    ...one,
    via: [...file.via, "invisible"],
  }));
  const layers = [
    { text: clean, lineAt: normal === null ? lineAt : lineCounter(clean), via: file.via },
    ...hidden,
  ].map((one) => decodeLayers(one.text, one.lineAt, one.via, limits));
  const normalised: readonly Decoded[] =
    normal === null
      ? []
      : [{ text: normal, lineAt: lineCounter(normal), via: [...file.via, "normalised"] }];
  const decoded = joinMany(layers.flatMap(({ texts }) => texts));
  const all = [...normalised, ...hidden, ...decoded];
  const inner = openEmbedded(
    file,
    layers.flatMap((one) => one.files),
  );
  const gaps = [
    ...inner.gaps,
    ...(original.length < whole.length
      ? [`Only its first ${limits.viewChars} characters were read.`]
      : []),
    ...(invisible.isCut ? ["It carries more invisible text than is read."] : []),
    ...(all.length > limits.views ? [`More than ${limits.views} texts are hidden in it.`] : []),
    ...new Set(layers.flatMap((one) => one.gaps)),
  ];
  return {
    views: [
      { file, text, lineAt, via: file.via },
      ...all.slice(0, limits.views).map((one) => ({ file, ...one })),
    ],
    files: inner.files,
    anomalies: [
      ...judgeText(file, text, lineAt),
      ...hidden.map((one) => invisibleText(file, one)),
      ...inner.anomalies,
    ],
    gaps,
  };
}

function invisibleText(file: ScanFile, { text, lineAt, via }: Decoded): Anomaly {
  const at = { file: file.path, line: lineAt(0), via };
  const subject = text.trim().slice(0, 200);
  return {
    kind: "invisible-text",
    at,
    detail: "Characters that nobody sees say something.",
    subject,
  };
}

/** A literal that is a file: what is in it comes after it. */
function openEmbedded(file: ScanFile, embedded: readonly Embedded[]): OpenedFiles {
  const budget = newBudget(INVENTORY_LIMITS);
  const opened = embedded.map((one, index) => {
    const inner = fileOf(file, one, index);
    const { files, anomalies, gaps } = openFile(inner, budget, null);
    return { files: [inner, ...files], anomalies, gaps };
  });
  return {
    files: opened.flatMap(({ files }) => files),
    anomalies: opened.flatMap(({ anomalies }) => anomalies),
    gaps: opened.flatMap(({ gaps }) => gaps),
  };
}

function fileOf(file: ScanFile, { bytes, kind, via }: Embedded, index: number): ScanFile {
  return {
    path: `${file.path}!/literal-${index + 1}.${kind}`,
    bytes,
    role: isArchiveKind(kind) ? "archive" : isBinaryKind(kind) ? "binary" : "asset",
    language: "other",
    isExecutable: false,
    isReachable: file.isReachable,
    via,
  };
}

/** A file of data holds hundreds of small literals: together they are one text, whose lines are still known. */
function joinMany(decoded: readonly Decoded[]): readonly Decoded[] {
  const groups = new Map<string, Decoded[]>();
  for (const one of decoded) {
    const key = one.via.join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) =>
    group.length > APART_UP_TO ? [join(group)] : group,
  );
}

function join(group: readonly Decoded[]): Decoded {
  const via: readonly Layer[] = group[0]?.via ?? [];
  const from: number[] = [];
  const lines: number[] = [];
  let length = 0;
  for (const { text, lineAt } of group) {
    from.push(length);
    lines.push(lineAt(0));
    length += text.length + 1;
  }
  return { text: group.map(({ text }) => text).join("\n"), lineAt: lineTable(from, lines), via };
}
