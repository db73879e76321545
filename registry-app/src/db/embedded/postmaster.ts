import { spawn } from "node:child_process";
import { open, readFile, readlink, realpath, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { serverEnv, type Cluster } from "./cluster.ts";
import { dataArgument, type RunAs } from "./run-as.ts";

/** What the lock file of a running server says about it. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly isReady: boolean };

/** Reads `postmaster.pid`: line 1 the process, line 4 the port, line 8 the state. Undefined when absent or still being written. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const text = await readFile(lockFile(cluster), "utf8").catch(() => undefined);
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: port > 0 ? port : 0, isReady: lines[7]?.trim() === "ready" };
}

export function lockFile(cluster: Cluster): string {
  return join(cluster.data, "postmaster.pid");
}

/**
 * Removes the lock file of a server that is gone. Postgres does so itself unless the process id was given to
 * another process of the same user since, as happens after a reboot or in a container; then it would refuse to start.
 */
export async function removeStaleLock(cluster: Cluster): Promise<void> {
  const postmaster = await findPostmaster(cluster);
  if (postmaster !== undefined && !(await isServing(postmaster.pid, cluster))) {
    await rm(lockFile(cluster), { force: true });
  }
}

/** Whether process `pid` runs and works in this cluster's folder; where that cannot be seen, whether it runs. */
export async function isServing(pid: number, cluster: Cluster): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster.data));
  } catch {
    // Gone in between, or a process of another user, which our server cannot be: we are root or its own user.
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

const LOG_MAX_BYTES = 4 * 1024 * 1024;

/**
 * Starts the server as the leader of its own session, so that a Ctrl-C in the terminal does not reach it.
 * It is not awaited; `findPostmaster` tells when it is ready, `hasExited` when it gave up.
 */
export async function spawnServer(
  cluster: Cluster,
  binaries: Binaries,
  runAs: RunAs,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly pid: number; hasExited(): boolean }> {
  const options = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    port: String(port),
    timezone: "UTC",
    log_timezone: "UTC",
    // A batch of jobs asked for at once takes a lock for each.
    max_locks_per_transaction: "256",
    ...settings,
  };
  const args = ["-D", dataArgument(cluster.data, runAs)];
  for (const [name, value] of Object.entries(options)) args.push("-c", `${name}=${value}`);
  const size = await stat(cluster.logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const log = await open(cluster.logFile, size > LOG_MAX_BYTES ? "w" : "a", 0o600);
  try {
    const child = spawn(binaries.postgres, args, {
      cwd: cluster.data,
      env: serverEnv(),
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      ...runAs.ids,
    });
    let exited = false;
    child.on("error", () => (exited = true)).on("exit", () => (exited = true));
    child.unref();
    return { pid: child.pid ?? 0, hasExited: () => exited || child.pid === undefined };
  } finally {
    await log.close();
  }
}

/** The last lines the server wrote, for an error message. */
export async function readServerLog(cluster: Cluster): Promise<string> {
  const text = await readFile(cluster.logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}

/** A TCP port on 127.0.0.1 that is free at this moment. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
