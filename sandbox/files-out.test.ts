import { expect, it } from "vitest";
import { assert, asyncProperty, uint8Array } from "fast-check";
import { pack } from "tar-stream";
import { isFitPath } from "./files-in.ts";
import { unpackOutputs } from "./files-out.ts";

const LIMITS = { artifacts: 5, artifactBytes: 10_000 };

async function bytesOf(archive: ReturnType<typeof pack>): Promise<Buffer> {
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function unpack(stream: Buffer, limits = LIMITS, step = 512) {
  const outputs = unpackOutputs(limits);
  for (let at = 0; at < stream.length; at += step)
    if (!outputs.push(stream.subarray(at, at + step))) break;
  return outputs.end();
}

it("files come with their bytes; links and devices are named and lead nowhere", async () => {
  const archive = pack();
  archive.entry({ name: "./a.txt", mode: 0o644 }, "one", () => undefined);
  archive.entry({ name: "./l", type: "symlink", linkname: "/etc/passwd" }, () => undefined);
  archive.entry({ name: "./p", type: "fifo" }, () => undefined);
  archive.entry({ name: "./d/", type: "directory" }, () => undefined);
  const { files } = await unpack(await bytesOf(archive));
  expect(
    files.map(({ path, kind, target, content }) => [path, kind, target, content?.length]),
  ).toEqual([
    ["a.txt", "file", null, 3],
    ["l", "link", "/etc/passwd", undefined],
    ["p", "other", null, undefined],
    ["d", "folder", null, undefined],
  ]);
});

it("a file that is too large is named with its size, and those after it are still taken", async () => {
  const archive = pack();
  archive.entry({ name: "big" }, Buffer.alloc(12_000), () => undefined);
  archive.entry({ name: "small" }, "x", () => undefined);
  const { files } = await unpack(await bytesOf(archive));
  expect(files.map(({ path, sizeBytes, content }) => [path, sizeBytes, content?.length])).toEqual([
    ["big", 12_000, undefined],
    ["small", 1, 1],
  ]);
});

it("a stream that goes on and on is cut, and says so", async () => {
  const archive = pack();
  for (let n = 0; n < 40; n += 1)
    archive.entry({ name: `f${n}` }, Buffer.alloc(900), () => undefined);
  const { files, notes } = await unpack(await bytesOf(archive));
  expect(files.length).toBeLessThanOrEqual(LIMITS.artifacts);
  expect(notes.join()).toMatch(/stayed behind/);
});

it("whatever bytes come, reading them ends, within its limits", async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 4_000 }), async (bytes) => {
      const { files } = await unpack(Buffer.from(bytes));
      expect(files.length).toBeLessThanOrEqual(LIMITS.artifacts);
    }),
    { seed: 7, numRuns: 200 },
  );
});

it("an archive with any one byte turned ends as well", async () => {
  const archive = pack();
  archive.entry({ name: "a" }, "1", () => undefined);
  archive.entry({ name: "b" }, "2", () => undefined);
  const good = await bytesOf(archive);
  for (let at = 0; at < 1_100; at += 7) {
    const turned = Buffer.from(good);
    turned[at] = (turned[at] ?? 0) ^ 0xff;
    const { files } = await unpack(turned);
    expect(files.length).toBeLessThanOrEqual(2);
  }
});

it.each(["", "/etc/passwd", "../x", "a/../b", "a//b", ".", "a/./b", "x\0y", "a/".repeat(600)])(
  "no input file is laid in as %j",
  (path) => expect(isFitPath(path)).toBe(false),
);
