import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Stalled } from "../runtime/index.ts";
import { appendRevocation, type NewRevocation } from "./edit-revocations.ts";
import { parseYaml } from "./parse-yaml.ts";
import { indexRevocations, isRevokedAlready, uniteRevocations } from "./revocations.ts";
import { revokedSchema } from "./schemas.ts";
import type { ControlRepo, ControlSnapshot } from "./types.ts";
import type { RevocationEntry } from "./revocations.ts";

// What cannot wait for a commit: it is written beside the control repo first, holds from that moment for every process on
// this home, and leaves again once the control repo says the same. It has the form of trust/revoked.yaml.

/** Where that is written. */
export function localRevocationsPath(homeDir: string): string {
  return join(homeDir, "revoked-now.yaml");
}

/** Adds one; it holds when this returns, also after a power cut. */
export async function revokeLocally(homeDir: string, revocation: NewRevocation): Promise<void> {
  const text = (await readText(homeDir)) ?? "";
  const after = appendRevocation(text, revocation);
  if (after === text) return;
  const path = localRevocationsPath(homeDir);
  const aside = `${path}.new`;
  const file = await open(aside, "w", 0o600);
  try {
    await file.writeFile(after);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  const folder = await open(dirname(path), "r");
  await folder.sync().finally(() => folder.close());
}

/** What was revoked here and is not law yet, as lines for trust/revoked.yaml. */
export async function listLocalRevocations(
  homeDir: string,
  law: ControlSnapshot,
): Promise<readonly NewRevocation[]> {
  const text = await readText(homeDir);
  if (text === undefined) return [];
  return readEntries(homeDir, text)
    .filter((entry) => !isRevokedAlready(law.revoked, entry))
    .map(toNew);
}

/** Takes the file away once the control repo itself says all of it; false while it does not. */
export async function dropLocalRevocations(
  homeDir: string,
  committed: ControlSnapshot,
): Promise<boolean> {
  if ((await listLocalRevocations(homeDir, committed)).length > 0) return false;
  await rm(localRevocationsPath(homeDir), { force: true });
  return true;
}

/** The law with what was revoked on this home on top. Nothing of it changes the law that says so already. */
export function withLocalRevocations(control: ControlRepo, homeDir: string): ControlRepo {
  let known: { readonly text: string; readonly entries: readonly RevocationEntry[] } | undefined;
  return {
    async current() {
      const [current, text] = await Promise.all([control.current(), readText(homeDir)]);
      if (text === undefined) return current;
      if (known?.text !== text) known = { text, entries: readEntries(homeDir, text) };
      return { ...current, snapshot: tighten(current.snapshot, known.entries) };
    },
  };
}

function tighten(law: ControlSnapshot, entries: readonly RevocationEntry[]): ControlSnapshot {
  const more = entries.filter((entry) => !isRevokedAlready(law.revoked, entry));
  if (more.length === 0) return law;
  const word = JSON.stringify(more);
  const digestOf = (digest: string) =>
    createHash("sha256").update(`${digest} and here ${word}`).digest("hex");
  return {
    ...law,
    digest: digestOf(law.digest),
    trustDigest: digestOf(law.trustDigest),
    revoked: uniteRevocations(law.revoked, indexRevocations(more)),
  };
}

function readEntries(homeDir: string, text: string): readonly RevocationEntry[] {
  const path = localRevocationsPath(homeDir);
  const read = parseYaml(path, Buffer.from(text), revokedSchema);
  if (read.kind === "ok") return read.value;
  const [first] = read.problems;
  // Going on without it would trust again what somebody wanted distrusted at once.
  throw new Stalled(
    `${path}:${first?.line ?? 1}: ${first?.message ?? "cannot be read"}. Mend it, or take it away once trust/revoked.yaml says the same.`,
  );
}

function toNew({ subject, revocation }: RevocationEntry): NewRevocation {
  const { kind, reason, since } = revocation;
  const rest = { kind, reason, ...(since === null ? {} : { since: since.toISOString() }) };
  switch (subject.kind) {
    case "key":
      return { list: "keys", fields: { fingerprint: subject.fingerprint, ...rest } };
    case "principal":
      return { list: "principals", fields: { principal: subject.principal, ...rest } };
    case "serial": {
      const { authority, serial } = subject;
      return { list: "certificates", fields: { authority, serial, ...rest } };
    }
    case "key-id": {
      const { authority, keyId } = subject;
      return { list: "certificates", fields: { authority, keyId, ...rest } };
    }
  }
}

async function readText(homeDir: string): Promise<string | undefined> {
  try {
    return await readFile(localRevocationsPath(homeDir), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
