import { gitOutput } from "../git-command.ts";

/**
 * Those of the wanted objects that git would hand out though nothing shown reaches them: without a connection of its
 * own, git checks what is wanted by walking commits, and takes every tree and blob that it has for reachable.
 */
export async function findUnreachableWants(
  repoDir: string,
  oids: readonly string[],
): Promise<readonly string[]> {
  const args = ["for-each-ref", "--format=%(objectname)", "--", "refs/heads", "refs/tags"];
  const shown = await gitOutput({ gitDir: repoDir, args });
  const tips = new Set(shown.toString("latin1").split("\n"));
  const others = [...new Set(oids)].filter((oid) => !tips.has(oid));
  if (others.length === 0) return [];
  const types = await gitOutput({
    gitDir: repoDir,
    args: ["cat-file", "--batch-check=%(objecttype)"],
    input: `${others.join("\n")}\n`,
  });
  const lines = types.toString("latin1").split("\n");
  return others.filter((_oid, index) => lines[index] === "tree" || lines[index] === "blob");
}
