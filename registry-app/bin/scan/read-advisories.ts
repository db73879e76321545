import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { Refusal } from "../../src/runtime/index.ts";
import { parseAdvisories, type AdvisorySnapshot } from "../../src/scan/index.ts";

const MAX_BYTES = 512 * 1024 * 1024;
/** What `assay advisories fetch` writes where OSV knows of nothing. A file that is wrong does not look like it. */
const NOTHING_KNOWN = z.strictObject({ vulns: z.tuple([]) });

/**
 * Reads an operator's own advisories: records of OSV as a list, as `{vulns: […]}`, or one in each line. They count as
 * taken when the file was written. A file that cannot be read is refused, and what to do is said; records that are none
 * are counted.
 */
export function readAdvisoriesFile(file: string): {
  readonly snapshot: AdvisorySnapshot;
  readonly skipped: number;
} {
  try {
    const { mtime, size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    const records = parseRecords(readFileSync(file, "utf8"));
    const { advisories, skipped } = parseAdvisories(records);
    if (advisories.length === 0 && !NOTHING_KNOWN.safeParse(records).success)
      throw new Error("it holds no advisory that could be understood");
    return { snapshot: { takenAt: toSeconds(mtime), advisories }, skipped };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(
      "bad-request",
      `The advisories ${file} cannot be read: ${why}.`,
      "Give a file of OSV records: a JSON list, {vulns: […]}, or one record in each line.",
    );
  }
}

function parseRecords(text: string): unknown {
  const start = text.trimStart();
  try {
    return JSON.parse(text);
  } catch (cause) {
    // One record a line is no JSON as a whole.
    if (!start.startsWith("{")) throw cause;
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line): unknown => JSON.parse(line));
  }
}

/** Part of the engine's name: no finer than what a copy of the file keeps. */
function toSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
