/** Bytes that are served: archive formats (pure), the content-addressed store, and the files that answer with Postgres down. */
export { findUnfitPath, type ArchiveFile, type FileMode, type Unfit } from "./archive-file.ts";
export { contentDigest, type FileSum } from "./digest.ts";
export { createDirectoryStore, type Blobs } from "./directory-store.ts";
export { createPublicFiles, type PublicFiles } from "./public-files.ts";
export { decodeUstar, encodeUstar, gzipTar } from "./ustar.ts";
export { encodeZip } from "./zip.ts";
