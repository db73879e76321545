import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createPublicFiles } from "../src/blobs/index.ts";
import { createMirror, fetchMirror, listRefs } from "../src/git/index.ts";
import { systemIds } from "../src/runtime/index.ts";
import { createForge } from "./forge.ts";

const dir = mkdtempSync(join(tmpdir(), "assay-full-"));
const disk = join(dir, "disk");
mkdirSync(disk);
const isMounted =
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).status === 0;
if (!isMounted) rmSync(dir, { recursive: true });

const filler = join(disk, "filler");
const fill = () => {
  spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"], { stdio: "ignore" });
};

describe.skipIf(!isMounted)("a disk that is full (needs root, to mount a small one)", () => {
  afterAll(() => {
    execFileSync("umount", [disk]);
    rmSync(dir, { recursive: true });
  });

  it("keeps the public file that is there, whole, and leaves no half of the new one", async () => {
    const files = createPublicFiles(systemIds, join(disk, "public"));
    await files.write("api/skill.json", Buffer.from("old"));
    fill();
    await expect(files.write("api/skill.json", Buffer.alloc(100_000, 1))).rejects.toThrow("ENOSPC");
    expect((await files.read("api/skill.json"))?.toString()).toBe("old");
    rmSync(filler);
    await files.write("api/skill.json", Buffer.from("new"));
    expect((await files.read("api/skill.json"))?.toString()).toBe("new");
    const left = readdirSync(join(disk, "public"), { recursive: true }).map(String);
    expect(left.toSorted()).toEqual([".aside", "api", "api/skill.json"]);
  });

  it("lets a fetch end without a ref or a half pack, and the next one succeed", async () => {
    const forge = await createForge();
    await forge.commit({ "data.bin": Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))) });
    const mirror = join(disk, "mirror.git");
    await createMirror(mirror);
    const fetch = () => fetchMirror({ dir: mirror, url: forge.url, allowedHosts: ["file:"] });
    fill();
    expect(["unreachable", "too-large", "bad-objects"]).toContain((await fetch()).kind);
    expect(await listRefs(mirror, "refs/")).toEqual([]);
    rmSync(filler);
    const packs = readdirSync(join(mirror, "objects/pack")).filter((name) =>
      name.startsWith("tmp"),
    );
    expect(packs).toEqual([]);
    expect((await fetch()).kind).toBe("fetched");
    expect(await listRefs(mirror, "refs/")).toHaveLength(1);
    await forge.remove();
  });
});
