import { createHash } from "node:crypto";

export const LOG_BRANCH = "main";
export const LOG_REF = `refs/heads/${LOG_BRANCH}`;
export const LINES_PER_SEGMENT = 256;
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;
/** Files beside the entries. */
export const CHECKPOINT = "checkpoint";
/** The public half of the key that signs the log, as a line of a .pub file. */
export const REGISTRY_PUB = "registry.pub";
/** Who may change the law: the pin of the control repo. */
export const ROOT_JSON = "root.json";

/** What each commit of the log says of all lines up to it. */
export type Checkpoint = {
  /** Lines in the log. */
  readonly size: number;
  /** Lines before this commit: those after it may be in git without a mark in the database. */
  readonly sizeBefore: number;
  /** SHA-256 over the previous chain value and the line, from the first line on. */
  readonly chain: string;
};

export const FIRST_CHAIN = "0".repeat(64);

export function nextChain(before: string, line: string): string {
  return createHash("sha256").update(`${before}\n${line}`).digest("hex");
}

export const segmentOf = (seq: number) => Math.floor(seq / LINES_PER_SEGMENT);
export const segmentPath = (segment: number) =>
  `entries/${String(segment).padStart(8, "0")}.ndjson`;

export function splitLines(segment: Buffer): string[] {
  return segment
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

const TITLE = "assay registry log";

export function formatCheckpoint({ size, sizeBefore, chain }: Checkpoint): string {
  return `${TITLE}\n${size}\n${sizeBefore}\n${chain}\n`;
}

/** Undefined when the text is no checkpoint. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [title, size = "", sizeBefore = "", chain = ""] = text.split("\n");
  const isWell =
    title === TITLE && [size, sizeBefore].every(isCount) && /^[0-9a-f]{64}$/.test(chain);
  return isWell ? { size: Number(size), sizeBefore: Number(sizeBefore), chain } : undefined;
}

const isCount = (text: string) => /^\d{1,15}$/.test(text);
