import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, Pool } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeTemporaryFolder } from "../../../test/temporary-folder.ts";
import { silentLog, systemIds } from "../../runtime/index.ts";
import { startEmbedded, type Embedded } from "../index.ts";
import { findBinaries, shippedFolder } from "./binaries.ts";
import { clusterIn } from "./cluster.ts";
import { findPostmaster, isAlive, lockFile } from "./postmaster.ts";
import { runAsFor } from "./run-as.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const SCRIPT = fileURLToPath(new URL("../../../test/embedded-process.ts", import.meta.url));

let parent: string;
let dir: string;
let servers: Embedded[] = [];
let processes: ChildProcess[] = [];

beforeEach(async () => {
  // As private as /root, and named as awkwardly as a folder may be.
  parent = await makeTemporaryFolder("assay embedded 'ü$ ");
  await chmod(parent, 0o700);
  dir = join(parent, "home");
});
afterEach(async () => {
  for (const child of processes) child.kill("SIGKILL");
  for (const server of servers) await server.stop();
  const left = await postmaster().catch(() => undefined);
  if (left !== undefined && isAlive(left.pid)) process.kill(left.pid, "SIGQUIT");
  [servers, processes] = [[], []];
  await rm(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function start(): Promise<Embedded> {
  const server = await startEmbedded({ dir, log: silentLog, ids: systemIds });
  servers.push(server);
  return server;
}

async function postmaster() {
  const found = await findPostmaster(clusterIn(join(dir, "postgres")));
  if (found === undefined) throw new Error("no server");
  return found;
}

/** Starts Postgres from another process, which leads a process group as a shell's job does. */
async function startElsewhere(ids: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, [SCRIPT, dir], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    detached: true,
    ...ids,
  });
  processes.push(child);
  const [line] = await once(child.stdout, "data");
  const { url, owned } = JSON.parse(String(line));
  return { child, url: String(url), owned: Boolean(owned) };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

async function isGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 500 && isAlive(pid); i += 1) await sleep(10);
  return !isAlive(pid);
}

async function countOnceBack(pool: Pool): Promise<number> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return (await pool.query("SELECT count(*)::int AS n FROM kept")).rows[0].n;
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
      await sleep(20);
    }
  }
}

describe("embedded Postgres", () => {
  it("is made on the first start below a private folder, and found again on the next", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 'Zoë' AS name");
    expect((await stat(join(dir, "postgres", "password"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "postgres"))).mode & 0o777).toBe(0o700);
    const { pid } = await postmaster();
    await first.stop();
    // Whoever inherited it may take a moment to notice that it has ended.
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    const second = await start();
    expect(second.owned).toBe(true);
    expect(await query(second.url, "SELECT upper(name) AS name FROM kept")).toEqual([
      { name: "ZOË" },
    ]);
    expect(await readdir(dir)).toEqual(["postgres"]);
  });

  it("listens on 127.0.0.1 only, without a socket file, and lets nobody in without the password", async () => {
    const { url } = await start();
    const settings = await query(
      url,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets`,
    );
    expect(settings).toEqual([{ listen: "127.0.0.1", sockets: "" }]);
    const wrong = new URL(url);
    wrong.password = "wrong";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password/);
  });

  it("outlives a Ctrl-C in the terminal of the process that started it", async () => {
    const { child, url } = await startElsewhere();
    const { pid } = await postmaster();
    const gone = once(child, "exit");
    process.kill(-(child.pid ?? 0), "SIGINT");
    await gone;
    await sleep(100);
    expect(isAlive(pid)).toBe(true);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("is taken over, still running, from a process that was killed", async () => {
    const { child, url } = await startElsewhere();
    const { pid } = await postmaster();
    await kill(child, "SIGKILL");
    const server = await start();
    expect(server).toMatchObject({ url, owned: true });
    expect((await postmaster()).pid).toBe(pid);
    await server.stop();
    expect(await isGone(pid)).toBe(true);
  });

  it("is shared with a second process, which does not stop it", async () => {
    const { child, url, owned } = await startElsewhere();
    const guest = await start();
    expect([owned, guest.owned, guest.url]).toEqual([true, false, url]);
    await guest.stop();
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const { pid } = await postmaster();
    await kill(child, "SIGTERM");
    expect(await isGone(pid)).toBe(true);
  });

  it("is made once when several processes start at the same moment", async () => {
    const started = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()]);
    expect(new Set(started.map(({ url }) => url)).size).toBe(1);
    expect(started.filter(({ owned }) => owned)).toHaveLength(1);
    expect(await readdir(dir)).toEqual(["postgres"]);
  });

  it("comes back on the same port when it is killed while we run, with every commit kept", async () => {
    const { url } = await start();
    await query(url, "CREATE TABLE kept (n int)");
    for (let round = 1; round <= 2; round += 1) {
      await query(url, `INSERT INTO kept VALUES (${round})`);
      const { pid } = await postmaster();
      process.kill(pid, "SIGKILL");
      expect(await isGone(pid)).toBe(true);
      // New connections only: a process of the killed server may still answer on an old one.
      const pool = new Pool({ connectionString: url });
      pool.on("error", () => undefined);
      expect(await countOnceBack(pool)).toBe(round);
      await pool.end();
    }
  });

  it("starts after it and its supervisor were killed, also when its process id is someone else's now", async () => {
    const { child, url } = await startElsewhere();
    await query(url, "CREATE TABLE kept AS SELECT 1 AS n");
    const { pid } = await postmaster();
    await kill(child, "SIGKILL");
    process.kill(pid, "SIGKILL");
    expect(await isGone(pid)).toBe(true);
    const lock = lockFile(clusterIn(join(dir, "postgres")));
    const text = await readFile(lock, "utf8");
    await writeFile(lock, text.replace(/^\d+/, String(process.pid)));
    const server = await start();
    expect(await query(server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("clears away what a process killed during the first start left behind", async () => {
    await mkdir(dir, { recursive: true });
    const child = spawn(process.execPath, [SCRIPT, dir], { cwd: "/", stdio: "ignore" });
    processes.push(child);
    while ((await readdir(dir)).length === 0) await sleep(5);
    await kill(child, "SIGKILL");
    const server = await start();
    expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says why it cannot start", async () => {
    const { stop } = await start();
    await stop();
    await writeFile(join(dir, "postgres", "data", "PG_VERSION"), "9\n");
    await expect(start()).rejects.toThrow(/did not start in .*incompatible/s);
  });
});

describe.runIf(isRoot)("embedded Postgres, started by root", () => {
  it("runs as an unprivileged user", async () => {
    await start();
    const status = await readFile(`/proc/${(await postmaster()).pid}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534/m);
    expect(status).toMatch(/^Groups:\s*$/m);
  });

  it("runs from a copy of its binaries when the checkout is private", async () => {
    const shipped = join(parent, "native");
    await cp(shippedFolder(), shipped, { recursive: true, verbatimSymlinks: true });
    const open = await mkdtemp(join(tmpdir(), "assay-open-"));
    const other = await mkdtemp(join(tmpdir(), "assay-other-"));
    for (const folder of [open, other]) await chmod(folder, 0o755);
    const found = await findBinaries(shipped, [parent, open, other], runAsFor(0), silentLog);
    expect(found.postgres.startsWith(open)).toBe(true);
    const again = await findBinaries(shipped, [parent, open, other], runAsFor(0), silentLog);
    expect(again).toEqual(found);
    expect(await readdir(parent)).toEqual(["native"]);
    // A folder that somebody else could have prepared is not trusted.
    await chmod(join(found.postgres, "..", ".."), 0o777);
    const elsewhere = await findBinaries(shipped, [parent, open, other], runAsFor(0), silentLog);
    expect(elsewhere.postgres.startsWith(other)).toBe(true);
    for (const folder of [open, other]) await rm(folder, { recursive: true });
  });

  it("also runs for a normal user", async () => {
    await mkdir(dir);
    await chown(parent, NOBODY, NOBODY);
    await chown(dir, NOBODY, NOBODY);
    const { child, url, owned } = await startElsewhere({ uid: NOBODY, gid: NOBODY });
    expect(owned).toBe(true);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const { pid } = await postmaster();
    await kill(child, "SIGTERM");
    expect(await isGone(pid)).toBe(true);
  });
});
