import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { commitFiles, createObjectReaders, updateRefs } from "../git/index.ts";
import { silentLog, Stalled } from "../runtime/index.ts";
import {
  createLawMemory,
  initControl,
  judgeControlPush,
  openControl,
  type OperatorKey,
} from "./index.ts";

const base = mkdtempSync(join(tmpdir(), "assay-law-memory-"));
const clock = { now: () => new Date("2026-11-22T12:00:00Z") };
const readers = createObjectReaders();
let database: TestDatabase;
let homeDir = "";
let repoDir = "";
let operator: OperatorKey;
let logged: string | undefined;

beforeEach(async () => {
  database = await createTestDatabase();
  homeDir = mkdtempSync(join(base, "home"));
  repoDir = join(homeDir, "control.git");
  logged = undefined;
  operator = await initControl({ readers, clock }, { repoDir, homeDir, registryName: "First" });
  return () => database.close();
});
afterAll(async () => {
  await readers.close();
  rmSync(base, { recursive: true });
});

const memory = () => createLawMemory({ db: database.db, clock }, async () => logged);
/** As a process that has just started. */
const start = () =>
  openControl({ readers, log: silentLog, memory: memory() }, { repoDir, homeDir });
const head = () => execFileSync("git", ["-C", repoDir, "rev-parse", "main"]).toString().trim();
const putBack = (newOid: string) => updateRefs(repoDir, [{ ref: "refs/heads/main", newOid }]);
const commit = async (path: string, text: string) => {
  const { author, sign } = operator;
  const changes = new Map([[path, text]]);
  const wanted = { branch: "main", changes, author, message: "m", time: clock.now(), sign };
  const done = await commitFiles(readers, repoDir, wanted);
  if (done.kind !== "committed") throw new Error(done.kind);
  return done.commit;
};
const rename = (name: string) => commit("registry.yaml", `name: ${name}\n`);

it("an older state that is put back while nobody runs is not law at the next start, with an alarm that says how to mend it", async () => {
  const older = head();
  const law = await rename("Second");
  await start();
  await putBack(older);
  const current = await (await start()).current();
  expect(current).toMatchObject({
    commit: law,
    isPutBack: true,
    snapshot: { registry: { name: "Second" } },
  });
  expect(current.alarm).toMatch(
    new RegExp(`leads to ${older}, and not to ${law}.*git push origin ${law}:main`),
  );
});

it("a whole older copy of the repo is refused as well, and the last good law is read from what was kept", async () => {
  const copy = join(homeDir, "copy.git");
  cpSync(repoDir, copy, { recursive: true });
  const law = await rename("Second");
  await start();
  rmSync(repoDir, { recursive: true });
  cpSync(copy, repoDir, { recursive: true });
  await readers.forget(repoDir);
  const current = await (await start()).current();
  expect([current.commit, current.isPutBack, current.snapshot.registry.name]).toEqual([
    law,
    true,
    "Second",
  ]);
});

it("what was revoked by a commit that is broken otherwise stays revoked when that commit is taken away", async () => {
  const principal = "mallory@example.org";
  const before = head();
  await commit("policy.yaml", "bump: perhaps\n");
  await commit(
    "trust/revoked.yaml",
    `principals:\n  - {principal: ${principal}, reason: left, kind: superseded}\n`,
  );
  expect((await (await start()).current()).snapshot.revoked.size).toBe(1);
  await putBack(before);
  const { snapshot, isPutBack } = await (await start()).current();
  expect([isPutBack, [...snapshot.revoked.keys()]]).toEqual([true, [`principal ${principal}`]]);
});

it("a signed commit on top of what was put back is no law, until the lost one is there again", async () => {
  const older = head();
  const law = await rename("Second");
  await start();
  await putBack(older);
  const fork = await rename("Fork");
  const control = await start();
  expect((await control.current()).snapshot.registry.name).toBe("Second");
  const seen = [law];
  const push = {
    repoDir,
    homeDir,
    ref: "refs/heads/main",
    oldOid: older,
    newOid: fork,
    seen,
    current: await control.current(),
  };
  expect(await judgeControlPush({ readers }, push)).toMatchObject({ kind: "refuse" });
  await putBack(law);
  const mended = await control.current();
  expect([mended.commit, mended.alarm, mended.isPutBack]).toEqual([law, undefined, false]);
  const newer = await rename("Third");
  expect((await control.current()).commit).toBe(newer);
});

it("a database that knows nothing asks the registry log what was law", async () => {
  const older = head();
  logged = await rename("Second");
  await putBack(older);
  await expect(start()).rejects.toThrow(Stalled);
  await expect(start()).rejects.toThrow(`not to ${logged}, which was seen here before`);
});

it("processes that see changes at different times never take the newer one for a lost one", async () => {
  const [one, two] = [await start(), await start()];
  for (let round = 0; round < 5; round += 1) {
    const law = await rename(`Round ${round}`);
    const seen = await Promise.all([one.current(), two.current()]);
    expect(seen.map(({ commit: at, isPutBack }) => [at, isPutBack])).toEqual([
      [law, false],
      [law, false],
    ]);
    await one.current();
  }
  expect(await memory().recall()).toMatchObject({ head: head(), commit: head() });
});

it("what was law stays law when the pin asks for more signatures afterwards", async () => {
  const law = await rename("Second");
  await start();
  const pinned = JSON.parse(readFileSync(join(homeDir, "root.json"), "utf8")) as {
    principals: object[];
  };
  const other = {
    name: "other",
    publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHTUwJTjXbqfOD4nRnTXHtGUGCo1YmVnGVTSzUhGAKQM",
  };
  const principals = [...pinned.principals, other];
  writeFileSync(
    join(homeDir, "root.json"),
    JSON.stringify({ ...pinned, principals, threshold: 2 }),
  );
  expect((await (await start()).current()).commit).toBe(law);
});
