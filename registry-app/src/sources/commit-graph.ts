/** One commit of the index. Positions grow from parents to children, so a commit's ancestors all have smaller ones. */
export type IndexedCommit = {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly folders: readonly string[];
};

/** A source's history in memory: who is whose ancestor, and which commits touched a folder since when. */
export type CommitGraph = {
  readonly size: number;
  has(oid: string): boolean;
  append(commits: Iterable<IndexedCommit>): void;
  /** Is `oid` reachable from `tip`? Both must be in the index; what is not, is not reachable. */
  isReachable(tip: string, oid: string): boolean;
  /**
   * Commits that touch `folder`, reachable from `to` and not from `from`, children first. The order depends on the commits
   * alone, not on when each came into the index.
   */
  touching(folder: string, from: string | null, to: string): readonly string[];
};

export function createCommitGraph(): CommitGraph {
  const oids: string[] = [];
  const parents: (readonly number[])[] = [];
  const places = new Map<string, number>();
  const byFolder = new Map<string, number[]>();
  let reach: { tip: string; marks: Uint8Array } | undefined;

  const marksFrom = (tip: number): Uint8Array => {
    const marks = new Uint8Array(oids.length);
    marks[tip] = 1;
    // Parents stand before their children, so one pass downwards reaches everything.
    for (let place = tip; place >= 0; place--) {
      if (marks[place] === 1) for (const parent of parents[place] ?? []) marks[parent] = 1;
    }
    return marks;
  };

  const reachableFrom = (tip: string): Uint8Array | undefined => {
    const place = places.get(tip);
    if (place === undefined) return undefined;
    if (reach?.tip !== tip) reach = { tip, marks: marksFrom(place) };
    return reach.marks;
  };

  return {
    get size() {
      return oids.length;
    },
    has: (oid) => places.has(oid),
    append(commits) {
      for (const commit of commits) {
        if (places.has(commit.oid)) continue;
        const place = oids.push(commit.oid) - 1;
        places.set(commit.oid, place);
        parents.push(commit.parents.flatMap((oid) => places.get(oid) ?? []));
        for (const folder of commit.folders) {
          const list = byFolder.get(folder);
          if (list === undefined) byFolder.set(folder, [place]);
          else list.push(place);
        }
      }
      reach = undefined;
    },
    isReachable(tip, oid) {
      const place = places.get(oid);
      return place !== undefined && reachableFrom(tip)?.[place] === 1;
    },
    touching(folder, from, to) {
      const end = places.get(to);
      if (end === undefined) return [];
      const start = from === null ? undefined : places.get(from);
      const candidates = (byFolder.get(folder) ?? []).filter((place) => place <= end);
      const { found, range, hasMerge } = rangeOf(candidates, parents, start, end);
      const wanted = hasMerge ? orderByParents(found, range, parents, end) : found;
      return wanted.toReversed().flatMap((place) => oids[place] ?? []);
    },
  };
}

type Range = {
  /** Ascending. */
  readonly found: readonly number[];
  /** All that was walked through and is wanted. */
  readonly range: ReadonlySet<number>;
  readonly hasMerge: boolean;
};

const WANTED = 1;
const UNWANTED = 2;

/**
 * Which of `candidates` (ascending places) are reachable from `end` and not from `start`. Walks only from `end` down to the
 * smallest candidate that can still matter, in descending place order, so that marks are final when a place is visited.
 */
function rangeOf(
  candidates: readonly number[],
  parents: readonly (readonly number[])[],
  start: number | undefined,
  end: number,
): Range {
  const range = new Set<number>();
  const found: number[] = [];
  let hasMerge = false;
  const lowest = candidates[0];
  if (lowest === undefined) return { found, range, hasMerge };
  const marks = new Map<number, number>([[end, WANTED]]);
  if (start !== undefined) marks.set(start, (marks.get(start) ?? 0) | UNWANTED);
  let next = candidates.length - 1;
  let open = start === end ? 0 : 1;
  for (let place = Math.max(end, start ?? end); place >= lowest && open > 0; place--) {
    const mark = marks.get(place);
    if (mark !== undefined) {
      marks.delete(place);
      if (mark === WANTED) {
        open--;
        range.add(place);
        hasMerge ||= (parents[place]?.length ?? 0) > 1;
      }
      for (const parent of parents[place] ?? []) {
        const before = marks.get(parent) ?? 0;
        const after = before | mark;
        if (before === after) continue;
        marks.set(parent, after);
        if (after === WANTED) open++;
        else if (before === WANTED) open--;
      }
    }
    while (next >= 0 && (candidates[next] ?? 0) > place) next--;
    if (candidates[next] === place && mark === WANTED) found.push(place);
  }
  return { found: found.toReversed(), range, hasMerge };
}

/** `found` as a walk from `end` comes back over it, first parents first: the same for everybody who has the commits. */
function orderByParents(
  found: readonly number[],
  range: ReadonlySet<number>,
  parents: readonly (readonly number[])[],
  end: number,
): number[] {
  const wanted = new Set(found);
  const seen = new Set([end]);
  const ordered: number[] = [];
  const path = [{ place: end, next: 0 }];
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const parent = parents[step.place]?.[step.next++];
    if (parent === undefined) {
      path.pop();
      if (wanted.has(step.place)) ordered.push(step.place);
    } else if (range.has(parent) && !seen.has(parent)) {
      seen.add(parent);
      path.push({ place: parent, next: 0 });
    }
  }
  return ordered;
}
