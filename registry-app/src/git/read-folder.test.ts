import { describe, expect, it } from "vitest";
import {
  commitFiles,
  createObjectCache,
  listTree,
  parseTree,
  readFolder,
  writeBlob,
  writeCommit,
  writeTree,
} from "./index.ts";
import { AUTHOR, git, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

const CAPS = {
  maxEntries: 100,
  maxDepth: 10,
  maxTreeBytes: 100_000,
  maxFileBytes: 1000,
  maxTotalBytes: 2000,
};
const commitOf = (dir: string, tree: string) =>
  writeCommit(dir, { tree, parents: [], author: AUTHOR, time: TIME, message: "m" });

describe("a folder at a commit", () => {
  it("is read with paths, modes, bytes and the tree oid that git gives it", async () => {
    const { dir, readers } = await scratchRepo();
    const made = await commitFiles(readers, dir, {
      branch: "main",
      changes: new Map([
        ["skills/pdf/SKILL.md", "# PDF"],
        ["skills/pdf/scripts/run me.sh", "echo"],
        ["skills/other/SKILL.md", "# Other"],
      ]),
      author: AUTHOR,
      message: "m",
      time: TIME,
    });
    const commit = made.kind === "committed" ? made.commit : "";
    const folder = await readFolder(readers, dir, commit, "skills/pdf", { caps: CAPS });
    expect(folder).toMatchObject({
      kind: "folder",
      treeOid: git(dir, ["rev-parse", "main:skills/pdf"]),
    });
    expect(
      folder.kind === "folder" && folder.files.map((f) => [f.path, f.mode, `${f.bytes}`]),
    ).toEqual([
      ["SKILL.md", "100644", "# PDF"],
      ["scripts/run me.sh", "100644", "echo"],
    ]);
    const root = await readFolder(readers, dir, commit, "", { caps: CAPS });
    expect(root.kind === "folder" && root.files.length).toBe(3);
    const kind = async (path: string) =>
      (await readFolder(readers, dir, commit, path, { caps: CAPS })).kind;
    expect(await kind("skills/none")).toBe("missing");
    expect(await kind("skills/pdf/SKILL.md")).toBe("not-a-folder");
    await expect(kind("../skills")).rejects.toThrow("not a folder");
    await expect(readFolder(readers, dir, "main", "skills", { caps: CAPS })).rejects.toThrow(
      "commit id",
    );
  });

  it("shows every strange entry for what it is instead of following it", async () => {
    const { dir, readers } = await scratchRepo();
    const blob = await writeBlob(dir, Buffer.from("/etc/passwd"));
    const empty = await writeTree(dir, []);
    const tree = await writeTree(dir, [
      { mode: "120000", name: "link", oid: blob },
      { mode: "160000", name: "module", oid: "1".repeat(40) },
      { mode: "40000", name: "nothing", oid: empty },
      { mode: "100664", name: "old", oid: blob },
      { mode: "100755", name: Buffer.from([0x66, 0xff]), oid: blob },
      { mode: "100644", name: "..\\evil", oid: blob },
    ]);
    const folder = await readFolder(readers, dir, await commitOf(dir, tree), "", { caps: CAPS });
    const shown = folder.kind === "folder" ? folder.files : [];
    expect(shown.map((f) => [f.path, f.kind, f.isUtf8, f.bytes.length])).toEqual([
      ["..\\evil", "file", true, 11],
      ["f\ufffd", "executable", false, 11],
      ["link", "symlink", true, 11],
      ["module", "submodule", true, 0],
      ["old", "odd", true, 11],
      ["nothing", "empty-folder", true, 0],
    ]);
  });

  it("stops at a tree that fans out to ten thousand million paths", async () => {
    const { dir, readers } = await scratchRepo();
    let oid = await writeBlob(dir, Buffer.from("x"));
    for (let depth = 0; depth < 10; depth += 1) {
      const mode = depth === 0 ? "100644" : "40000";
      const fan = Array.from({ length: 10 }, (_, i) => ({ mode, name: `${i}`, oid }));
      oid = await writeTree(dir, fan);
    }
    const wide = await listTree(readers, dir, oid, { ...CAPS, maxEntries: 5000 });
    expect(wide).toMatchObject({ kind: "too-large", because: "entries" });
    const deep = await listTree(readers, dir, oid, { ...CAPS, maxEntries: 1e6, maxDepth: 3 });
    expect(deep).toMatchObject({ kind: "too-large", because: "depth" });
    const big = await listTree(readers, dir, oid, { ...CAPS, maxTreeBytes: 50 });
    expect(big).toMatchObject({ kind: "too-large", because: "tree" });
  });

  it("is too large by one file, by the sum, and not at the exact cap", async () => {
    const { dir, readers } = await scratchRepo();
    const sized = async (...sizes: number[]) => {
      const entries = await Promise.all(
        sizes.map(async (size, i) => ({
          mode: "100644",
          name: `f${i}`,
          oid: await writeBlob(dir, Buffer.alloc(size, i)),
        })),
      );
      const commit = await commitOf(dir, await writeTree(dir, entries));
      return readFolder(readers, dir, commit, "", { caps: CAPS });
    };
    expect((await sized(1000, 1000)).kind).toBe("folder");
    expect(await sized(1001)).toMatchObject({ because: "file", path: "f0" });
    expect(await sized(1000, 1000, 1)).toMatchObject({ because: "total" });
  });

  it("that lacks objects or lies about types is told apart", async () => {
    const { dir, readers } = await scratchRepo();
    const blob = await writeBlob(dir, Buffer.from("x"));
    const tree = (mode: string, oid: string) => writeTree(dir, [{ mode, name: "a", oid }]);
    const read = async (treeOid: string) =>
      readFolder(readers, dir, await commitOf(dir, treeOid), "", { caps: CAPS });
    expect(await read(await tree("100644", "2".repeat(40)))).toEqual({
      kind: "missing",
      oid: "2".repeat(40),
    });
    expect((await read(await tree("40000", blob))).kind).toBe("malformed");
    expect((await read(await tree("100644", await tree("100644", blob)))).kind).toBe("malformed");
  });

  it("is answered from the cache without git the second time, caps still applied", async () => {
    const { dir, readers } = await scratchRepo();
    const oid = await writeBlob(dir, Buffer.alloc(900));
    const commit = await commitOf(dir, await writeTree(dir, [{ mode: "100644", name: "a", oid }]));
    const cache = createObjectCache({ maxBytes: 1e6 });
    const first = await readFolder(readers, dir, commit, "", { caps: CAPS, cache });
    const asked: string[] = [];
    const counting = {
      ...readers,
      read: (...args: Parameters<typeof readers.read>) => {
        asked.push(args[1]);
        return readers.read(...args);
      },
    };
    expect(await readFolder(counting, dir, commit, "", { caps: CAPS, cache })).toEqual(first);
    expect(asked).toEqual([]);
    const tight = { ...CAPS, maxFileBytes: 10 };
    expect(await readFolder(counting, dir, commit, "", { caps: tight, cache })).toMatchObject({
      because: "file",
    });
  });
});

describe("the bytes of a tree", () => {
  const oid = Buffer.alloc(20, 7);
  it.each([
    ["a cut oid", Buffer.concat([Buffer.from("100644 a\0"), oid.subarray(1)])],
    ["no mode", Buffer.concat([Buffer.from("a\0"), oid])],
    ["a mode that is not octal", Buffer.concat([Buffer.from("10x644 a\0"), oid])],
    ["a mode without end", Buffer.concat([Buffer.from("1006440 a\0"), oid])],
    ["no name", Buffer.concat([Buffer.from("100644 \0"), oid])],
  ])("are malformed with %s", (_, bytes) => {
    expect(parseTree(bytes).kind).toBe("malformed");
  });

  it("give odd modes a kind of their own", () => {
    const parsed = parseTree(Buffer.concat([Buffer.from("040000 a\0"), oid]));
    expect(parsed).toMatchObject({ kind: "ok", entries: [{ kind: "odd", mode: "040000" }] });
  });
});
