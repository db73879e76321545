import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  commitFiles,
  findInStore,
  initBare,
  publishToStore,
  readFolder,
  removeFromStore,
  type PublishToStore,
} from "./index.ts";
import { hardenedEnv } from "./git-command.ts";
import { AUTHOR, git, scratchFolder, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

const CAPS = {
  maxEntries: 100,
  maxDepth: 9,
  maxTreeBytes: 1e6,
  maxFileBytes: 1e6,
  maxTotalBytes: 1e6,
};

async function sourceAndStore() {
  const { dir, readers } = await scratchRepo();
  const store = join(await scratchFolder(), "store.git");
  await initBare(store);
  const version = async (tagName: string, changes: Record<string, string>, isLatest = true) => {
    const made = await commitFiles(readers, dir, {
      branch: "main",
      changes: new Map(Object.entries(changes).map(([path, text]) => [`skills/pdf/${path}`, text])),
      author: AUTHOR,
      message: "m",
      time: TIME,
    });
    const commit = made.kind === "moved" ? "" : made.commit;
    const folder = await readFolder(readers, dir, commit, "skills/pdf", { caps: CAPS });
    if (folder.kind !== "folder") throw new Error(folder.kind);
    const wanted: PublishToStore = {
      dir: store,
      tagName,
      files: folder.files,
      message: tagName,
      time: TIME,
      authorIdentity: AUTHOR,
      isLatest,
      expectedTree: folder.treeOid,
    };
    return wanted;
  };
  return { store, readers, version };
}

describe("a skill's published store", () => {
  it("holds each version as a parentless commit with the tree of the source folder", async () => {
    const { store, version } = await sourceAndStore();
    const one = await version("v1.0.0", { "SKILL.md": "# One", "scripts/a.sh": "a" });
    const two = await version("v1.1.0", { "SKILL.md": "# Two" });
    const first = await publishToStore(one);
    expect(first).toMatchObject({ kind: "stored", tree: one.expectedTree });
    expect(await publishToStore(two)).toMatchObject({ kind: "stored", tree: two.expectedTree });
    const clone = join(await scratchFolder(), "clone");
    const env = hardenedEnv([["protocol.file.allow", "always"]]);
    execFileSync("git", ["clone", "-q", store, clone], { env });
    expect(git(clone, ["show", "HEAD:SKILL.md"])).toBe("# Two");
    expect(git(clone, ["rev-parse", "v1.0.0^{tree}"])).toBe(one.expectedTree);
    expect(git(clone, ["rev-list", "--count", "v1.1.0"])).toBe("1");
    git(store, ["fsck", "--strict"]);
  });

  it("comes to the same commit however often and wherever a version is published", async () => {
    const a = await sourceAndStore();
    const b = await sourceAndStore();
    const files = { "SKILL.md": "# One" };
    const first = await publishToStore(await a.version("v1.0.0", files));
    expect(await publishToStore(await a.version("v1.0.0", files))).toEqual(first);
    expect(await publishToStore(await b.version("v1.0.0", files))).toEqual(first);
  });

  it("moves main when a version that is there already becomes the latest", async () => {
    const { store, version } = await sourceAndStore();
    const one = await version("v1.0.0", { "SKILL.md": "# One" }, false);
    await publishToStore(one);
    expect(git(store, ["for-each-ref", "refs/heads"])).toBe("");
    await publishToStore({ ...one, isLatest: true });
    expect(git(store, ["rev-parse", "main"])).toBe(await findInStore(store, "v1.0.0"));
  });

  it("never moves a tag and writes nothing of files that are not the source's", async () => {
    const { store, version } = await sourceAndStore();
    const one = await version("v1.0.0", { "SKILL.md": "# One" });
    const first = await publishToStore(one);
    const evil = await version("v1.0.0", { "SKILL.md": "# Evil" });
    expect(await publishToStore(evil)).toEqual({
      kind: "tag-taken",
      existingCommit: first.kind === "stored" && first.commit,
    });
    const count = () => git(store, ["count-objects"]);
    const before = count();
    const differing = { ...evil, tagName: "v2.0.0", expectedTree: one.expectedTree };
    expect(await publishToStore(differing)).toMatchObject({ kind: "tree-differs" });
    expect(count()).toBe(before);
    expect(await findInStore(store, "v2.0.0")).toBeUndefined();
  });

  it("gives out nothing of a removed version, by object id either, and keeps the others", async () => {
    const { store, readers, version } = await sourceAndStore();
    const one = await version("v1.0.0", { "SKILL.md": "# One", shared: "s" });
    const two = await version("v1.1.0", { "SKILL.md": "# Secret" });
    const first = await publishToStore(one);
    const second = await publishToStore(two);
    if (first.kind !== "stored" || second.kind !== "stored") throw new Error("not stored");
    const secret = git(store, ["rev-parse", "v1.1.0:SKILL.md"]);
    expect((await readers.info(store, secret)).kind).toBe("object");
    const removal = { dir: store, tagName: "v1.1.0", latestCommit: first.commit };
    await removeFromStore(readers, removal);
    await removeFromStore(readers, removal);
    for (const oid of [secret, second.commit, second.tree])
      expect((await readers.info(store, oid)).kind).toBe("missing");
    const clone = join(await scratchFolder(), "clone");
    const env = hardenedEnv([["protocol.file.allow", "always"]]);
    execFileSync("git", ["clone", "-q", store, clone], { env });
    expect(git(clone, ["show", "HEAD:SKILL.md"])).toBe("# One");
    const fetchById = () => git(clone, ["fetch", "-q", store, second.commit]);
    expect(fetchById).toThrow("not our ref");
    await removeFromStore(readers, { dir: store, tagName: "v1.0.0", latestCommit: null });
    expect(git(store, ["count-objects", "-v"])).toContain("in-pack: 0");
  });
});
