import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../registry-app/src/runtime/refusal.ts";

const START = /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n/;

/** Keeps the key in a file of this user alone while `use` runs, and not a moment longer. */
export async function withKeyFile<T>(
  folder: string | undefined,
  key: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (!START.test(key))
    throw new Refusal(
      "bad-request",
      "The input ssh-key is not a private key of OpenSSH.",
      "Make one: ssh-keygen -t ed25519 -N '' -f release-key   and keep all of the file release-key as the secret.",
    );
  const own = mkdtempSync(join(folder ?? tmpdir(), "assay-release-"));
  const remove = () => rmSync(own, { recursive: true, force: true });
  const end = () => {
    remove();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, end);
  try {
    const file = join(own, "key");
    writeFileSync(file, `${key.replaceAll("\r", "").trimEnd()}\n`, { mode: 0o600 });
    return await use(file);
  } finally {
    for (const signal of signals) process.removeListener(signal, end);
    remove();
  }
}

/** The lines that a log must never show; the first and the last say nothing. */
export function secretLines(key: string): readonly string[] {
  return key
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("-----"));
}
