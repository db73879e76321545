import type { Anomaly } from "../inventory/anomaly.ts";
import type { FileCoverage, ScanFile, TextView } from "../inventory/scan-file.ts";
import { looksLikeText } from "../inventory/sniff.ts";
import { breakLoneReturns, decodeText } from "./decode-text.ts";
import { VIEW_LIMITS, type ViewLimits } from "./limits.ts";
import { lineCounter } from "./lines.ts";

export type FileViews = {
  /** The file as it lies comes first, when it is text. */
  readonly views: readonly TextView[];
  /** Files that were uncovered in a literal: an archive, a program. Already unpacked; their views are not made yet. */
  readonly files: readonly ScanFile[];
  readonly anomalies: readonly Anomaly[];
  /** Sentences about what was cut off; empty when the file was read whole. */
  readonly gaps: readonly string[];
};

/** Every text that a file holds, as it lies and as a decoder, a model or a shell would see it. */
export function viewsOf(file: ScanFile, limits: ViewLimits = VIEW_LIMITS): FileViews {
  if (!looksLikeText(file.bytes)) return { views: [], files: [], anomalies: [], gaps: [] };
  const whole = decodeText(file.bytes).text;
  const original = whole.slice(0, limits.viewChars);
  const text = breakLoneReturns(original);
  const gaps =
    original.length < whole.length
      ? [`Only its first ${limits.viewChars} characters were read.`]
      : [];
  return {
    views: [{ file, text, lineAt: lineCounter(original), via: file.via }],
    files: [],
    anomalies: [],
    gaps,
  };
}

/** What was found about a file by two stages, as one line of the coverage. */
export function addGaps(coverage: FileCoverage, gaps: readonly string[]): FileCoverage {
  if (gaps.length === 0) return coverage;
  const because = [coverage.because, ...gaps].filter((one) => one !== null).join(" ");
  return { ...coverage, state: coverage.state === "analysed" ? "partly" : coverage.state, because };
}
