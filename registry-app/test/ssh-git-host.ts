import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { encodePrivateKey, formatPublicKey, generateEd25519 } from "../src/keys/index.ts";

export type SshHost = {
  readonly port: number;
  /** `ssh://user@127.0.0.1:port`, to which the path of a repo is added. */
  readonly url: string;
  /** The line of known_hosts that pins this host. */
  readonly knownHosts: string;
  /** The private key that it lets in. */
  readonly key: string;
  close(): Promise<void>;
};

/** A real sshd of our own on a free loopback port, which lets one new key in as whoever runs the tests. */
export async function startSshHost(): Promise<SshHost> {
  const dir = await mkdtemp(join(tmpdir(), "assay-sshd-"));
  await chmod(dir, 0o755);
  const [host, author] = [generateEd25519(), generateEd25519()];
  await writeFile(join(dir, "host"), encodePrivateKey(host, ""), { mode: 0o600 });
  await writeFile(join(dir, "authorized"), `${formatPublicKey(author.publicKey, "a")}\n`);
  const port = await freePort();
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(dir, "host")}`,
    `AuthorizedKeysFile ${join(dir, "authorized")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "AcceptEnv GIT_PROTOCOL",
  ];
  await writeFile(join(dir, "config"), `${config.join("\n")}\n`);
  // Where sshd of a packaged system drops its rights to, which only its service makes.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const args = ["-D", "-e", "-f", join(dir, "config")];
  const child = spawn("/usr/sbin/sshd", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await answered(child, port, () => said);
  const user = userInfo().username;
  return {
    port,
    url: `ssh://${user}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${formatPublicKey(host.publicKey, "").trim()}\n`,
    key: encodePrivateKey(author, ""),
    close: async () => {
      child.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Are there processes that hold this text in their arguments or environment? */
export function findInProcesses(text: string): string[] {
  const listed = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return listed.split("\n").filter((line) => line.includes(text));
}

async function answered(child: ChildProcess, port: number, said: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${said()}`);
    if (await reaches(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`sshd does not answer: ${said()}`);
}

function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on("connect", () => end(true)).on("error", () => end(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
