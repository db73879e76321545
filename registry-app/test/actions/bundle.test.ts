import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ACTIONS } from "./run-action.ts";

async function digests(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const action of ["check", "release"]) {
    const dir = join(root, action, "dist");
    for (const name of (await readdir(dir)).toSorted()) {
      const bytes = await readFile(join(dir, name));
      found[`${action}/dist/${name}`] = createHash("sha256").update(bytes).digest("hex");
    }
  }
  return found;
}

it("what is committed of the actions is what this tree bundles to (else: npm run bundle)", async () => {
  const dir = await mkdtemp(join(tmpdir(), "assay-bundle-"));
  try {
    await promisify(execFile)(process.execPath, [join(ACTIONS, "build.mjs"), dir]);
    expect(await digests(ACTIONS)).toEqual(await digests(dir));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 60_000);

it("each action runs on Node 24 and its main file is there", async () => {
  for (const action of ["check", "release"]) {
    const { runs } = parse(await readFile(join(ACTIONS, action, "action.yml"), "utf8"));
    expect(runs).toEqual({ using: "node24", main: "dist/index.mjs" });
    expect((await stat(join(ACTIONS, action, "dist/index.mjs"))).isFile()).toBe(true);
  }
});
