import { existsSync } from "node:fs";
import { access, constants, mkdtemp, rm, statfs } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NO_MEMORY, openControl } from "../../src/control/index.ts";
import { openDatabase, startEmbedded } from "../../src/db/index.ts";
import { createObjectReaders } from "../../src/git/index.ts";
import { createSshVerifier } from "../../src/keys/index.ts";
import { readLog } from "../../src/publish/index.ts";
import { Refusal, silentLog, systemIds, type Config } from "../../src/runtime/index.ts";
import { homePaths } from "../compose/paths.ts";
import { findRunning } from "../compose/running.ts";
import { findBuiltSite } from "../compose/site.ts";
import { checkGit, fail, ok, sayCause, warn, type Check } from "./check.ts";

const LEAST_NODE = 24;
const LEAST_FREE_BYTES = 2 ** 30;
const CONNECT_MS = 5_000;

/** Whether Assay can run here. Looks only: it makes no home and migrates nothing. */
export async function* doctorInstallation(config: Config): AsyncGenerator<Check> {
  yield checkNode();
  yield await checkGit("/");
  yield await checkHome(config.home);
  yield await checkPostgres(config);
  if (config.redisUrl !== undefined) yield await checkRedis(config.redisUrl);
  yield await checkControl(config.home);
  yield await checkLog(config.home);
  yield await checkSite();
  const running = await findRunning(config);
  if (running?.url) yield ok("server", `one runs on this home and listens at ${running.url}`);
}

function checkNode(): Check {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= LEAST_NODE) return ok("node", `Node ${node}`);
  return fail("node", `Node ${node} is too old`, "npx assay brings its own Node: npm ci");
}

async function checkHome(home: string): Promise<Check> {
  const place = nearestFolder(home);
  try {
    await access(place, constants.W_OK | constants.X_OK);
  } catch {
    const mend = `Set ASSAY_HOME to a folder of yours, or: chown -R "$(id -u)" '${place}'`;
    return fail("home", `${place} cannot be written by this user`, mend);
  }
  const { bavail, bsize } = await statfs(place);
  const freeBytes = bavail * bsize;
  const free = `${(freeBytes / 2 ** 30).toFixed(1)} GiB free`;
  if (freeBytes < LEAST_FREE_BYTES)
    return warn("home", `${home}: ${free}`, `Make room: df -h '${place}'`);
  return ok("home", `${home}${place === home ? "" : " (made at the first start)"}, ${free}`);
}

/** The folder itself, or the one in which it would be made. */
function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function checkPostgres(config: Config): Promise<Check> {
  try {
    if (config.databaseUrl !== undefined) return await checkServer(config.databaseUrl);
    return await checkEmbedded(config.home);
  } catch (cause) {
    const mend = cause instanceof Refusal ? cause.hint : undefined;
    return fail("postgres", sayCause(cause), mend ?? "See docs/operating.md, section Postgres.");
  }
}

async function checkServer(url: string): Promise<Check> {
  const { close } = await openDatabase({ url, log: silentLog, maxConnections: 1 });
  await close();
  return ok("postgres", `the server at ${new URL(url).host} takes us`);
}

/** In a home that is not made yet, the trial is held in a folder of its own. */
async function checkEmbedded(home: string): Promise<Check> {
  const isMade = existsSync(join(home, "postgres"));
  const dir = isMade ? home : await mkdtemp(join(tmpdir(), "assay-doctor-"));
  try {
    const server = await startEmbedded({ dir, log: silentLog, ids: systemIds });
    await server.stop();
    return ok("postgres", server.owned ? "the embedded server starts" : "the embedded server runs");
  } finally {
    if (!isMade) await rm(dir, { recursive: true, force: true });
  }
}

function checkRedis(url: string): Promise<Check> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port || "6379"),
      timeout: CONNECT_MS,
    });
    const end = (check: Check) => {
      socket.destroy();
      resolve(check);
    };
    const mend = "Start Redis, or leave REDIS_URL out: the queue then runs on Postgres.";
    socket.on("connect", () => end(ok("redis", `${hostname} answers`)));
    socket.on("timeout", () => end(fail("redis", `${hostname} does not answer`, mend)));
    socket.on("error", (cause) => end(fail("redis", sayCause(cause), mend)));
  });
}

async function checkControl(home: string): Promise<Check> {
  const { control } = homePaths(home);
  if (!existsSync(join(control, "HEAD")))
    return ok("control repo", "not there yet; the first start makes it");
  const readers = createObjectReaders();
  try {
    const repo = await openControl(
      { readers, log: silentLog, memory: NO_MEMORY },
      { repoDir: control, homeDir: home },
    );
    const { snapshot, alarm } = await repo.current();
    if (alarm !== undefined)
      return fail("control repo", alarm, `See what was pushed: git -C '${control}' log main`);
    const { teams, sources } = snapshot;
    return ok("control repo", `the law is read: ${teams.size} teams, ${sources.size} sources`);
  } catch (cause) {
    const mend = `Restore it from your backup, with root.json beside it: ${home}`;
    return fail("control repo", sayCause(cause), mend);
  } finally {
    await readers.close();
  }
}

/** All of the log is read and checked; the key is what `rebuild --log-key` takes. */
async function checkLog(home: string): Promise<Check> {
  const { log: dir } = homePaths(home);
  if (!existsSync(join(dir, "refs/heads/main")) && !existsSync(join(dir, "packed-refs")))
    return ok("registry log", "nothing in it yet");
  const readers = createObjectReaders();
  try {
    const read = await readLog({ readers, verifier: createSshVerifier(), dir }, []);
    if (read.kind === "log")
      return ok("registry log", `${read.lines.length} lines, its key is ${read.registryKey}`);
    const [first] = read.faults;
    const where = first?.commit === undefined ? `line ${first?.line}` : `commit ${first.commit}`;
    const mend = "See everything that is wrong: npx assay rebuild --verify";
    return fail("registry log", `${where}: ${first?.says}`, mend);
  } catch (cause) {
    return fail("registry log", sayCause(cause), `Restore it from your backup: ${dir}`);
  } finally {
    await readers.close();
  }
}

async function checkSite(): Promise<Check> {
  const dir = await findBuiltSite();
  if (dir !== undefined) return ok("site", "built for this version");
  return warn("site", "not built for this version", "The next start builds it: npm start");
}
