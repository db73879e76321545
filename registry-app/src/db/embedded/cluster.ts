import { spawn } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { dataArgument, handOver, type RunAs } from "./run-as.ts";
import type { Binaries } from "./binaries.ts";

/** The files of one cluster: everything lies in one folder that is made complete elsewhere and renamed into place. */
export type Cluster = {
  readonly dir: string;
  readonly data: string;
  readonly passwordFile: string;
  readonly logFile: string;
};

export const OWNER = "assay";

export function clusterIn(dir: string): Cluster {
  return {
    dir,
    data: join(dir, "data"),
    passwordFile: join(dir, "password"),
    logFile: join(dir, "server.log"),
  };
}

export async function readPassword(cluster: Cluster): Promise<string> {
  return (await readFile(cluster.passwordFile, "utf8")).trim();
}

/**
 * Makes the cluster if there is none. Safe against being killed half-way (the unfinished folder is swept later)
 * and against a second starter (one rename wins, the other's work is discarded).
 */
export async function ensureCluster(
  dir: string,
  password: string,
  binaries: Binaries,
  runAs: RunAs,
): Promise<{ readonly cluster: Cluster; readonly created: boolean }> {
  const cluster = clusterIn(dir);
  if (await isThere(join(cluster.data, "PG_VERSION"))) return { cluster, created: false };
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
  await sweepUnfinished(dir);
  const staging = clusterIn(await mkdtemp(`${dir}${UNFINISHED}`));
  try {
    await chmod(staging.dir, 0o700);
    await mkdir(staging.data, { mode: 0o700 });
    await handOver(staging.data, runAs);
    await writeFile(staging.passwordFile, `${password}\n`, { mode: 0o600 });
    await runInitdb(staging, binaries, runAs);
    await rename(staging.dir, dir);
    return { cluster, created: true };
  } catch (cause) {
    if (await isThere(join(cluster.data, "PG_VERSION"))) return { cluster, created: false };
    throw cause;
  } finally {
    await rm(staging.dir, { recursive: true, force: true });
  }
}

const UNFINISHED = ".unfinished-";
const UNFINISHED_MAX_AGE_MS = 10 * 60_000;

async function sweepUnfinished(dir: string): Promise<void> {
  const parent = dirname(dir);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(dir)}${UNFINISHED}`)) continue;
    const { mtimeMs } = await stat(join(parent, name));
    if (Date.now() - mtimeMs < UNFINISHED_MAX_AGE_MS) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

// Texts sort by code point and know Unicode's cases, whatever locales this machine has.
const INITDB_OPTIONS = [
  "--pwfile=/dev/stdin",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions",
];

async function runInitdb(staging: Cluster, binaries: Binaries, runAs: RunAs): Promise<void> {
  // The password reaches initdb as an open file, since the unprivileged user may not be able to reach its path.
  await handOver(staging.passwordFile, runAs);
  const password = await open(staging.passwordFile, "r");
  try {
    const args = ["-D", dataArgument(staging.data, runAs), "-U", OWNER, ...INITDB_OPTIONS];
    const child = spawn(binaries.initdb, args, {
      cwd: staging.data,
      env: serverEnv(),
      stdio: [password.fd, "pipe", "pipe"],
      ...runAs.ids,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${output.slice(-2000)}`);
  } finally {
    await password.close();
  }
}

/** Nothing of our own environment reaches Postgres: PG* variables and secrets have no business there. */
export function serverEnv(): Record<string, string> {
  return { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
