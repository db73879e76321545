import type { CommitGraph } from "./records.ts";

/** Makes a graph of commits that come parents first, as `walkCommits` gives them. */
export function createCommitGraph(
  commits: Iterable<{ readonly oid: string; readonly parents: readonly string[] }>,
): CommitGraph {
  const order: string[] = [];
  const nodes = new Map<string, { parents: readonly string[]; position: number }>();
  for (const { oid, parents } of commits) {
    if (nodes.has(oid)) continue;
    nodes.set(oid, { parents, position: order.length });
    order.push(oid);
  }
  return { order, nodes };
}

/**
 * The commits that `to` reaches and `from` does not, parents first, like `git rev-list from..to`. Without `from`
 * everything that `to` reaches; nothing when `to` is not in the graph. Walks only the part of the order it needs.
 */
export function commitsBetween(
  graph: CommitGraph,
  from: string | undefined,
  to: string,
): readonly string[] {
  const start = graph.nodes.get(to);
  if (start === undefined || from === to) return [];
  const excluded = new Set<string>();
  const included = new Set<string>([to]);
  const floor = from === undefined ? undefined : graph.nodes.get(from);
  if (from !== undefined && floor !== undefined) excluded.add(from);
  const result: string[] = [];
  let open = 1;
  for (let at = Math.max(start.position, floor?.position ?? 0); at >= 0 && open > 0; at -= 1) {
    const oid = graph.order[at];
    const node = oid === undefined ? undefined : graph.nodes.get(oid);
    if (oid === undefined || node === undefined) continue;
    const isExcluded = excluded.has(oid);
    if (!isExcluded && !included.has(oid)) continue;
    // A commit is judged when its turn comes: all its children stand above it in the order.
    if (included.has(oid)) open -= 1;
    if (!isExcluded) result.push(oid);
    for (const parent of node.parents) {
      if (!graph.nodes.has(parent)) continue;
      if (isExcluded) excluded.add(parent);
      else if (!included.has(parent)) {
        included.add(parent);
        open += 1;
      }
    }
  }
  return result.toReversed();
}
