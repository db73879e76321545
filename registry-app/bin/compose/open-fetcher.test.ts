import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMirror } from "../../src/git/index.ts";
import { openFetcher, type Fetcher } from "./open-fetcher.ts";

let dir = "";
let fetcher: Fetcher;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "assay-fetcher-"));
  fetcher = openFetcher();
});
afterEach(async () => {
  await fetcher.close();
  await rm(dir, { recursive: true, force: true });
});

const wish = (url: string) => ({ dir: join(dir, "m"), url, allowedHosts: ["file:"] });

it("what is fetched on the thread is what would have been fetched here", async () => {
  const from = join(dir, "from");
  const author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.test"];
  execFileSync("git", ["init", "-q", "-b", "main", from]);
  execFileSync("git", ["-C", from, ...author, "commit", "-q", "--allow-empty", "-m", "feat: one"]);
  await createMirror(join(dir, "m"));
  expect(await fetcher.fetch(wish(`file://${from}`))).toMatchObject({
    kind: "fetched",
    refs: [{ name: "refs/incoming/heads/main", type: "commit" }],
  });
  expect(await fetcher.fetch(wish("https://127.0.0.1/x.git"))).toMatchObject({ kind: "refused" });
});

it("what is thrown there is thrown here, and the thread goes on", async () => {
  await expect(fetcher.fetch(wish(`file://${join(dir, "absent")}`))).rejects.toThrow("git");
  await createMirror(join(dir, "m"));
  expect((await fetcher.fetch(wish(`file://${join(dir, "absent")}`))).kind).not.toBe("fetched");
});

it("a thread that is ended fails what it had, and the next fetch starts another", async () => {
  await createMirror(join(dir, "m"));
  const lost = fetcher.fetch(wish(`file://${join(dir, "absent")}`)).catch(String);
  await fetcher.close();
  expect(await lost).toContain("has ended");
  expect((await fetcher.fetch(wish(`file://${join(dir, "absent")}`))).kind).not.toBe("fetched");
});
