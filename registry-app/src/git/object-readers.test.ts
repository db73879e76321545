import { describe, expect, it } from "vitest";
import { createObjectCache, createObjectReaders, initBare, writeBlob } from "./index.ts";
import { git, scratchFolder, scratchRepo } from "./scratch-repo.test-kit.ts";

describe("object readers", () => {
  it("give each of many requests in flight its own answer, in any mix of kinds", async () => {
    const { dir, readers } = await scratchRepo();
    const texts = Array.from({ length: 300 }, (_, i) => `${i} `.repeat(i * 7));
    const oids = await Promise.all(texts.map((text) => writeBlob(dir, Buffer.from(text))));
    const [found, absent] = await Promise.all([
      Promise.all(oids.map((oid) => readers.read(dir, oid, { maxBytes: 1e6 }))),
      Promise.all(oids.map((oid) => readers.read(dir, `${oid.slice(1)}0`, { maxBytes: 1 }))),
    ]);
    expect(found.map((read) => read.kind === "object" && [read.oid, `${read.bytes}`])).toEqual(
      oids.map((oid, i) => [oid, texts[i]]),
    );
    expect(new Set(absent.map(({ kind }) => kind))).toEqual(new Set(["missing"]));
  });

  it("hand over binary contents that look like replies untouched", async () => {
    const { dir, readers } = await scratchRepo();
    const bytes = Buffer.from(`${"a".repeat(40)} blob 3\nabc\n\0\xff missing\n`, "latin1");
    const oid = await writeBlob(dir, bytes);
    const read = await readers.read(dir, oid, { maxBytes: 100 });
    expect(read.kind === "object" && read.bytes.equals(bytes)).toBe(true);
  });

  it("do not read an object above the cap", async () => {
    const { dir, readers } = await scratchRepo();
    const oid = await writeBlob(dir, Buffer.alloc(1001));
    expect(await readers.read(dir, oid, { maxBytes: 1000 })).toEqual({
      kind: "too-large",
      oid,
      type: "blob",
      sizeBytes: 1001,
    });
  });

  it.each(["", "HEAD\ninfo HEAD", "HEAD\0", "HEAD\r", "\ud800", "x".repeat(5000)])(
    "refuse a spec that would end a request or is no text (%#)",
    async (spec) => {
      const { dir, readers } = await scratchRepo();
      await expect(readers.info(dir, spec)).rejects.toThrow("not an object spec");
    },
  );

  it.each(["HEAD:a b missing", "nowhere ambiguous", "x submodule", `${"0".repeat(40)} blob 3`])(
    "say that %j is missing, however much it looks like an answer",
    async (spec) => {
      const { dir, readers } = await scratchRepo();
      expect(await readers.info(dir, spec)).toEqual({ kind: "missing" });
    },
  );

  it("reject what was under way when git dies, and start again at the next call", async () => {
    const { dir, readers } = await scratchRepo();
    const oid = await writeBlob(dir, Buffer.from("x"));
    await Promise.all([
      expect(readers.info(dir, oid)).rejects.toThrow("closed"),
      readers.forget(dir),
    ]);
    expect((await readers.info(dir, oid)).kind).toBe("object");
  });

  it("reject with git's words where there is no repo", async () => {
    const { readers } = await scratchRepo();
    const nowhere = await scratchFolder();
    await expect(readers.info(nowhere, "HEAD")).rejects.toThrow("not a git repository");
  });

  it("see objects and refs that come after the process started", async () => {
    const { dir, readers } = await scratchRepo();
    expect((await readers.info(dir, "refs/tags/t")).kind).toBe("missing");
    const oid = await writeBlob(dir, Buffer.from("late"));
    git(dir, ["update-ref", "refs/tags/t", oid]);
    expect(await readers.info(dir, "refs/tags/t")).toMatchObject({ oid });
  });

  it("read the object itself whatever refs/replace says, so that it changes no verdict", async () => {
    const { dir, readers } = await scratchRepo();
    const good = await writeBlob(dir, Buffer.from("good"));
    const evil = await writeBlob(dir, Buffer.from("evil"));
    git(dir, ["update-ref", `refs/replace/${good}`, evil]);
    const read = await readers.read(dir, good, { maxBytes: 10 });
    expect(read.kind === "object" && read.bytes.toString()).toBe("good");
  });

  it("work through more repos than there may be processes", async () => {
    const folder = await scratchFolder();
    const readers = createObjectReaders({ maxProcesses: 2, idleMs: 50 });
    const repos = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const dir = `${folder}/${i}.git`;
        await initBare(dir);
        return { dir, oid: await writeBlob(dir, Buffer.from(`${i}`)) };
      }),
    );
    for (let round = 0; round < 2; round += 1) {
      const reads = repos.map(({ dir, oid }) => readers.read(dir, oid, { maxBytes: 9 }));
      const found = await Promise.all(reads);
      expect(found.map((read) => read.kind === "object" && read.bytes.toString())).toEqual([
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
      ]);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    await readers.close();
    await expect(readers.info(folder, "HEAD")).rejects.toThrow("closed");
  });

  it("read what is still in quarantine only when told where that is", async () => {
    const { dir, readers } = await scratchRepo();
    const aside = `${await scratchFolder()}/aside.git`;
    await initBare(aside);
    const oid = await writeBlob(aside, Buffer.from("proposed"));
    const quarantine = {
      GIT_OBJECT_DIRECTORY: `${aside}/objects`,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: `${dir}/objects`,
    };
    expect((await readers.info(dir, oid)).kind).toBe("missing");
    expect((await readers.info(dir, oid, { quarantine })).kind).toBe("object");
  });
});

describe("the object cache", () => {
  it("holds no more bytes than it may and drops the least used first", () => {
    const cache = createObjectCache({ maxBytes: 10_000 });
    for (let i = 0; i < 9; i += 1) cache.set("/r", `${i}`, Buffer.alloc(1000));
    expect(cache.get("/r", "2")).toBeDefined();
    cache.set("/r", "9", Buffer.alloc(1000));
    cache.set("/r", "10", Buffer.alloc(1000));
    const held = Array.from({ length: 11 }, (_, i) => cache.get("/r", `${i}`) !== undefined);
    expect(held.filter(Boolean).length * 1000).toBeLessThanOrEqual(10_000);
    expect([held[0], held[1], held[2], held[10]]).toEqual([false, false, true, true]);
  });

  it("never lets one repo see what only another one holds", () => {
    const cache = createObjectCache({ maxBytes: 10_000 });
    cache.set("/a", "oid", Buffer.from("secret"));
    expect(cache.get("/b", "oid")).toBeUndefined();
  });
});
