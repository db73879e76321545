import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitFiles, initBare, writeBlob, writeTree, type CommitFiles } from "./index.ts";
import { AUTHOR, git, scratchFolder, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

const wanted = (
  changes: Record<string, string | null>,
  more: Partial<CommitFiles> = {},
): CommitFiles => ({
  branch: "main",
  changes: new Map(Object.entries(changes)),
  author: AUTHOR,
  message: "m",
  time: TIME,
  ...more,
});

describe("a bare repo", () => {
  it("has our configuration and no hooks, and is left untouched when it is right already", async () => {
    const dir = join(await scratchFolder(), "deep/r.git");
    const config = {
      "transfer.hideRefs": ["refs/a", "refs/b"],
      "http.https://x.org.proxy": 'a"b\\c',
    };
    await initBare(dir, { config });
    expect(git(dir, ["config", "--get-all", "transfer.hideRefs"])).toBe("refs/a\nrefs/b");
    expect(git(dir, ["config", "http.https://x.org.proxy"])).toBe('a"b\\c');
    expect(git(dir, ["config", "receive.fsckObjects"])).toBe("true");
    expect(git(dir, ["rev-parse", "--is-bare-repository"])).toBe("true");
    expect(existsSync(join(dir, "hooks"))).toBe(false);
    const before = statSync(join(dir, "config")).ino;
    writeFileSync(join(dir, "HEAD"), "ref: refs/heads/other\n");
    await initBare(dir, { config });
    expect(statSync(join(dir, "config")).ino).toBe(before);
    expect(await readFile(join(dir, "HEAD"), "utf8")).toContain("other");
    await initBare(dir);
    expect(git(dir, ["config", "--get-all", "transfer.hideRefs"])).toBe(
      "refs/incoming\nrefs/published",
    );
  });

  it("cannot be given configuration that smuggles in more", async () => {
    const dir = await scratchFolder();
    const make = (key: string, value: string) =>
      initBare(join(dir, "r"), { config: { [key]: value } });
    await expect(make("a.b", "x\n[core]")).rejects.toThrow("not a value");
    await expect(make('a "x"]\n[core', "x")).rejects.toThrow("not a git config key");
  });
});

describe("committing files", () => {
  it("adds, changes and removes, and gives what stock git would give", async () => {
    const { dir, readers } = await scratchRepo();
    const first = await commitFiles(
      readers,
      dir,
      wanted({ "a/b/c": "1", "a/x": "1", "a.b": "1", z: "1" }),
    );
    expect(first.kind).toBe("committed");
    await commitFiles(
      readers,
      dir,
      wanted({ "a/b/c": null, "a/x": "2", "new/file": "3", "no/such": null }),
    );
    expect(git(dir, ["ls-tree", "-r", "--name-only", "main"]).split("\n")).toEqual([
      "a.b",
      "a/x",
      "new/file",
      "z",
    ]);
    expect(git(dir, ["show", "main:a/x"])).toBe("2");
    git(dir, ["fsck", "--strict", "--no-dangling"]);
    expect(git(dir, ["rev-list", "--count", "main"])).toBe("2");
  });

  it("makes no commit when nothing changes", async () => {
    const { dir, readers } = await scratchRepo();
    const first = await commitFiles(readers, dir, wanted({ a: "1" }));
    const again = await commitFiles(readers, dir, wanted({ a: "1", b: null }));
    expect(again).toEqual({
      kind: "unchanged",
      commit: first.kind === "committed" && first.commit,
    });
  });

  it("tells a writer that somebody else was faster", async () => {
    const { dir, readers } = await scratchRepo();
    const first = await commitFiles(readers, dir, wanted({ a: "1" }, { expectedHead: null }));
    const head = first.kind === "committed" ? first.commit : "";
    expect(await commitFiles(readers, dir, wanted({ a: "2" }, { expectedHead: null }))).toEqual({
      kind: "moved",
      actualHead: head,
    });
    const race = ["x", "y", "z"].map((text) =>
      commitFiles(readers, dir, wanted({ a: text }, { expectedHead: head })),
    );
    const kinds = (await Promise.all(race)).map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(["committed", "moved", "moved"]);
  });

  it("keeps modes and names it does not understand", async () => {
    const { dir, readers } = await scratchRepo();
    const oid = await writeBlob(dir, Buffer.from("x"));
    const tree = await writeTree(dir, [
      { mode: "100755", name: "run", oid },
      { mode: "120000", name: Buffer.from([0xff]), oid },
    ]);
    const commit = git(dir, ["commit-tree", tree, "-m", "m"]);
    git(dir, ["update-ref", "refs/heads/main", commit]);
    await commitFiles(readers, dir, wanted({ run: "y", more: "z" }));
    const modes = git(dir, ["ls-tree", "main"])
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(modes).toEqual(["100644", "100755", "120000"]);
  });

  it.each(["", "/a", "a//b", "../a", "a/./b", ".git/config", "a/.GIT/x", "a\0b"])(
    "refuses the path %j",
    async (path) => {
      const { dir, readers } = await scratchRepo();
      await expect(commitFiles(readers, dir, wanted({ [path]: "x" }))).rejects.toThrow(
        "not a path",
      );
    },
  );

  it("appends a signed commit in a few milliseconds and leaves nothing half written", async () => {
    const { dir, readers } = await scratchRepo();
    const times: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      const started = performance.now();
      const made = await commitFiles(
        readers,
        dir,
        wanted({ [`entries/${i >> 3}/${i}`]: `${i}` }, { sign: () => "sig" }),
      );
      expect(made.kind).toBe("committed");
      times.push(performance.now() - started);
    }
    const median = times.toSorted((a, b) => a - b)[20];
    expect(median).toBeLessThan(150);
    const objects = readdirSync(join(dir, "objects"), { recursive: true }).map(String);
    expect(objects.filter((name) => name.includes("tmp_"))).toEqual([]);
  });
});
