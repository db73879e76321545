import { createHash, hash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Refusal, Stalled, type Ids } from "../runtime/index.ts";
import { writeAside } from "./write-aside.ts";

/** Bytes by their SHA-256 (64 lowercase hex digits); small enough for a directory or an object store to hold. */
export interface Blobs {
  /** Keeps the bytes and returns their SHA-256; keeping them again costs one look. */
  put(bytes: Uint8Array): Promise<string>;
  /** Keeps what `make` makes, unless it is there; throws when it is not what the name says. True when written. */
  putIfAbsent(sha256: string, make: () => Uint8Array | Promise<Uint8Array>): Promise<boolean>;
  has(sha256: string): Promise<boolean>;
  /** Size in bytes, undefined when absent. */
  size(sha256: string): Promise<number | undefined>;
  /**
   * A stream of the bytes; `start` and `end` count from 0, both included, as in a Range header. Undefined when absent.
   * All of them are checked on their way: of damaged ones the end never comes, but a Stalled error. A part is not.
   */
  open(sha256: string, range?: { start: number; end: number }): Promise<Readable | undefined>;
  /** All bytes, checked against their name; Stalled when absent or damaged, Refusal when larger than `maxBytes`. */
  read(sha256: string, maxBytes: number): Promise<Buffer>;
  /** Whether there is anything but what the name says: true for absent and for damaged bytes, and those are removed. */
  discardIfDamaged(sha256: string): Promise<boolean>;
}

/**
 * Keeps blobs under `dir` as `ab/<sha256>`, each written aside and renamed, so that a name is there whole or not at
 * all whenever the process dies. Nothing is synced to the disk: after a power cut a blob may be gone or short, `read`
 * says so, and since all of it is made from git it is put again, which also mends a short one.
 */
export function createDirectoryStore(ids: Ids, dir: string): Blobs {
  const toPath = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error("A blob is named by 64 hex digits.");
    return join(dir, sha256.slice(0, 2), sha256);
  };
  const keep = async (sha256: string, bytes: Uint8Array): Promise<boolean> => {
    if (findSize(toPath(sha256)) === bytes.length) return false;
    await writeAside(join(dir, "aside", ids.next()), toPath(sha256), bytes);
    return true;
  };
  return {
    async put(bytes) {
      const sha256 = sha256Of(bytes);
      await keep(sha256, bytes);
      return sha256;
    },
    async putIfAbsent(sha256, make) {
      if (findSize(toPath(sha256)) !== undefined) return false;
      const bytes = await make();
      const found = sha256Of(bytes);
      if (found !== sha256) throw new Error(`The bytes made for blob ${sha256} are ${found}.`);
      return keep(sha256, bytes);
    },
    has: async (sha256) => findSize(toPath(sha256)) !== undefined,
    size: async (sha256) => findSize(toPath(sha256)),
    async open(sha256, range) {
      const path = toPath(sha256);
      const sizeBytes = findSize(path);
      if (sizeBytes === undefined) return undefined;
      const isPart = range !== undefined && (range.start > 0 || range.end < sizeBytes - 1);
      if (isPart) return createReadStream(path, range);
      return Readable.from(passChecked(createReadStream(path), sha256), { objectMode: false });
    },
    read: async (sha256, maxBytes) => readChecked(toPath(sha256), sha256, maxBytes),
    async discardIfDamaged(sha256) {
      const path = toPath(sha256);
      if (findSize(path) === undefined) return true;
      const sum = createHash("sha256");
      for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
      if (sum.digest("hex") === sha256) return false;
      await rm(path, { force: true });
      return true;
    },
  };
}

/** Keeps one piece back until all are summed, so that nobody takes damaged bytes for the whole. */
async function* passChecked(pieces: Readable, sha256: string): AsyncGenerator<Buffer> {
  const sum = createHash("sha256");
  let held: Buffer | undefined;
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    sum.update(piece);
    if (held !== undefined) yield held;
    held = piece;
  }
  if (sum.digest("hex") !== sha256) throw new Stalled(`Blob ${sha256} is damaged.`, { sha256 });
  if (held !== undefined) yield held;
}

async function readChecked(path: string, sha256: string, maxBytes: number): Promise<Buffer> {
  const sizeBytes = findSize(path);
  if (sizeBytes === undefined) throw new Stalled(`Blob ${sha256} is not in the store.`, { sha256 });
  if (sizeBytes > maxBytes) {
    throw new Refusal(
      "too-large",
      `${sizeBytes} bytes are more than the ${maxBytes} allowed here.`,
    );
  }
  const bytes = await readFile(path);
  if (sha256Of(bytes) !== sha256) throw new Stalled(`Blob ${sha256} is damaged.`, { sha256 });
  return bytes;
}

/** Asked at once: the answer is there before another thread could take the question. */
function findSize(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function sha256Of(bytes: Uint8Array): string {
  return hash("sha256", bytes);
}
