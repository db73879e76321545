import { pack } from "tar-stream";
import type { InputFile } from "./types.ts";

const MAX_PATH = 1_000;

/** Whether a path stays below the folder that it is put into. Pure. */
export function isFitPath(path: string): boolean {
  if (path === "" || path.length > MAX_PATH || path.includes("\0")) return false;
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

/** The input files as a tar stream's bytes. Throws on a path that leaves its folder: that is a bug of the caller. */
export async function packInputs(inputs: readonly InputFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, isExecutable } of inputs) {
    if (!isFitPath(path))
      throw new Error(`an input file may not be called ${JSON.stringify(path)}`);
    const mode = isExecutable ? 0o755 : 0o644;
    archive.entry({ name: path, mode, mtime: new Date(0) }, Buffer.from(content), () => undefined);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
