import { createHash } from "node:crypto";
import { contentDigest, encodeUstar, type ArchiveFile, type Blobs } from "../blobs/index.ts";
import type { Packed } from "./types.ts";

/** Packs a skill's files as the canonical archive, keeps it, and returns its digests. What is judged later reads only this. */
export async function packSkill(blobs: Blobs, files: readonly ArchiveFile[]): Promise<Packed> {
  const tar = encodeUstar(files);
  const tarSha256 = await blobs.put(tar);
  return {
    digest: contentDigest(files),
    tarSha256,
    tarSizeBytes: tar.length,
    files: files.map((file) => ({
      path: file.path,
      mode: file.mode,
      sizeBytes: file.bytes.length,
      sha256: createHash("sha256").update(file.bytes).digest("hex"),
    })),
  };
}
