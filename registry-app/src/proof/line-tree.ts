import { hash } from "node:crypto";

/** A hash tree over lines as RFC 6962 has it: leaves and nodes are hashed apart, so that none can stand in for the other. */
export type LineTree = {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** The hashes beside the way from a line to the root, lowest first, in hex. */
  pathOf(index: number): string[];
};

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export function growLineTree(lines: readonly string[]): LineTree {
  if (lines.length === 0) throw new Error("a tree has at least one line");
  const levels = [lines.map(hashLine)];
  for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? [])
    levels.push(joinPairs(below));
  return {
    size: lines.length,
    root: levels.at(-1)?.[0]?.toString("hex") ?? "",
    pathOf(index) {
      if (!Number.isSafeInteger(index) || index < 0 || index >= lines.length)
        throw new Error(`no line ${index} in a tree of ${lines.length}`);
      return levels.flatMap((level, height) => {
        const beside = level[Math.floor(index / 2 ** height) ^ 1];
        return beside === undefined ? [] : [beside.toString("hex")];
      });
    },
  };
}

/** The root that a line and its path come to; undefined when no tree of that size has such a path. */
export function rootFromPath(
  line: string,
  place: { readonly index: number; readonly size: number },
  path: readonly string[],
): string | undefined {
  let [at, last] = [place.index, place.size - 1];
  if (!Number.isSafeInteger(at) || at < 0 || at > last) return undefined;
  let found = hashLine(line);
  for (const hex of path) {
    if (last === 0) return undefined;
    const beside = Buffer.from(hex, "hex");
    if (at % 2 === 1 || at === last) {
      found = hashNode(beside, found);
      // A last one without a neighbour has moved up as it is.
      while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else found = hashNode(found, beside);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found.toString("hex") : undefined;
}

function joinPairs(below: readonly Buffer[]): Buffer[] {
  const level: Buffer[] = [];
  for (let at = 0; at < below.length; at += 2) {
    const [left, right] = [below[at], below[at + 1]];
    if (left !== undefined) level.push(right === undefined ? left : hashNode(left, right));
  }
  return level;
}

function hashLine(line: string): Buffer {
  return hash("sha256", Buffer.concat([LEAF, Buffer.from(line, "utf8")]), "buffer");
}

function hashNode(left: Buffer, right: Buffer): Buffer {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}
