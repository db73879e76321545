import type { Artifact } from "@assay/sandbox";
import type { CaseLog } from "./stored-report.ts";

export type TrialLog = Omit<CaseLog["trials"][number], "number">;

const MAX_FILES = 200;
const MAX_FILE_BYTES = 64 * 1024;
const MAX_FILES_BYTES = 1024 * 1024;
const MAX_TRANSCRIPT_LENGTH = 1024 * 1024;

type Streams = {
  readonly stdout: { readonly bytes: Uint8Array; readonly totalBytes: number };
  readonly stderr: { readonly bytes: Uint8Array; readonly totalBytes: number };
  readonly files: readonly Artifact[];
  readonly transcript: string | null;
};

/** What is kept of a trial for people to read: its streams, the names of what it left, and small files whole. */
export function toTrialLog({ stdout, stderr, files, transcript }: Streams): TrialLog {
  let leftBytes = MAX_FILES_BYTES;
  const kept = files.slice(0, MAX_FILES).map(({ path, kind, sizeBytes, content }) => {
    const fits = content !== null && content.length <= Math.min(MAX_FILE_BYTES, leftBytes);
    if (fits) leftBytes -= content.length;
    return { path, kind, sizeBytes, base64: fits ? toBase64(content) : null };
  });
  return {
    stdout: { base64: toBase64(stdout.bytes), totalBytes: stdout.totalBytes },
    stderr: { base64: toBase64(stderr.bytes), totalBytes: stderr.totalBytes },
    files: kept,
    transcript: transcript?.slice(0, MAX_TRANSCRIPT_LENGTH) ?? null,
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
