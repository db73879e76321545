import { extract, type Header } from "tar-stream";
import type { Artifact, Limits } from "./types.ts";

export type Unpacking = {
  /** Takes more of the stream; false once no more is wanted. */
  push(chunk: Buffer): boolean;
  /** What was found, and what was left behind, as sentences. */
  end(): Promise<{ readonly files: readonly Artifact[]; readonly notes: readonly string[] }>;
};

/** Names and empty files cost as well: a stream of nothing but headers is cut too. */
const HEADER_BYTES = 2_048;
const MAX_NAME = 4_096;

/**
 * Reads what a case left below /work out of a tar stream, in memory, within the limits. The stream was made in the
 * container by a program of ours from files of strangers: names are kept as they are and nothing is followed.
 */
export function unpackOutputs(limits: Pick<Limits, "artifacts" | "artifactBytes">): Unpacking {
  const files: Artifact[] = [];
  const notes: string[] = [];
  const maxStream = limits.artifactBytes + limits.artifacts * HEADER_BYTES;
  let streamed = 0;
  let isCut = false;
  const reader = extract();
  let room = limits.artifactBytes;
  reader.on("entry", (header, body, next) => {
    const chunks: Buffer[] = [];
    const size = header.size ?? 0;
    const isTaken = header.name.length <= MAX_NAME && files.length < limits.artifacts;
    const hasRoom = size <= room;
    if (hasRoom) room -= size;
    const at = isTaken ? files.push(toArtifact(header, null)) - 1 : -1;
    body.on("data", (chunk: unknown) => {
      if (isTaken && hasRoom) chunks.push(chunk as Buffer);
    });
    body.on("end", () => {
      if (isTaken && hasRoom) files[at] = toArtifact(header, Buffer.concat(chunks));
      next(null);
    });
    body.resume();
  });
  const ended = new Promise<void>((resolve) => {
    reader.on("finish", resolve);
    // A stream that was cut ends in the middle of an entry.
    reader.on("error", () => resolve());
    reader.on("close", resolve);
  });
  return {
    push(chunk) {
      if (isCut) return false;
      streamed += chunk.length;
      if (streamed > maxStream) {
        isCut = true;
        notes.push(
          `More than ${limits.artifactBytes} bytes were left in /work: the rest stayed behind.`,
        );
        return false;
      }
      reader.write(chunk);
      return true;
    },
    async end() {
      if (isCut) reader.destroy();
      else reader.end(undefined);
      await ended;
      return { files, notes };
    },
  };
}

const KINDS: Readonly<Partial<Record<string, Artifact["kind"]>>> = {
  file: "file",
  "contiguous-file": "file",
  directory: "folder",
  symlink: "link",
  link: "link",
};

function toArtifact(header: Header, body: Buffer | null): Artifact {
  const kind = KINDS[header.type ?? "file"] ?? "other";
  return {
    path: header.name.replace(/^\.\//, "").replace(/\/$/, ""),
    kind,
    target: kind === "link" ? (header.linkname ?? "") : null,
    mode: (header.mode ?? 0) & 0o7777,
    sizeBytes: header.size ?? 0,
    content: kind === "file" ? body : null,
  };
}
