import type { Captured } from "./types.ts";

/** Keeps the first bytes of a stream and counts the rest. */
export type Capture = {
  push(chunk: Uint8Array): void;
  readonly totalBytes: () => number;
  take(): Captured;
};

/** A capture that keeps at most `keptBytes`. */
export function createCapture(keptBytes: number): Capture {
  const kept: Uint8Array[] = [];
  let room = keptBytes;
  let total = 0;
  return {
    push(chunk) {
      total += chunk.length;
      if (room === 0 || chunk.length === 0) return;
      // A copy: the piece would hold on to the whole chunk.
      const piece = Buffer.from(chunk.subarray(0, room));
      kept.push(piece);
      room -= piece.length;
    },
    totalBytes: () => total,
    take: () => ({ bytes: Buffer.concat(kept), totalBytes: total, isTruncated: total > keptBytes }),
  };
}
