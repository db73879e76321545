import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { systemIds } from "../runtime/index.ts";
import { createDirectoryStore, createPublicFiles } from "./index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-blobs-"));
  folders.push(folder);
  return folder;
}

const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const ABSENT = "0".repeat(64);

describe("the directory store", () => {
  it("keeps bytes under their SHA-256, once, and leaves nothing aside", async () => {
    const dir = scratch();
    const store = createDirectoryStore(systemIds, dir);
    expect(await store.put(Buffer.from("hello"))).toBe(HELLO);
    expect(await store.put(Buffer.from("hello"))).toBe(HELLO);
    expect(readFileSync(join(dir, "2c", HELLO), "utf8")).toBe("hello");
    expect(readdirSync(join(dir, "aside"))).toEqual([]);
    expect([await store.has(HELLO), await store.size(HELLO)]).toEqual([true, 5]);
    expect((await store.read(HELLO, 5)).toString()).toBe("hello");
  });

  it("streams all of a blob or a range of it", async () => {
    const store = createDirectoryStore(systemIds, scratch());
    await store.put(Buffer.from("hello"));
    const all = await store.open(HELLO);
    const part = await store.open(HELLO, { start: 1, end: 3 });
    expect([all && (await text(all)), part && (await text(part))]).toEqual(["hello", "ell"]);
  });

  it("says that a blob is absent", async () => {
    const store = createDirectoryStore(systemIds, scratch());
    expect([await store.has(ABSENT), await store.size(ABSENT), await store.open(ABSENT)]).toEqual([
      false,
      undefined,
      undefined,
    ]);
    await expect(store.read(ABSENT, 10)).rejects.toMatchObject({ name: "Stalled" });
  });

  it("makes bytes only when they are absent, and refuses those that are not what the name says", async () => {
    const store = createDirectoryStore(systemIds, scratch());
    await expect(store.putIfAbsent(HELLO, () => Buffer.from("other"))).rejects.toThrow("are");
    expect(await store.has(HELLO)).toBe(false);
    expect(await store.putIfAbsent(HELLO, () => Buffer.from("hello"))).toBe(true);
    expect(await store.putIfAbsent(HELLO, () => Promise.reject(new Error("made again")))).toBe(
      false,
    );
  });

  it("is not fooled by damage: reading tells, putting again mends what is short", async () => {
    const dir = scratch();
    const store = createDirectoryStore(systemIds, dir);
    await store.put(Buffer.from("hello"));
    const path = join(dir, "2c", HELLO);
    writeFileSync(path, "jello");
    await expect(store.read(HELLO, 10)).rejects.toMatchObject({ name: "Stalled" });
    truncateSync(path, 0);
    await expect(store.read(HELLO, 10)).rejects.toMatchObject({ name: "Stalled" });
    await store.put(Buffer.from("hello"));
    expect((await store.read(HELLO, 10)).toString()).toBe("hello");
  });

  it("streams to its end only what is what its name says, in one piece or many", async () => {
    const dir = scratch();
    const store = createDirectoryStore(systemIds, dir);
    for (const bytes of [Buffer.from("hello"), Buffer.alloc(300_000, "x")]) {
      const sha256 = await store.put(bytes);
      const all = async () => Buffer.concat((await (await store.open(sha256))?.toArray()) ?? []);
      expect(await all()).toEqual(bytes);
      expect(await store.discardIfDamaged(sha256)).toBe(false);
      const changed = Buffer.from(bytes);
      changed[0] = 0;
      writeFileSync(join(dir, sha256.slice(0, 2), sha256), changed);
      await expect(all()).rejects.toMatchObject({ name: "Stalled" });
      expect(await store.discardIfDamaged(sha256)).toBe(true);
      expect([await store.has(sha256), await store.discardIfDamaged(sha256)]).toEqual([
        false,
        true,
      ]);
      expect(await store.put(bytes)).toBe(sha256);
      expect(await all()).toEqual(bytes);
    }
  });

  it("reads no more than allowed", async () => {
    const store = createDirectoryStore(systemIds, scratch());
    await store.put(Buffer.from("hello"));
    await expect(store.read(HELLO, 4)).rejects.toMatchObject({ code: "too-large" });
  });

  it.each(["", "abc", "../../etc/passwd", HELLO.toUpperCase(), `${HELLO}\n`, `${HELLO}/..`])(
    "refuses the name %j",
    async (name) => {
      const store = createDirectoryStore(systemIds, scratch());
      await expect(store.has(name)).rejects.toThrow("64 hex");
      await expect(store.size(name)).rejects.toThrow("64 hex");
      await expect(store.open(name)).rejects.toThrow("64 hex");
      await expect(store.read(name, 1)).rejects.toThrow("64 hex");
    },
  );

  it("keeps the same bytes put many times at once", async () => {
    const dir = scratch();
    const stores = [createDirectoryStore(systemIds, dir), createDirectoryStore(systemIds, dir)];
    const puts = Array.from({ length: 20 }, (_, at) => stores[at % 2]?.put(Buffer.from("hello")));
    expect(new Set(await Promise.all(puts))).toEqual(new Set([HELLO]));
    expect(readdirSync(join(dir, "aside"))).toEqual([]);
  });
});

describe("public files", () => {
  const path = "api/v1/skills/acme/pdf-forms/versions/1.0.0-rc.1+build.2.json";

  it("are written whole, replaced, read and removed", async () => {
    const dir = scratch();
    const files = createPublicFiles(systemIds, dir);
    expect(await files.read(path)).toBeUndefined();
    await files.write(path, Buffer.from("one"));
    await files.write(path, Buffer.from("two"));
    expect((await files.read(path))?.toString()).toBe("two");
    expect(readdirSync(join(dir, ".aside"))).toEqual([]);
    await files.remove(path);
    await files.remove(path);
    expect(await files.read(path)).toBeUndefined();
  });

  it("show a reader the old bytes or the new ones, never half of them", async () => {
    const files = createPublicFiles(systemIds, scratch());
    const versions = ["a", "b"].map((letter) => Buffer.from(letter.repeat(200_000)));
    await files.write(path, Buffer.from(versions[0] ?? ""));
    const reads: Promise<Buffer | undefined>[] = [];
    for (let at = 0; at < 20; at++) {
      reads.push(files.read(path));
      await files.write(path, Buffer.from(versions[at % 2] ?? ""));
    }
    for (const read of await Promise.all(reads)) {
      expect(new Set(read?.toString()).size).toBe(1);
      expect(read).toHaveLength(200_000);
    }
  });

  it.each([
    "",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "a\u0000b",
    "a b",
    "größe",
    ".aside/x",
    "%2e%2e/x",
    "x".repeat(201),
    "x/".repeat(600),
  ])("refuse the path %j, and find nothing there", async (bad) => {
    const files = createPublicFiles(systemIds, scratch());
    await expect(files.write(bad, Buffer.from("x"))).rejects.toThrow("no path");
    await expect(files.remove(bad)).rejects.toThrow("no path");
    expect(await files.read(bad)).toBeUndefined();
  });

  it("find nothing where a folder is, or under a file", async () => {
    const files = createPublicFiles(systemIds, scratch());
    await files.write("a/b.json", Buffer.from("x"));
    expect(await files.read("a")).toBeUndefined();
    expect(await files.read("a/b.json/c")).toBeUndefined();
  });
});
