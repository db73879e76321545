import type { ParsedCommit } from "./parse-commits.ts";

/**
 * Takes out each commit that a later one reverts, and the revert with it. From the newest down, so that the revert of a
 * revert brings the first commit back. A revert of something older than the list stays: it is news.
 */
export function dropReverted(newestFirst: readonly ParsedCommit[]): readonly ParsedCommit[] {
  const dropped = new Set<ParsedCommit>();
  const byHash = groupByHash(newestFirst);
  for (const commit of newestFirst) {
    if (commit.reverts === null || dropped.has(commit)) continue;
    const { hash } = commit.reverts;
    const target = byHash
      .get(hash.slice(0, 7))
      ?.find((other) => other !== commit && other.record.oid.startsWith(hash));
    if (target === undefined || dropped.has(target)) continue;
    dropped.add(commit).add(target);
  }
  return newestFirst.filter((commit) => !dropped.has(commit));
}

function groupByHash(
  commits: readonly ParsedCommit[],
): ReadonlyMap<string, readonly ParsedCommit[]> {
  return Map.groupBy(commits, ({ record }) => record.oid.slice(0, 7));
}
