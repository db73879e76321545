import { decodeUstar } from "../../blobs/index.ts";

/** Shorter lines stand in any output by chance. */
const MIN_LENGTH = 12;
const MAX_LINES = 2_000;

/**
 * Tells when an agent has read SKILL.md: a line of its instructions stands in what a command wrote. The frontmatter does
 * not count, since the agent knows it from the start. How the file was read makes no difference.
 */
export function createSkillWatch(tar: Uint8Array | null) {
  const lines = tar === null ? [] : linesOf(tar);
  return {
    isReadBy(output: Uint8Array): boolean {
      if (lines.length === 0) return false;
      const text = Buffer.from(output).toString("utf8");
      const written = new Set(text.split("\n").map((line) => line.trim()));
      // Line by line first; with numbers or file names before them they are still there.
      return (
        lines.some((line) => written.has(line)) ||
        lines.slice(0, 50).some((one) => text.includes(one))
      );
    },
  };
}

function linesOf(tar: Uint8Array): readonly string[] {
  const file = decodeUstar(tar).find(({ path }) => path === "SKILL.md");
  if (file === undefined) return [];
  const all = Buffer.from(file.bytes)
    .toString("utf8")
    .split("\n")
    .map((line) => line.trim());
  const close = all[0] === "---" ? all.indexOf("---", 1) : -1;
  const body = all.slice(close + 1).filter((line) => line !== "");
  const told = body.filter((line) => line.length >= MIN_LENGTH);
  return (told.length > 0 ? told : body).slice(0, MAX_LINES);
}
