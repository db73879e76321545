import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { Refusal, type Config, type Shutdown } from "../../src/runtime/index.ts";
import { homePaths } from "./paths.ts";

const runningFile = z.object({ pid: z.number().int().positive(), url: z.string().nullable() });

export type Claim = { listensAt(url: string): Promise<void> };

/** Takes this home for one server. Throws a Refusal that says where the other one listens when there is one. */
export async function claimHome(config: Config, shutdown: Shutdown): Promise<Claim> {
  const { home, running } = homePaths(config.home);
  await mkdir(home, { recursive: true });
  const other = await findRunning(config);
  if (other !== undefined) {
    throw new Refusal(
      "conflict",
      `Assay already runs on ${home}${other.url === null ? " and is starting" : ` and listens at ${other.url}`} (process ${other.pid}).`,
      "Use that one, stop it, or set ASSAY_HOME to another folder.",
    );
  }
  const write = async (url: string | null) => {
    await writeFile(`${running}.${process.pid}`, JSON.stringify({ pid: process.pid, url }), {
      mode: 0o600,
    });
    await rename(`${running}.${process.pid}`, running);
  };
  await write(null);
  shutdown.onStop("claim on the home", () => rm(running, { force: true }));
  return { listensAt: write };
}

/** The server that runs on this home, if one does. */
export async function findRunning(
  config: Config,
): Promise<{ pid: number; url: string | null } | undefined> {
  const text = await readFile(homePaths(config.home).running, "utf8").catch(() => "");
  const parsed = text === "" ? undefined : runningFile.safeParse(JSON.parse(text));
  if (parsed?.success !== true || parsed.data.pid === process.pid || !isAlive(parsed.data.pid))
    return undefined;
  const { pid, url } = parsed.data;
  // A process number is used again after a reboot or a crash: only an Assay that answers counts, once it listens.
  if (url !== null && !(await answers(url))) return undefined;
  return { pid, url };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(3_000) });
    return response.ok;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
