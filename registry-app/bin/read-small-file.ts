import { closeSync, openSync, readSync } from "node:fs";
import { Refusal } from "../src/runtime/refusal.ts";

const CHUNK_BYTES = 64 * 1024;

/** The text of a file or pipe that somebody named; throws a Refusal when it cannot be read or is larger than `maxBytes`. */
export function readSmallFile(path: string, maxBytes: number): string {
  try {
    return readText(path, maxBytes);
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new Refusal(
      "not-found",
      `${path} cannot be read: ${cause.message}.`,
      "See whether it is there and may be read: ls -l",
    );
  }
}

function readText(path: string, maxBytes: number): string {
  const file = openSync(path, "r");
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return Buffer.concat(chunks).toString("utf8");
      sizeBytes += length;
      if (sizeBytes > maxBytes)
        throw new Refusal("too-large", `${path} has more than ${maxBytes} bytes.`);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
