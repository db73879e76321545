export type PushHead = { readonly lines: number; readonly sizeBytes: number };

/**
 * Counts the pkt-lines before the first flush of a push: one for each ref, and their bytes. Bytes that are no pkt-line
 * end the head, as they do for git, which then refuses the request itself.
 */
export function createPushHeadReader(): { read(chunk: Buffer): PushHead } {
  let isOver = false;
  let lines = 0;
  let sizeBytes = 0;
  let skip = 0;
  let length = "";

  const readAt = (chunk: Buffer, at: number): number => {
    if (skip > 0) {
      const skipped = Math.min(skip, chunk.length - at);
      skip -= skipped;
      return at + skipped;
    }
    const taken = chunk.toString("latin1", at, at + 4 - length.length);
    length += taken;
    if (length.length === 4) {
      const size = /^[0-9a-fA-F]{4}$/.test(length) ? Number.parseInt(length, 16) : 0;
      isOver = size < 4;
      skip = size - 4;
      lines += isOver ? 0 : 1;
      length = "";
    }
    return at + taken.length;
  };

  return {
    read: (chunk) => {
      let at = 0;
      while (at < chunk.length) {
        if (isOver) break;
        const next = readAt(chunk, at);
        sizeBytes += next - at;
        at = next;
      }
      return { lines, sizeBytes };
    },
  };
}
