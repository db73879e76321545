import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Refusal } from "../../src/runtime/index.ts";
import { deriveSealKey } from "../../src/sources/index.ts";

const SECRET_BYTES = 32;
const MIN_LENGTH = 16;

/** The registry's own secret, made on first use. Throws a Refusal when the file holds too little to be one. */
export async function readMasterSecret(path: string): Promise<string> {
  const found = await readFile(path, "utf8").catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    await makeSecret(path);
    return readFile(path, "utf8");
  });
  if (found.trim().length >= MIN_LENGTH) return found;
  throw new Refusal(
    "unavailable",
    `${path} holds no secret: it is too short.`,
    "Restore it from your backup, or delete it to have a new one made.",
  );
}

/** The key that credentials of sources are sealed with. */
export async function readSealKey(path: string): Promise<Buffer> {
  return deriveSealKey(await readMasterSecret(path));
}

/** Of two processes that start at once, one makes it and both read the same; a crash leaves a whole one or none. */
async function makeSecret(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  await writeFile(aside, randomBytes(SECRET_BYTES).toString("base64url"), { mode: 0o600 });
  try {
    await link(aside, path);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  } finally {
    await rm(aside, { force: true });
  }
}
