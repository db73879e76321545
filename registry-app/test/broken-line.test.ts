import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createMirror, fetchMirror, listRefs } from "../src/git/index.ts";
import { layCable, type Cable } from "./cable.ts";
import { git, serveRepos, type HostedRepos } from "./git-hosting.ts";

// Real fetches on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** More than any buffer on the way holds, and nothing that a pack makes smaller. */
const FILE_BYTES = 3 << 20;
let repos: HostedRepos;
let cable: Cable;
let home: string;
let mirror: string;

beforeAll(async () => {
  repos = await serveRepos({ onPush: () => "judging off" });
  const bare = await repos.makeBare("acme.git");
  const work = await repos.makeWork("acme", bare);
  await writeFile(join(work, "large.bin"), randomBytes(FILE_BYTES));
  await git(work, "add", ".");
  await git(work, "commit", "-q", "-m", "feat: large");
  await git(work, "tag", "-a", "-m", "x", "deploy--v1.0.0");
  await git(work, "push", "-q", "origin", "main", "--tags");
  cable = await layCable(bare);
  home = await mkdtemp(join(tmpdir(), "assay-broken-line-"));
}, 60_000);
afterAll(async () => {
  await cable.cut();
  await repos.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  cable.flow();
  mirror = join(home, `${Date.now()}.git`);
  await createMirror(mirror);
});

const fetchIt = (timeoutMs = 30_000) =>
  fetchMirror({
    dir: mirror,
    url: cable.url,
    allowedHosts: [new URL(cable.url).origin],
    timeoutMs,
  });

/** What a fetch that failed leaves: no ref, no pack, nothing half-written; and the next one gets all of it. */
async function expectNothingThenAll(): Promise<void> {
  expect(await listRefs(mirror, "refs/")).toEqual([]);
  expect(await readdir(join(mirror, "objects", "pack"))).toEqual([]);
  cable.flow();
  expect(await fetchIt()).toMatchObject({ kind: "fetched" });
  const names = (await listRefs(mirror, "refs/")).map(({ name }) => name);
  expect(names).toEqual(["refs/incoming/heads/main", "refs/incoming/tags/deploy--v1.0.0"]);
}

describe("a followed git host", () => {
  it("whose connection breaks in the middle of a pack leaves no ref and no half pack, and the next look gets all", async () => {
    cable.after(FILE_BYTES / 2, "break");
    expect(await fetchIt()).toMatchObject({ kind: "unreachable" });
    await expectNothingThenAll();
  });

  it("that falls silent in the middle of a pack is given up in time, with nothing half done", async () => {
    cable.after(FILE_BYTES / 2, "stall");
    const from = Date.now();
    expect(await fetchIt(2_000)).toMatchObject({ kind: "slow" });
    expect(Date.now() - from).toBeLessThan(20_000);
    await expectNothingThenAll();
  });

  it("that sends, but a few bytes at a time, is given up in time all the same", async () => {
    cable.slow(20, 512);
    const from = Date.now();
    expect(await fetchIt(2_000)).toMatchObject({ kind: "slow" });
    expect(Date.now() - from).toBeLessThan(20_000);
    await expectNothingThenAll();
  });

  it("that refuses connections says so, and is there again once it takes them", async () => {
    await cable.cut();
    expect(await fetchIt()).toMatchObject({ kind: "unreachable" });
    await cable.mend();
    await expectNothingThenAll();
  });
});
