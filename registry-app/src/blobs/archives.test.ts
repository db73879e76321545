import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import {
  contentDigest,
  decodeUstar,
  encodeUstar,
  encodeZip,
  findUnfitPath,
  gzipTar,
  type ArchiveFile,
} from "./index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-archives-"));
  folders.push(folder);
  return folder;
}

function file(
  path: string,
  text = `text of ${path}\n`,
  mode: "100644" | "100755" = "100644",
): ArchiveFile {
  return { path, mode, bytes: Buffer.from(text) };
}

/** Other people's programs, which prove more than our own reader could; without them the test is skipped. */
function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

const LONG = `${"references/".repeat(10)}${"n".repeat(90)}.md`;
const SKILL: readonly ArchiveFile[] = [
  file("scripts/run.sh", "#!/bin/sh\necho hi\n", "100755"),
  file("SKILL.md", "---\nname: x\n---\n"),
  file("references/größe.md"),
  file("empty.txt", ""),
  file(LONG),
  file("a.b/c", "x".repeat(512)),
  file("a/b", "y".repeat(513)),
];

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digestOf = (files: readonly ArchiveFile[]): string =>
  contentDigest(files.map(({ path, mode, bytes }) => ({ path, mode, sha256: sha256(bytes) })));

describe("ustar", () => {
  it("gives the same bytes for the same files in any order, for ever", async () => {
    const tar = encodeUstar(SKILL);
    expect(encodeUstar(SKILL.toReversed())).toEqual(tar);
    expect(sha256(tar)).toMatchInlineSnapshot(
      `"2bf1e420d5bec36e9d122145d904f8b2eb78308eb5daa60b130e1569a43e9500"`,
    );
    expect(gunzipSync(await gzipTar(tar))).toEqual(tar);
    expect(await gzipTar(tar)).toEqual(await gzipTar(tar));
    expect((await gzipTar(tar)).subarray(3, 10)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 255]));
  });

  it.skipIf(!isInstalled("tar"))(
    "is read by tar with its modes, sorted by bytes, SKILL.md at the root, no folders and no links",
    () => {
      const folder = scratch();
      writeFileSync(join(folder, "x.tar"), encodeUstar(SKILL));
      const names = execFileSync("tar", ["-tf", "x.tar"], { cwd: folder, encoding: "utf8" })
        .trim()
        .split("\n");
      expect(names).toHaveLength(SKILL.length);
      expect(names.slice(0, 4)).toEqual(["SKILL.md", "a.b/c", "a/b", "empty.txt"]);
      execFileSync("tar", ["-xf", "x.tar"], { cwd: folder });
      for (const { path, mode, bytes } of SKILL) {
        expect(readFileSync(join(folder, path))).toEqual(bytes);
        expect((statSync(join(folder, path)).mode & 0o111) !== 0).toBe(mode === "100755");
      }
    },
  );

  it("is unpacked to the files that went in", () => {
    const sorted = decodeUstar(encodeUstar(SKILL));
    expect(new Set(sorted.map(({ path }) => path))).toEqual(new Set(SKILL.map(({ path }) => path)));
    expect(encodeUstar(sorted)).toEqual(encodeUstar(SKILL));
    expect(decodeUstar(encodeUstar([]))).toEqual([]);
  });

  it("is refused by the decoder after any one changed, missing or added byte", () => {
    const tar = encodeUstar([file("SKILL.md"), file("b.txt")]);
    for (let at = 0; at < tar.length; at += 7) {
      const isContent = (at >= 512 && at < 529) || (at >= 1536 && at < 1550);
      if (isContent) continue;
      const changed = Buffer.from(tar);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(() => decodeUstar(changed), `byte ${at}`).toThrow("canonical");
    }
    for (const cut of [0, 1, 511, 512, 1024, tar.length - 512, tar.length - 1]) {
      expect(() => decodeUstar(tar.subarray(0, cut)), `cut at ${cut}`).toThrow("canonical");
    }
    expect(() => decodeUstar(Buffer.concat([tar, Buffer.alloc(512)]))).toThrow("canonical");
    expect(() => decodeUstar(Buffer.concat([tar, tar]))).toThrow("canonical");
  });
});

describe("paths", () => {
  it.each([
    ["", "part"],
    ["/etc/passwd", "part"],
    ["../x", "part"],
    ["a/../b", "part"],
    ["./SKILL.md", "part"],
    ["a//b", "part"],
    ["a/", "part"],
    ["a\\b", "backslash"],
    ["a\nb", "control"],
    ["a\u0000b", "control"],
    ["a\u0085b", "control"],
    ["\ud800", "Unicode"],
    ["n".repeat(101), "long"],
    [`${"p".repeat(156)}/n`, "long"],
    [`${"d/".repeat(100)}${"n".repeat(101)}`, "long"],
  ])("%j is refused, saying why", (path, because) => {
    expect(findUnfitPath([file("SKILL.md"), file(path)])).toMatchObject({
      path,
      because: expect.stringContaining(because),
    });
    expect(() => encodeUstar([file(path)])).toThrow(because);
    expect(() => encodeZip([file(path)])).toThrow(because);
    expect(() => digestOf([file(path)])).toThrow(because);
  });

  it("refuses a path that is there twice, and one that is a file and a folder", () => {
    expect(findUnfitPath([file("a"), file("a")])?.because).toContain("twice");
    expect(findUnfitPath([file("a/b"), file("a")])?.because).toContain("folder");
    expect(findUnfitPath(SKILL)).toBeUndefined();
  });
});

describe("zip", () => {
  it("gives the same bytes for the same files in any order, for ever", () => {
    expect(encodeZip(SKILL.toReversed())).toEqual(encodeZip(SKILL));
    expect(sha256(encodeZip(SKILL))).toMatchInlineSnapshot(
      `"fc7a5dcd4176de27c481878935f8e4b5cf5bb3431334d5a8fa72e245a1071759"`,
    );
  });

  it.skipIf(!isInstalled("python3"))(
    "is sound to Python's zipfile, with unix modes and UTF-8 names",
    () => {
      const folder = scratch();
      writeFileSync(join(folder, "x.zip"), encodeZip(SKILL));
      const script = [
        "import json, zipfile",
        "z = zipfile.ZipFile('x.zip'); assert z.testzip() is None",
        "print(json.dumps([[i.filename, oct(i.external_attr >> 16), list(i.date_time[:3]), i.file_size] for i in z.infolist()]))",
      ].join("\n");
      const listed: unknown = JSON.parse(
        execFileSync("python3", ["-c", script], { cwd: folder, encoding: "utf8" }),
      );
      expect(listed).toEqual(
        decodeUstar(encodeUstar(SKILL)).map(({ path, mode, bytes }) => [
          path,
          `0o${mode}`,
          [1980, 1, 1],
          bytes.length,
        ]),
      );
    },
  );
});

describe("content digest", () => {
  it.skipIf(!isInstalled("openssl"))(
    "is what find, sort, sha256sum and openssl compute in the unpacked folder",
    () => {
      const folder = scratch();
      for (const { path, mode, bytes } of SKILL) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes, { mode: mode === "100755" ? 0o755 : 0o644 });
      }
      const recipe = /^ \* {5}find[^]*?(?=\n \*\/)/m.exec(
        readFileSync(new URL("digest.ts", import.meta.url), "utf8"),
      )?.[0];
      const script = recipe?.replaceAll(/^ \* {5}/gm, "") ?? "false";
      const recomputed = execFileSync("sh", ["-c", script], {
        cwd: folder,
        encoding: "utf8",
      }).trim();
      expect(digestOf(SKILL)).toBe(`s1:${recomputed}`);
    },
  );

  it("changes with a byte, a name or the executable bit, and not with the order", () => {
    const digest = digestOf(SKILL);
    const [first, ...rest] = SKILL;
    if (first === undefined) throw new Error("no file");
    expect(digestOf(SKILL.toReversed())).toBe(digest);
    expect(digestOf([{ ...first, mode: "100644" }, ...rest])).not.toBe(digest);
    expect(digestOf([{ ...first, path: "scripts/run2.sh" }, ...rest])).not.toBe(digest);
    expect(digestOf([{ ...first, bytes: Buffer.from("#") }, ...rest])).not.toBe(digest);
    expect(digestOf([])).toBe("s1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  });
});
