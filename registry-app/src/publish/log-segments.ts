import type { ObjectReaders } from "../git/index.ts";
import { Stalled } from "../runtime/index.ts";
import {
  LINES_PER_SEGMENT,
  MAX_SEGMENT_BYTES,
  segmentOf,
  segmentPath,
  splitLines,
} from "./log-format.ts";

export type LogRepo = { readonly readers: ObjectReaders; readonly dir: string };

/** Lines `from` to `to` of the log as of a commit, counted from 0, the last one left out. */
export async function readLogLines(
  { readers, dir }: LogRepo,
  commit: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<string[]> {
  const lines: string[] = [];
  for (let segment = segmentOf(from); segment * LINES_PER_SEGMENT < to; segment++) {
    const spec = `${commit}:${segmentPath(segment)}`;
    const read = await readers.read(dir, spec, { maxBytes: MAX_SEGMENT_BYTES });
    if (read.kind !== "object")
      throw new Stalled(`a segment of the registry log is ${read.kind}`, { segment, commit });
    const start = segment * LINES_PER_SEGMENT;
    // One at a time: the lines of a large log are more than can be spread at once.
    for (const [at, line] of splitLines(read.bytes).entries())
      if (start + at >= from && start + at < to) lines.push(line);
  }
  if (lines.length === to - from) return lines;
  throw new Stalled("the registry log has fewer lines than it counts", { from, to, commit });
}
