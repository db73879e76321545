import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { decodeUstar, type Blobs } from "../blobs/index.ts";
import { findArchive } from "./read-skills.ts";
import type { Version } from "./schemas.ts";

const MAX_ARCHIVE_BYTES = 64 * 1024 * 1024;
const MAX_TAR_BYTES = 256 * 1024 * 1024;
const inflate = promisify(gunzip);

/** One file of a version that is served, taken out of its archive; undefined for any other version or path. */
export async function readVersionFile(
  blobs: Blobs,
  version: Version,
  path: string,
): Promise<Buffer | undefined> {
  const archive = findArchive(version, "tar.gz");
  if (archive === undefined || !version.files.some((file) => file.path === path)) return undefined;
  const packed = await blobs.read(archive.sha256, MAX_ARCHIVE_BYTES);
  const tar = await inflate(packed, { maxOutputLength: MAX_TAR_BYTES });
  const found = decodeUstar(tar).find((file) => file.path === path);
  return found && Buffer.from(found.bytes);
}
