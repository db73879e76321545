import { execFile } from "node:child_process";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createGitHost,
  installHooks,
  parseGitPath,
  type GitHost,
  type HostLimits,
  type PushJudge,
  type Wants,
} from "../src/git/index.ts";
import { createLog, systemClock } from "../src/runtime/index.ts";

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type HostedRepos = {
  readonly root: string;
  readonly url: string;
  readonly port: number;
  readonly host: GitHost;
  readonly log: Record<string, unknown>[];
  /** Makes a bare repository and answers its address. */
  makeBare(name: string): Promise<string>;
  /** Makes a working copy with one commit on `main` whose origin is the bare repository. */
  makeWork(name: string, bare: string): Promise<string>;
  /** Settles when no served request is running. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/** A judge that accepts everything, unless told otherwise. */
export function judgeOf(parts: Partial<PushJudge> = {}): PushJudge {
  return {
    begin: async () => ({ kind: "go" }),
    judge: async () => ({ kind: "accept" }),
    end: async () => undefined,
    ...parts,
  };
}

/** Runs stock git as a pusher has it, without this machine's configuration. */
export async function git(cwd: string, ...args: string[]): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.test",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.test",
    LC_ALL: "C",
  };
  execFile("git", args, { cwd, env, maxBuffer: 1 << 26 }, (cause, stdout, stderr) => {
    const code = cause === null ? 0 : typeof cause.code === "number" ? cause.code : -1;
    resolve({ code, stdout, stderr });
  });
  return promise;
}

/** Serves bare repositories below a temporary folder on a free loopback port. */
export async function serveRepos(options: {
  onPush: (repo: string) => PushJudge | "judging off";
  wants?: Wants;
  limits?: Partial<HostLimits>;
  /** https, with this certificate. */
  tls?: { readonly key: string; readonly cert: string };
  /** Answers a request itself, and says so, where it is not to be served. */
  turnAway?: (req: IncomingMessage, res: ServerResponse) => boolean;
}): Promise<HostedRepos> {
  const root = await mkdtemp(join(tmpdir(), "assay-hosting-"));
  const hooksDir = join(root, "hooks");
  await installHooks(hooksDir);
  const log: Record<string, unknown>[] = [];
  const host = createGitHost({
    log: createLog("debug", (line) => log.push(JSON.parse(line) as Record<string, unknown>)),
    clock: systemClock,
    hooksDir,
    ...(options.limits !== undefined && { limits: options.limits }),
  });
  const running = new Set<Promise<void>>();
  const answer = (req: IncomingMessage, res: ServerResponse, awaitsContinue: boolean) => {
    if (options.turnAway?.(req, res) === true) return;
    const { pathname, search } = new URL(req.url ?? "/", "http://localhost");
    const route = parseGitPath(pathname.replace(/^\/git/, ""), search);
    if (route === null) {
      res.writeHead(404).end();
      return;
    }
    const repoDir = join(root, "bare", route.repo);
    const wants = options.wants ?? "branches and tags";
    const onPush = options.onPush(route.repo);
    const one = host.serve(req, res, { ...route, repoDir, wants, onPush }, { awaitsContinue });
    running.add(one);
    void one.finally(() => running.delete(one));
  };
  const onRequest = (req: IncomingMessage, res: ServerResponse) => answer(req, res, false);
  const server =
    options.tls === undefined
      ? createServer(onRequest)
      : createSecureServer({ ...options.tls }, onRequest);
  server.on("checkContinue", (req, res) => answer(req, res, true));
  const port = await listen(server);
  const url = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}/git`;
  return {
    root,
    url,
    port,
    host,
    log,
    makeBare: async (name) => {
      await git(root, "init", "-q", "--bare", "-b", "main", join(root, "bare", name));
      return `${url}/${name}`;
    },
    makeWork: async (name, bare) => {
      const dir = join(root, "work", name);
      await git(root, "init", "-q", "-b", "main", dir);
      await git(dir, "remote", "add", "origin", bare);
      await git(dir, "commit", "-q", "--allow-empty", "-m", "feat: begin");
      return dir;
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await host.stop(0);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Processes whose command line or current folder speaks of `text`. */
export async function processesAbout(text: string): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile("ps", ["-eo", "pid,args"], (_cause, stdout) => resolve(stdout));
  const about = (await promise).split("\n").filter((line) => line.includes(text));
  for (const pid of await readdir("/proc").catch(() => [])) {
    const cwd = /^\d+$/.test(pid) ? await readlink(`/proc/${pid}/cwd`).catch(() => "") : "";
    if (cwd.startsWith(text)) about.push(`${pid} in ${cwd}`);
  }
  return about;
}

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
