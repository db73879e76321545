import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { growLineTree, rootFromPath } from "./line-tree.ts";

const linesOf = (size: number) => Array.from({ length: size }, (_, at) => `line ${at}`);
const sha = (...parts: readonly (Buffer | string)[]) =>
  hash("sha256", Buffer.concat(parts.map((part) => Buffer.from(part))), "buffer");

/** The definition of RFC 6962, section 2.1, as it stands there. */
function definedRoot(lines: readonly string[]): Buffer {
  const [only = ""] = lines;
  if (lines.length === 1) return sha("\0", only);
  let split = 1;
  while (split * 2 < lines.length) split *= 2;
  return sha("\u0001", definedRoot(lines.slice(0, split)), definedRoot(lines.slice(split)));
}

describe("a tree over lines", () => {
  it("has the root that RFC 6962 defines, and a path to it from every line", () => {
    for (let size = 1; size <= 33; size++) {
      const lines = linesOf(size);
      const tree = growLineTree(lines);
      expect(tree.root).toBe(definedRoot(lines).toString("hex"));
      for (const [index, line] of lines.entries())
        expect(rootFromPath(line, { index, size }, tree.pathOf(index))).toBe(tree.root);
    }
  });

  it("proves no other line, and none in another place or in a tree of another size", () => {
    const [size, index] = [13, 6];
    const tree = growLineTree(linesOf(size));
    const path = tree.pathOf(index);
    expect(rootFromPath("line 7", { index, size }, path)).not.toBe(tree.root);
    const elsewhere = Array.from({ length: size }, (_, at) => at).filter((at) => at !== index);
    for (const at of elsewhere)
      expect(rootFromPath("line 6", { index: at, size }, path)).not.toBe(tree.root);
    expect(rootFromPath("line 6", { index: size, size }, path)).toBeUndefined();
    expect(rootFromPath("line 6", { index: -1, size }, path)).toBeUndefined();
    expect(rootFromPath("line 6", { index, size }, path.slice(1))).not.toBe(tree.root);
    expect(rootFromPath("line 6", { index, size }, [...path, tree.root])).toBeUndefined();
  });
});
