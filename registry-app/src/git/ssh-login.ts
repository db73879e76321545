import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key to sign in with, and the keys by which the host is known. */
export type SshLogin = { readonly privateKey: string; readonly knownHosts: string };

export type SshTarget = { readonly host: string; readonly port: number; readonly address: string };

/**
 * Nothing in it is from outside: what differs comes by the environment, as words of their own. It runs in the folder
 * with the key, whose path could hold anything. No configuration, no agent, no question, no unknown host; a name that
 * was resolved and judged is not resolved again. The process writes its number down, since git leaves it behind when
 * git itself is ended.
 */
const COMMAND = [
  'cd "$ASSAY_SSH_DIR" && echo $$ > pid && exec ssh -F /dev/null -i ./key',
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "UserKnownHostsFile=./known_hosts",
  "GlobalKnownHostsFile=/dev/null",
  '"HostName=$ASSAY_SSH_ADDRESS"',
  '"HostKeyAlias=$ASSAY_SSH_KNOWN_AS"',
  "CheckHostIP=no",
  "UpdateHostKeys=no",
  "VerifyHostKeyDNS=no",
  "IdentitiesOnly=yes",
  "IdentityAgent=none",
  "PreferredAuthentications=publickey",
  "PasswordAuthentication=no",
  "KbdInteractiveAuthentication=no",
  "ForwardAgent=no",
  "ClearAllForwardings=yes",
  "PermitLocalCommand=no",
  "ProxyCommand=none",
  "ControlPath=none",
  "ConnectTimeout=20",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=2",
  "LogLevel=ERROR",
].join(" -o ");

export type SshReady = {
  readonly env: Readonly<Record<string, string>>;
  /** Takes the key off the disk; with `isCut`, ends an ssh that git left behind as well. */
  close(isCut: boolean): Promise<void>;
};

/** Lays the key where only we can read it and says what git needs to sign in with it. */
export async function prepareSsh(login: SshLogin, target: SshTarget): Promise<SshReady> {
  if (isIP(target.address) === 0) throw new Error("ssh is given an address that is none");
  const dir = await mkdtemp(join(tmpdir(), "assay-ssh-"));
  const close = async (isCut: boolean) => {
    if (isCut) await endLeftBehind(join(dir, "pid"));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await writeFile(join(dir, "key"), login.privateKey, { mode: 0o600 });
    await writeFile(join(dir, "known_hosts"), login.knownHosts, { mode: 0o600 });
  } catch (cause) {
    await close(false);
    throw cause;
  }
  const env = {
    GIT_SSH_COMMAND: COMMAND,
    GIT_SSH_VARIANT: "ssh",
    ASSAY_SSH_DIR: dir,
    ASSAY_SSH_ADDRESS: target.address,
    ASSAY_SSH_KNOWN_AS: knownAs(target),
  };
  return { env, close };
}

/** How known_hosts names a host. */
export function knownAs({ host, port }: Pick<SshTarget, "host" | "port">): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

async function endLeftBehind(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
