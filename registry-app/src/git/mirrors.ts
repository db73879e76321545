import { lookup } from "node:dns/promises";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { GitPluginError, simpleGit } from "simple-git";
import { gitOutput, hardenedEnv } from "./git-command.ts";
import { initBare } from "./init-bare.ts";
import type { FetchOutcome, Ref, RemoteUrl } from "./records.ts";
import { redact } from "./redact.ts";
import { listRefs, updateRefs } from "./refs.ts";
import { checkRemoteUrl, isPrivateAddress } from "./remote-url.ts";
import { prepareSsh, type SshLogin } from "./ssh-login.ts";

export type FetchMirror = {
  readonly dir: string;
  readonly url: string;
  readonly allowedHosts: readonly string[];
  /** A whole header such as `Authorization: Basic …`; reaches git by its environment only. */
  readonly credentialHeader?: string;
  /** For a remote that is reached by ssh; without it, none is. */
  readonly ssh?: SshLogin;
  /** What must not come back in what a host says. */
  readonly secrets?: readonly string[];
  /** What to bring, in place of all branches and tags; what is there of it and not with the remote goes. */
  readonly refspecs?: readonly string[];
  /** For the whole fetch; 10 minutes. A remote that sends under 1,000 B/s for 30 s is given up before. */
  readonly timeoutMs?: number;
  /** For everything the mirror holds; 2 GiB. */
  readonly maxBytes?: number;
  readonly proxyUrl?: string | undefined;
  readonly caFile?: string | undefined;
};

type Remote = Extract<RemoteUrl, { kind: "ok" }>;
type Setting = readonly [string, string];

const FETCH_ARGS =
  "fetch --no-tags --prune --no-write-fetch-head --atomic --quiet --no-recurse-submodules " +
  "--no-auto-maintenance";
const REFSPECS = ["+refs/heads/*:refs/incoming/heads/*", "+refs/tags/*:refs/incoming/tags/*"];
const INCOMING = "refs/incoming";
const SIZE_CHECK_MS = 250;
const MAX_DETAIL_LENGTH = 500;
/** Slips of old tools that are common in real histories and say nothing about the content. */
const FSCK_TOLERATED = ["zeroPaddedFilemode", "badTimezone", "missingSpaceBeforeDate"];

/** Makes the bare repo of a mirror, or brings its configuration up to date. */
export function createMirror(dir: string): Promise<void> {
  return initBare(dir, { config: { "fetch.unpackLimit": "1" } });
}

/**
 * Brings `refs/incoming/{heads,tags}` to what the remote has, all or none. Never follows a redirect, writes a work tree
 * or runs a hook. A remote that shows nothing at all where there was something counts as out of reach, and the refs stay.
 * One fetch at a time in a mirror: the caller holds the lock.
 */
export async function fetchMirror(wanted: FetchMirror): Promise<FetchOutcome> {
  const remote = checkRemoteUrl(wanted.url, wanted.allowedHosts);
  if (remote.kind === "refused") return remote;
  const pinned = await pinAddress(remote, wanted.proxyUrl);
  if (pinned.kind !== "pinned") return pinned;
  if (remote.protocol === "ssh" && wanted.ssh === undefined)
    return { kind: "not-allowed", detail: "there is no key to sign in with" };
  const ssh =
    wanted.ssh === undefined || remote.protocol !== "ssh"
      ? undefined
      : await prepareSsh(wanted.ssh, { ...remote, address: pinned.address });
  const limitBytes = wanted.maxBytes ?? 2 * 1024 ** 3;
  const config = [...fetchConfig(wanted, remote), ...pinned.config];
  const stop = new AbortController();
  let because: "slow" | "too-large" | undefined;
  const stopFor = (reason: "slow" | "too-large") => {
    because ??= reason;
    stop.abort();
  };
  const before = await listRefs(wanted.dir, INCOMING);
  const timeout = setTimeout(() => stopFor("slow"), wanted.timeoutMs ?? 600_000);
  const sizeCheck = setInterval(() => {
    void sizeOf(wanted.dir).then((size) => size > limitBytes && stopFor("too-large"));
  }, SIZE_CHECK_MS);
  try {
    await porcelain(wanted.dir, config, ssh?.env ?? {}, stop.signal).raw(
      fetchArgs(remote.url, wanted.refspecs ?? REFSPECS),
    );
    const refs = await listRefs(wanted.dir, INCOMING);
    if (refs.length === 0 && before.length > 0) {
      await putBack(wanted.dir, before);
      return { kind: "unreachable", detail: SHOWS_NOTHING };
    }
    const sizeBytes = await sizeOf(wanted.dir);
    return sizeBytes > limitBytes
      ? { kind: "too-large", limitBytes }
      : { kind: "fetched", sizeBytes, refs };
  } catch (error) {
    await sweep(wanted.dir);
    if (because === "too-large") return { kind: "too-large", limitBytes };
    // The guard refusing us is a fault of ours, not of the remote.
    if (because === undefined && error instanceof GitPluginError) throw error;
    if (because === "slow") return { kind: "slow", detail: "the fetch did not end in time" };
    return explain(
      redact(error instanceof Error ? error.message : String(error), [
        ...(wanted.secrets ?? []),
        ...(wanted.credentialHeader === undefined ? [] : [wanted.credentialHeader]),
      ]),
    );
  } finally {
    clearTimeout(timeout);
    clearInterval(sizeCheck);
    await ssh?.close(because !== undefined);
  }
}

const SHOWS_NOTHING = "the host shows neither a branch nor a tag where there were some";

/**
 * An answer that breaks off in its headers, or that a proxy made up, has no body; git takes that for a repo of the dumb
 * protocol without refs, and prunes all. After a crash in between, the next fetch that gets an answer brings them back.
 */
async function putBack(dir: string, before: readonly Ref[]): Promise<void> {
  await updateRefs(
    dir,
    before.map(({ name, oid }) => ({ ref: name, newOid: oid })),
  );
}

/** Packs refs and objects and writes the commit graph with changed paths (4.5 times faster path logs), for mirrors. */
export async function maintainRepo(dir: string): Promise<void> {
  const timeoutMs = 15 * 60_000;
  const run = (...args: string[]) => gitOutput({ gitDir: dir, args, timeoutMs });
  await run("pack-refs", "--all");
  await run("repack", "-d", "-q", "--geometric=2", "--write-midx");
  await run("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress");
}

/**
 * simple-git with our environment and no other: its guard wants each `GIT_` variable named, so exactly those that
 * `hardenedEnv` made are. It goes on refusing `--upload-pack`, `-c` and the like in arguments.
 */
function porcelain(
  dir: string,
  config: readonly Setting[],
  ssh: Readonly<Record<string, string>>,
  abort: AbortSignal,
) {
  const env = { ...hardenedEnv(config), ...ssh, GIT_DIR: dir };
  return simpleGit({
    baseDir: dir,
    abort,
    maxConcurrentProcesses: 1,
    allowEnvironment: Object.keys(env).filter((name) => name.startsWith("GIT_")),
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      // A constant of ours (ssh-login.ts).
      allowUnsafeSshCommand: true,
    },
  }).env(env);
}

function fetchArgs(url: string, refspecs: readonly string[]): string[] {
  return [...FETCH_ARGS.split(" "), "--", url, ...refspecs];
}

function fetchConfig(wanted: FetchMirror, remote: Remote): Setting[] {
  const config: Setting[] = [
    [`protocol.${remote.protocol}.allow`, "always"],
    ["http.followRedirects", "false"],
    ["http.lowSpeedLimit", "1000"],
    ["http.lowSpeedTime", "30"],
    ["http.maxRequests", "2"],
    ["fetch.fsckObjects", "true"],
    ["fetch.writeCommitGraph", "false"],
    ["submodule.recurse", "false"],
  ];
  for (const slip of FSCK_TOLERATED) config.push([`fetch.fsck.${slip}`, "warn"]);
  if (wanted.credentialHeader !== undefined)
    config.push(["http.extraHeader", wanted.credentialHeader]);
  if (wanted.proxyUrl !== undefined) config.push(["http.proxy", wanted.proxyUrl]);
  if (wanted.caFile !== undefined) config.push(["http.sslCAInfo", wanted.caFile]);
  return config;
}

type Pinned = {
  readonly kind: "pinned";
  readonly config: readonly Setting[];
  /** For ssh, which is told one address. */
  readonly address: string;
};

/** Resolves the host once, judges every address, and makes git use those and no later answer of the name server. */
async function pinAddress(
  remote: Remote,
  proxyUrl: string | undefined,
): Promise<Pinned | FetchOutcome> {
  // Behind a proxy it is the proxy that resolves names and must keep out of private networks.
  if (remote.protocol === "file" || (proxyUrl !== undefined && remote.protocol !== "ssh"))
    return { kind: "pinned", config: [], address: "" };
  let addresses: readonly string[];
  try {
    addresses = (await lookup(remote.host, { all: true })).map(({ address }) => address);
  } catch {
    return { kind: "unreachable", detail: `the host ${remote.host} has no address` };
  }
  const forbidden = remote.isNamed ? undefined : addresses.find(isPrivateAddress);
  if (forbidden !== undefined) {
    const message = `${remote.host} is at the private address ${forbidden}; name it in ASSAY_GIT_HOSTS.`;
    return { kind: "refused", because: "private-address", message };
  }
  const bracketed = addresses.map((address) => (address.includes(":") ? `[${address}]` : address));
  const entry = `${remote.host}:${remote.port}:${bracketed.join(",")}`;
  return {
    kind: "pinned",
    config: remote.host.includes(":") ? [] : [["http.curloptResolve", entry]],
    address: addresses[0] ?? "",
  };
}

const SIGNS: readonly (readonly ["slow" | "not-allowed" | "bad-objects", RegExp])[] = [
  ["slow", /too slow|timed out/i],
  ["bad-objects", /fsck error|index-pack failed|error in object|did not send all necessary/i],
  ["not-allowed", /Authentication failed|terminal prompts disabled|returned error: (?:3|40[134])/i],
  ["not-allowed", /Permission denied/i],
  ["not-allowed", /not found|does not appear to be a git repository|dubious ownership/i],
];

/** A remote's last words may hold a NUL, which no database keeps, and escape codes for a terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are the subject
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

function explain(said: string): FetchOutcome {
  if (/Host key verification failed|host identification has changed/i.test(said))
    return { kind: "not-allowed", detail: "the host did not show one of its pinned keys" };
  const detail = said.replaceAll(CONTROL, "").trim().slice(0, MAX_DETAIL_LENGTH);
  const sign = SIGNS.find(([, pattern]) => pattern.test(said));
  return { kind: sign?.[0] ?? "unreachable", detail };
}

async function sizeOf(dir: string): Promise<number> {
  const folder = join(dir, "objects", "pack");
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      // Packs are renamed while we look: what is gone counts nothing.
      const found = await stat(join(folder, name)).catch(() => undefined);
      return found?.size ?? 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sweep(dir: string): Promise<void> {
  const folder = join(dir, "objects", "pack");
  for (const name of await readdir(folder))
    if (name.startsWith("tmp_")) await rm(join(folder, name), { force: true });
}
