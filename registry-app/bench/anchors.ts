import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign, verify as verifyEd25519 } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseTagObject, readFolder, type ObjectReaders } from "../src/git/index.ts";
import {
  createSshVerifier,
  formatPublicKey,
  parseAllowedSigners,
  parseOpenPgpKeys,
} from "../src/keys/index.ts";
import { verifyTag } from "../src/trust/index.ts";
import type { MadeSource, SourceWish } from "./make-source.ts";
import { time } from "./measure.ts";

const run = promisify(execFile);
const env = { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };

/** As wide as those that judging reads within. */
export const FOLDER_CAPS = {
  maxEntries: 1_000,
  maxDepth: 32,
  maxTreeBytes: 1 << 20,
  maxFileBytes: 5 << 20,
  maxTotalBytes: 20 << 20,
};

/** How fast git itself walks all objects of a repo: `--batch-check` reads their headers, `--batch` their bytes. */
export async function readAllObjects(dir: string, mode: "--batch-check" | "--batch") {
  const args = [
    `--git-dir=${dir}`,
    "cat-file",
    mode,
    "--batch-all-objects",
    "--unordered",
    "--buffer",
  ];
  let bytes = 0;
  const { ms } = await time(async () => {
    const child = spawn("git", args, { env, stdio: ["ignore", "pipe", "inherit"] });
    for await (const chunk of child.stdout) bytes += (chunk as Buffer).length;
  });
  const { stdout } = await run("git", [`--git-dir=${dir}`, "count-objects", "-v"], { env });
  const objects = Number(/^in-pack: (\d+)$/m.exec(stdout)?.[1] ?? 0);
  return { ms, objects, bytes };
}

/** The least that somebody can do who wants to know whether a repo changed. */
export async function listRefsOf(dir: string): Promise<string> {
  return (await run("git", [`--git-dir=${dir}`, "for-each-ref"], { env })).stdout;
}

/** What anybody would write first: one `git verify-tag` a tag. Undefined where there is no ssh-keygen. */
export async function verifyBySpawning(
  dir: string,
  home: string,
  made: MadeSource,
  signer: SourceWish["signer"],
  sample: number,
) {
  if ((await run("sh", ["-c", "command -v ssh-keygen"]).catch(() => undefined)) === undefined)
    return undefined;
  const signers = join(home, "allowed_signers");
  await writeFile(signers, signerLine(signer));
  const tags = made.tags.slice(0, sample);
  const options = ["-c", "gpg.format=ssh", "-c", `gpg.ssh.allowedSignersFile=${signers}`];
  const { ms } = await time(async () => {
    for (const { name } of tags)
      await run("git", [`--git-dir=${dir}`, ...options, "verify-tag", name], { env });
  });
  return { ms, tags: tags.length };
}

/** What no verifier can beat: Node's own check of an ed25519 signature over a text as long as an SSH signature covers. */
export async function verifyRaw(count: number) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const text = randomBytes(110);
  const signature = sign(null, text, privateKey);
  const { cpuMs } = await time(() => {
    for (let i = 0; i < count; i += 1)
      if (!verifyEd25519(null, text, publicKey, signature)) throw new Error("does not hold");
  });
  return { count, cpuMs };
}

/** Every tagged version's folder with all of its files, as judging reads them. */
export async function readVersions(readers: ObjectReaders, dir: string, made: MadeSource) {
  let files = 0;
  const read = async ({ name, oid }: MadeSource["tags"][number]) => {
    const tag = await readers.read(dir, oid, { maxBytes: 65_536 });
    const parsed = tag.kind === "object" ? parseTagObject(tag.bytes) : undefined;
    if (parsed?.kind !== "ok") throw new Error(`${name} cannot be read`);
    const folder = `skills/${name.slice(0, name.indexOf("--"))}`;
    const found = await readFolder(readers, dir, parsed.tag.objectOid, folder, {
      caps: FOLDER_CAPS,
    });
    if (found.kind !== "folder") throw new Error(`${name} has no folder`);
    files += found.files.length;
  };
  const timed = await time(async () => {
    for (let start = 0; start < made.tags.length; start += 16)
      await Promise.all(made.tags.slice(start, start + 16).map(read));
  });
  return { versions: made.tags.length, files, ms: timed.ms };
}

/** Our own verification of the same tags, their bytes at hand, then once more with reading them from git. */
export async function verifyInProcess(
  readers: ObjectReaders,
  dir: string,
  made: MadeSource,
  signer: SourceWish["signer"],
) {
  const verifier = createSshVerifier();
  const signers = parseAllowedSigners(signerLine(signer));
  const at = new Date();
  const law = { signers, openPgpKeys: parseOpenPgpKeys(new Map()), revoked: new Map() };
  const verify = async (tagName: string, bytes: Buffer) => {
    const wanted = { seen: parseTagObject(bytes), tagName, ...law, certificateMaxDays: 7, at };
    if ((await verifyTag(verifier, wanted)).kind !== "trusted")
      throw new Error(`${tagName} is not trusted`);
  };
  const read = async (oid: string) => {
    const found = await readers.read(dir, oid, { maxBytes: 65_536 });
    if (found.kind !== "object") throw new Error(`${oid} cannot be read`);
    return found.bytes;
  };
  const held: { name: string; bytes: Buffer }[] = [];
  const reading = await time(async () => {
    for (let start = 0; start < made.tags.length; start += 64) {
      const batch = made.tags.slice(start, start + 64);
      held.push(
        ...(await Promise.all(
          batch.map(async ({ name, oid }) => ({ name, bytes: await read(oid) })),
        )),
      );
    }
  });
  const verifying = await time(async () => {
    for (const { name, bytes } of held) await verify(name, bytes);
  });
  return {
    tags: held.length,
    readMs: reading.ms,
    verifyMs: verifying.ms,
    verifyCpuMs: verifying.cpuMs,
  };
}

const signerLine = ({ email, pair }: SourceWish["signer"]) =>
  `${email} ${formatPublicKey(pair.publicKey)}\n`;
