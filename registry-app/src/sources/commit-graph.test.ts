import { describe, expect, it } from "vitest";
import { createCommitGraph, type IndexedCommit } from "./commit-graph.ts";

const commit = (
  oid: string,
  parents: string[],
  folders: string[] = ["skills/a"],
): IndexedCommit => ({ oid, parents, folders });

/** a-b-c-f on the main line, d-e a side line merged in f. */
const diamond = () => {
  const graph = createCommitGraph();
  graph.append([
    commit("a", []),
    commit("b", ["a"], ["skills/b"]),
    commit("d", ["a"]),
    commit("c", ["b"]),
    commit("e", ["d"]),
    commit("f", ["c", "e"], []),
  ]);
  return graph;
};

describe("the commit graph", () => {
  it("knows who is reachable from a tip, through merges as well", () => {
    const graph = diamond();
    expect(["a", "b", "c", "d", "e", "f"].map((oid) => graph.isReachable("c", oid))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(graph.isReachable("f", "d")).toBe(true);
    expect(graph.isReachable("f", "unknown")).toBe(false);
    expect(graph.isReachable("unknown", "a")).toBe(false);
  });

  it("lists the commits of a folder since another commit, newest first", () => {
    const graph = diamond();
    expect(graph.touching("skills/a", null, "f")).toEqual(["e", "d", "c", "a"]);
    expect(graph.touching("skills/a", "a", "f")).toEqual(["e", "d", "c"]);
    expect(graph.touching("skills/a", "c", "f")).toEqual(["e", "d"]);
    expect(graph.touching("skills/b", null, "f")).toEqual(["b"]);
    expect(graph.touching("skills/b", "b", "f")).toEqual([]);
    expect(graph.touching("skills/none", null, "f")).toEqual([]);
  });

  it("lists them in one order, whatever order they came into the index", () => {
    const late = createCommitGraph();
    late.append([
      commit("a", []),
      commit("d", ["a"]),
      commit("e", ["d"]),
      commit("b", ["a"], ["skills/b"]),
      commit("c", ["b"]),
      commit("f", ["c", "e"], []),
    ]);
    expect(late.touching("skills/a", null, "f")).toEqual(diamond().touching("skills/a", null, "f"));
  });

  it("lists nothing between a commit and itself", () => {
    expect(diamond().touching("skills/a", "f", "f")).toEqual([]);
  });

  it("lists what a side line has when the other side is the base, though that base is newer", () => {
    expect(diamond().touching("skills/a", "c", "e")).toEqual(["e", "d"]);
    expect(diamond().touching("skills/a", "f", "c")).toEqual([]);
  });

  it("agrees with plain set difference on a thousand random histories", () => {
    let seed = 7;
    const random = (below: number) =>
      (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 1_000; round++) {
      const size = 2 + random(12);
      const commits = Array.from({ length: size }, (_, i) =>
        commit(
          `c${i}`,
          i === 0 ? [] : [...new Set([`c${random(i)}`, `c${random(i)}`])],
          random(2) === 0 ? ["x"] : [],
        ),
      );
      const graph = createCommitGraph();
      graph.append(commits);
      const all = (oid: string): Set<string> =>
        new Set([
          oid,
          ...(commits.find((c) => c.oid === oid)?.parents.flatMap((p) => [...all(p)]) ?? []),
        ]);
      const [from, to] = [`c${random(size)}`, `c${random(size)}`];
      const base = all(from);
      const expected = commits
        .filter((c) => c.folders.length > 0 && all(to).has(c.oid) && !base.has(c.oid))
        .map((c) => c.oid);
      expect(graph.touching("x", from, to).toReversed()).toEqual(expected);
    }
  });

  it("takes later commits in and answers for the new tip", () => {
    const graph = diamond();
    expect(graph.isReachable("f", "e")).toBe(true);
    graph.append([commit("g", ["f"])]);
    expect(graph.isReachable("g", "e")).toBe(true);
    expect(graph.touching("skills/a", "f", "g")).toEqual(["g"]);
  });
});
