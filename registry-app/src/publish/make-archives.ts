import { decodeUstar, encodeZip, gzipTar, type Blobs } from "../blobs/index.ts";
import type { ArchiveFact } from "../db/index.ts";
import { MAX_TAR_BYTES } from "./store-version.ts";

/** Makes what a version is downloaded as from its canonical tar, and keeps it. */
export async function makeArchives(
  blobs: Blobs,
  tarSha256: string,
): Promise<{ readonly tar: Buffer; readonly archives: ArchiveFact[] }> {
  const tar = await blobs.read(tarSha256, MAX_TAR_BYTES);
  const made = [
    { format: "tar.gz" as const, bytes: await gzipTar(tar) },
    { format: "zip" as const, bytes: encodeZip(decodeUstar(tar)) },
  ];
  const archives = await Promise.all(
    made.map(async ({ format, bytes }) => ({
      format,
      size: bytes.length,
      sha256: await blobs.put(bytes),
    })),
  );
  return { tar, archives };
}
