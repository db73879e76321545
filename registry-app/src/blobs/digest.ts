import { hash } from "node:crypto";
import { toCanonicalOrder, type ArchiveFile } from "./archive-file.ts";

/** A file by the SHA-256 (hex) of its bytes. */
export type FileSum = Pick<ArchiveFile, "path" | "mode"> & { readonly sha256: string };

/**
 * The content digest `s1:`, which clients pin: base64 (standard alphabet, padded) of the SHA-256 over one line a file,
 * `<mode> <sha256 hex>  <path>\n`, in byte order of the paths; the mode is git's (100644 or 100755). It names what is
 * in an archive whatever the compression. Anyone recomputes it in the unpacked folder:
 *
 *     find . -type f -printf '%P\n' | LC_ALL=C sort | while IFS= read -r f; do
 *       if [ -x "$f" ]; then printf '100755 '; else printf '100644 '; fi; sha256sum -- "$f"
 *     done | openssl dgst -sha256 -binary | openssl base64
 */
export function contentDigest(files: readonly FileSum[]): string {
  const lines = toCanonicalOrder(files).map(
    (file) => `${file.mode} ${file.sha256}  ${file.path}\n`,
  );
  return `s1:${hash("sha256", lines.join(""), "base64")}`;
}
