import { isUtf8 } from "node:buffer";
import type { EntryKind, ParsedTree, TreeEntry } from "./records.ts";

const SPACE = 32;
const MODE = /^[0-7]{1,6}$/;
const KINDS: ReadonlyMap<string, EntryKind> = new Map([
  ["40000", "folder"],
  ["100644", "file"],
  ["100755", "executable"],
  ["120000", "symlink"],
  ["160000", "submodule"],
]);

/** Splits the bytes of a tree object; names stay as they are, hostile ones included. Linear in the size. */
export function parseTree(bytes: Buffer, oidSizeBytes: 20 | 32 = 20): ParsedTree {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(SPACE, at);
    const nul = bytes.indexOf(0, at);
    if (space === -1 || nul === -1 || space > nul || space - at > 6)
      return { kind: "malformed", because: "an entry has no mode" };
    const mode = bytes.toString("latin1", at, space);
    const end = nul + 1 + oidSizeBytes;
    if (!MODE.test(mode)) return { kind: "malformed", because: "a mode is not octal" };
    if (nul === space + 1) return { kind: "malformed", because: "an entry has no name" };
    if (end > bytes.length) return { kind: "malformed", because: "the last entry is cut off" };
    const nameBytes = bytes.subarray(space + 1, nul);
    entries.push({
      mode,
      kind: KINDS.get(mode) ?? "odd",
      oid: bytes.toString("hex", nul + 1, end),
      name: nameBytes.toString("utf8"),
      nameBytes,
      isUtf8: isUtf8(nameBytes),
    });
    at = end;
  }
  return { kind: "ok", entries };
}
