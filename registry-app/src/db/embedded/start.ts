import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { Refusal, type Ids, type Log } from "../../runtime/index.ts";
import { lockNumber } from "../transaction.ts";
import { findBinaries, shippedFolder, type Binaries } from "./binaries.ts";
import { ensureCluster, OWNER, readPassword, type Cluster } from "./cluster.ts";
import {
  findFreePort,
  findPostmaster,
  isAlive,
  isServing,
  readServerLog,
  removeStaleLock,
  spawnServer,
  type Postmaster,
} from "./postmaster.ts";
import { runAsFor, type RunAs } from "./run-as.ts";

export type EmbeddedOptions = {
  /** ASSAY_HOME; the cluster lives in its folder `postgres`. */
  readonly dir: string;
  readonly log: Log;
  readonly ids: Ids;
  /** Server settings beside the fixed ones, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type Embedded = {
  /** The owner's URL, password included: for migrations and for opening the database. It stays the same while we run. */
  readonly url: string;
  /** False when another live process supervises this server: then it is only used here, and stopping is left to that one. */
  readonly owned: boolean;
  /** Stops the server if it is ours: fast shutdown, awaited; the last thing to stop. */
  stop(): Promise<void>;
};

type Site = {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: Log;
};
/** A connection to the live server. Who holds its advisory lock is the supervisor: the lock ends with the process, however that ends. */
type Lease = {
  readonly client: Client;
  readonly postmaster: Postmaster;
  readonly owned: boolean;
};

/**
 * Starts Postgres in `dir`, or takes over the one that a killed process left running there, and keeps it running:
 * when it dies it is started again on the same port. Throws a Refusal when it cannot be made to run here.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dir, log, ids, settings = {} } = options;
  const runAs = runAsFor(process.getuid?.());
  const binaries = await findBinaries(shippedFolder(), [dir, "/var/lib", tmpdir()], runAs, log);
  const made = await ensureCluster(join(dir, "postgres"), ids.secret(24), binaries, runAs);
  const { cluster } = made;
  if (made.created) log.info({ dir: cluster.dir }, "a new Postgres cluster was made");
  const password = await readPassword(cluster);
  const site: Site = { cluster, binaries, runAs, password, settings, log };
  return supervise(site, await bringUp(site, undefined));
}

function supervise(site: Site, first: Lease): Embedded {
  const watched = { lease: first, isStopping: false, revival: Promise.resolve() };
  const { port } = first.postmaster;
  const watch = (lease: Lease) => {
    watched.lease = lease;
    lease.client.once("end", () => {
      if (!watched.isStopping && lease.owned) watched.revival = revive();
    });
  };
  const revive = async () => {
    site.log.warn({ port }, "Postgres went away and is being started again");
    while (!watched.isStopping) {
      try {
        watch(await bringUp(site, port));
        site.log.info({ port, pid: watched.lease.postmaster.pid }, "Postgres is back");
        return;
      } catch (cause) {
        site.log.error({ cause }, "Postgres could not be started again; the next try follows");
        await sleep(REVIVE_PAUSE_MS);
      }
    }
  };
  const stop = async () => {
    watched.isStopping = true;
    await watched.revival;
    if (watched.lease.owned) await shutDown(site, watched.lease);
    else await watched.lease.client.end();
  };
  let stopped: Promise<void> | undefined;
  watch(first);
  return {
    url: urlFor(site, port),
    owned: first.owned,
    stop: () => (stopped ??= stop()),
  };
}

const REVIVE_PAUSE_MS = 1000;
/** How long a server that gives up at once is started again: what is left of a killed one needs a moment to go. */
const GIVE_UP_MS = 8_000;
/** How long a server that runs may take until it answers: recovery after a crash reads the log since the last checkpoint. */
const READY_MS = 10 * 60_000;
const POLL_MS = 10;

/** Connects to the live server of this cluster, starting it if there is none; on `port` if one is given. */
async function bringUp(site: Site, port: number | undefined): Promise<Lease> {
  const { cluster, binaries, runAs, settings } = site;
  const giveUpAt = Date.now() + GIVE_UP_MS;
  do {
    const lease = await awaitReady(site, async () => {
      const running = await findPostmaster(cluster);
      return running !== undefined && (await isServing(running.pid, cluster));
    });
    if (lease !== undefined) return lease;
    await removeStaleLock(cluster);
    const wished = port ?? (await findFreePort());
    const server = await spawnServer(cluster, binaries, runAs, wished, settings);
    // It gives up at once when a second starter was faster, when its port was taken in between, or while a killed
    // server's last processes still hold its memory. The next round sees which.
    const started = await awaitReady(site, async () => !server.hasExited());
    if (started !== undefined) return started;
    await sleep(RETRY_MS);
  } while (Date.now() < giveUpAt);
  throw new Refusal(
    "unavailable",
    `Postgres did not start in ${cluster.dir}: ${await readServerLog(cluster)}`,
    `The whole story is in ${cluster.logFile}.`,
  );
}

/** Waits until the server named in the lock file takes us; undefined once `isRunning` says that there is none to wait for. */
async function awaitReady(
  site: Site,
  isRunning: () => Promise<boolean>,
): Promise<Lease | undefined> {
  const deadline = Date.now() + READY_MS;
  while (await isRunning()) {
    const postmaster = await findPostmaster(site.cluster);
    const isOurs = postmaster !== undefined && (await isServing(postmaster.pid, site.cluster));
    const lease = isOurs ? await takeLease(site, postmaster) : undefined;
    if (lease !== undefined) return lease;
    if (Date.now() > deadline) break;
    await sleep(POLL_MS);
  }
  return undefined;
}

const RETRY_MS = 100;
const SUPERVISOR_LOCK = lockNumber("assay:supervisor");

/** Undefined while the server does not take connections yet. Throws when what answers is not the server of this cluster. */
async function takeLease(site: Site, postmaster: Postmaster): Promise<Lease | undefined> {
  if (!postmaster.isReady) return undefined;
  const client = new Client({
    connectionString: urlFor(site, postmaster.port),
    keepAlive: true,
    application_name: "assay supervisor",
  });
  // What a lost connection means is decided on "end"; the error itself must only not end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const proof = await client.query<{ lock: string; owned: boolean }>(
      "SELECT pg_read_file('postmaster.pid') AS lock, pg_try_advisory_lock($1::bigint) AS owned",
      [SUPERVISOR_LOCK],
    );
    const [row] = proof.rows;
    if (row === undefined || !row.lock.startsWith(`${postmaster.pid}\n`)) {
      throw new Refusal(
        "unavailable",
        `Another Postgres answers on port ${postmaster.port} than the one of ${site.cluster.dir}.`,
        "Stop that server, then start again.",
      );
    }
    return { client, postmaster, owned: row.owned };
  } catch (cause) {
    await client.end().catch(() => undefined);
    if (cause instanceof Refusal) throw cause;
    if (isTransient(cause)) return undefined;
    throw cause;
  }
}

function isTransient(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // Starting up or shutting down (57P..), or a socket that went away under us.
  return code.startsWith("57P") || code.startsWith("ECONN") || /terminated/.test(String(cause));
}

const FAST_SHUTDOWN_MS = 20_000;

async function shutDown(site: Site, lease: Lease): Promise<void> {
  const { pid } = lease.postmaster;
  const signal = (name: NodeJS.Signals) => {
    if (isAlive(pid)) process.kill(pid, name);
  };
  signal("SIGINT");
  await lease.client.end().catch(() => undefined);
  const deadline = Date.now() + FAST_SHUTDOWN_MS;
  while (await isServing(pid, site.cluster)) {
    if (Date.now() > deadline) {
      site.log.warn(
        { pid },
        "Postgres did not stop in time and is stopped at once; it recovers at the next start",
      );
      signal("SIGQUIT");
      return;
    }
    await sleep(POLL_MS);
  }
}

function urlFor(site: Site, port: number): string {
  return `postgres://${OWNER}:${encodeURIComponent(site.password)}@127.0.0.1:${port}/postgres`;
}
