import { hash } from "node:crypto";
import { contentDigest, encodeUstar, type ArchiveFile, type Blobs } from "../blobs/index.ts";
import type { Packed } from "./types.ts";

/** Packs a skill's files as the canonical archive, keeps it, and returns its digests. What is judged later reads only this. */
export async function packSkill(blobs: Blobs, files: readonly ArchiveFile[]): Promise<Packed> {
  const tar = encodeUstar(files);
  const tarSha256 = await blobs.put(tar);
  const facts = files.map(({ path, mode, bytes }) => ({
    path,
    mode,
    sizeBytes: bytes.length,
    sha256: hash("sha256", bytes),
  }));
  return { digest: contentDigest(facts), tarSha256, tarSizeBytes: tar.length, files: facts };
}
