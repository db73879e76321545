import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  findRef,
  isAncestor,
  listRefs,
  listUnreachable,
  updateRefs,
  walkCommits,
  writeBlob,
  writeCommit,
  writeTag,
  writeTree,
  type CommitRange,
  type CommitRecord,
} from "./index.ts";
import { AUTHOR, git, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

async function tangle() {
  const { dir } = await scratchRepo();
  const commit = async (parents: string[], files: Record<string, string>, message: string) => {
    const entries = await Promise.all(
      Object.entries(files).map(async ([name, text]) => ({
        mode: "100644",
        name,
        oid: await writeBlob(dir, Buffer.from(text)),
      })),
    );
    const tree = await writeTree(dir, entries);
    return writeCommit(dir, { tree, parents, author: AUTHOR, time: TIME, message });
  };
  const root = await commit([], { a: "1" }, "feat: root\n\nbody\n");
  const left = await commit([root], { b: "1" }, "rename");
  const right = await commit([root], { a: "1", "ü\n M": "2" }, "A");
  const merge = await commit([left, right], { b: "1", "ü\n M": "2" }, "merge");
  const empty = await commit([merge], { b: "1", "ü\n M": "2" }, "");
  const other = await commit([], { z: "1" }, "other root");
  return { dir, root, left, right, merge, empty, other };
}

async function walk(dir: string, range: CommitRange): Promise<CommitRecord[]> {
  return Array.fromAsync(walkCommits(dir, range));
}

describe("a walk of commits", () => {
  it("gives parents before children, both paths of a rename, and a merge against its first parent", async () => {
    const t = await tangle();
    const records = await walk(t.dir, { tips: [t.empty], known: [] });
    const places = new Map(records.map(({ oid }, index) => [oid, index]));
    for (const { oid, parents } of records)
      for (const parent of parents) expect(places.get(parent)).toBeLessThan(places.get(oid) ?? -1);
    const paths = (oid: string) => records.find((record) => record.oid === oid)?.paths;
    expect(paths(t.root)).toEqual(["a"]);
    expect(paths(t.left)).toEqual(["a", "b"]);
    expect(paths(t.merge)).toEqual(["ü\n M"]);
    expect(paths(t.empty)).toEqual([]);
    expect(records[0]).toEqual({
      oid: t.root,
      parents: [],
      authorName: AUTHOR.name,
      authorEmail: AUTHOR.email,
      authorTimeSeconds: TIME.getTime() / 1000,
      committerTimeSeconds: TIME.getTime() / 1000,
      message: "feat: root\n\nbody\n",
      paths: ["a"],
      isCut: false,
    });
  });

  it("leaves out what is known and needs no tips", async () => {
    const t = await tangle();
    const fresh = await walk(t.dir, { tips: [t.empty, t.other], known: [t.merge] });
    expect(fresh.map(({ oid }) => oid).toSorted()).toEqual([t.empty, t.other].toSorted());
    expect(await walk(t.dir, { tips: [], known: [] })).toEqual([]);
  });

  it("cuts long messages and long lists of paths, and says so", async () => {
    const t = await tangle();
    const tree = git(t.dir, ["rev-parse", `${t.merge}^{tree}`]);
    const message = `${"x".repeat(300_000)}\n`;
    const long = await writeCommit(t.dir, {
      tree,
      parents: [],
      author: AUTHOR,
      time: TIME,
      message,
    });
    const [record] = await walk(t.dir, {
      tips: [long],
      known: [],
      maxMessageBytes: 5000,
      maxPaths: 1,
    });
    expect(record).toMatchObject({ message: "x".repeat(5000), isCut: true });
    expect(record?.paths.length).toBe(1);
  });

  it("goes on behind a commit whose trees unfold into more paths than can be listed", async () => {
    const t = await tangle();
    let tree = await writeTree(t.dir, [
      { mode: "100644", name: "f", oid: await writeBlob(t.dir, Buffer.from("x")) },
    ]);
    for (let level = 0; level < 12; level++) {
      const oid = tree;
      tree = await writeTree(
        t.dir,
        Array.from({ length: 10 }, (_, n) => ({ mode: "40000", name: `d${n}`, oid })),
      );
    }
    const made = { author: AUTHOR, time: TIME, message: "m" };
    const bomb = await writeCommit(t.dir, { ...made, tree, parents: [t.merge] });
    const light = git(t.dir, ["rev-parse", `${t.root}^{tree}`]);
    const after = await writeCommit(t.dir, { ...made, tree: light, parents: [t.other] });
    const join = await writeCommit(t.dir, { ...made, tree, parents: [bomb, after] });
    const records = await walk(t.dir, {
      tips: [join],
      known: [t.root],
      maxPaths: 5,
      listingAllocation: "64k",
    });
    const expected = [t.left, t.right, t.merge, t.other, bomb, after, join];
    expect(records.map(({ oid }) => oid).toSorted()).toEqual(expected.toSorted());
    expect(records.find(({ oid }) => oid === bomb)).toMatchObject({ isCut: true });
  }, 30_000);

  it("throws git's words on a commit that is not there, and refuses what is no oid", async () => {
    const t = await tangle();
    await expect(walk(t.dir, { tips: ["3".repeat(40)], known: [] })).rejects.toThrow("bad object");
    await expect(walk(t.dir, { tips: ["--output=x"], known: [] })).rejects.toThrow(
      "not an object id",
    );
  });

  it("may be left early", async () => {
    const t = await tangle();
    for await (const record of walkCommits(t.dir, { tips: [t.empty], known: [] })) {
      expect(record.oid).toBe(t.root);
      break;
    }
  });
});

describe("refs", () => {
  it("are listed with what annotated tags point at", async () => {
    const t = await tangle();
    const tag = await writeTag(t.dir, {
      objectOid: t.merge,
      objectType: "commit",
      name: "x",
      tagger: AUTHOR,
      time: TIME,
      message: "m",
    });
    const made = await updateRefs(t.dir, [
      { ref: "refs/tags/x", newOid: tag, expectedOid: null },
      { ref: "refs/tags/light", newOid: t.root },
      { ref: "refs/heads/main", newOid: t.empty },
    ]);
    expect(made).toEqual({ kind: "updated" });
    expect(await listRefs(t.dir, "refs/tags")).toEqual([
      { name: "refs/tags/light", oid: t.root, type: "commit" },
      { name: "refs/tags/x", oid: tag, type: "tag", peeledOid: t.merge, peeledType: "commit" },
    ]);
    expect(await findRef(t.dir, "refs/tags/x")).toBe(tag);
    expect(await findRef(t.dir, "refs/tags/y")).toBeUndefined();
  });

  it("are listed whatever letters stand in their names", async () => {
    const t = await tangle();
    const odd = "refs/tags/a\u2028b\u202ec\u0085d";
    git(t.dir, ["update-ref", odd, t.root]);
    expect(await listRefs(t.dir, "refs/tags")).toEqual([
      { name: odd, oid: t.root, type: "commit" },
    ]);
  });

  it("move together or not at all, only from where they are expected", async () => {
    const t = await tangle();
    await updateRefs(t.dir, [{ ref: "refs/heads/main", newOid: t.root, expectedOid: null }]);
    const clash = await updateRefs(t.dir, [
      { ref: "refs/heads/next", newOid: t.left },
      { ref: "refs/heads/main", newOid: t.left, expectedOid: t.right },
    ]);
    expect(clash).toEqual({ kind: "moved", ref: "refs/heads/main", actualOid: t.root });
    expect(await findRef(t.dir, "refs/heads/next")).toBeUndefined();
    await updateRefs(t.dir, [{ ref: "refs/heads/main", newOid: null, expectedOid: t.root }]);
    expect(await findRef(t.dir, "refs/heads/main")).toBeUndefined();
    await expect(
      updateRefs(t.dir, [{ ref: "refs/heads/main", newOid: "4".repeat(40) }]),
    ).rejects.toThrow("update-ref");
  });

  it.each([
    "--all",
    "refs/heads/*",
    "refs/heads/../x",
    "main",
    "refs/tags/a\nb",
    "refs/tags/.x",
    "refs/tags/x.lock",
  ])("named %j are refused", async (name) => {
    await expect(findRef("/nowhere", name)).rejects.toThrow("not a ref name");
  });
});

describe("ancestry", () => {
  it("is judged against any of several tips", async () => {
    const t = await tangle();
    expect(await isAncestor(t.dir, t.right, [t.other, t.merge])).toBe(true);
    expect(await isAncestor(t.dir, t.merge, [t.merge])).toBe(true);
    expect(await isAncestor(t.dir, t.right, [t.left, t.other])).toBe(false);
    expect(await isAncestor(t.dir, t.right, [])).toBe(false);
    expect(await isAncestor(t.dir, "5".repeat(40), [t.merge])).toBe(false);
    const lost = await listUnreachable(t.dir, [t.root, t.right, t.other, t.empty], [t.merge]);
    expect([...lost].toSorted()).toEqual([t.other, t.empty].toSorted());
  });
});

describe("A graft in a mirror", () => {
  it("gives no commit another parent, so that it changes no verdict", async () => {
    const { dir, other, left } = await tangle();
    mkdirSync(join(dir, "info"), { recursive: true });
    writeFileSync(join(dir, "info", "grafts"), `${left} ${other}\n`);
    expect(await isAncestor(dir, other, [left])).toBe(false);
    const walked = await walk(dir, { tips: [left], known: [] });
    expect(walked.map(({ oid }) => oid)).not.toContain(other);
  });
});
