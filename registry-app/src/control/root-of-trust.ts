import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ParsedCommit } from "../git/index.ts";
import { parsePublicKey, type SshVerifier } from "../keys/index.ts";
import { Stalled } from "../runtime/index.ts";
import type { RootOfTrust } from "./types.ts";

/** The pinned root with its keys read: fingerprint to name. */
export type Root = RootOfTrust & { readonly names: ReadonlyMap<string, string> };

export type RootSignature =
  | { readonly kind: "root"; readonly name: string }
  | { readonly kind: "not-root"; readonly because: string };

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const rootSchema = z
  .strictObject({
    principals: z
      .array(z.strictObject({ name: z.string().min(1), publicKey: z.string().min(1) }))
      .min(1),
    threshold: z.number().int().min(1),
    genesis: z.string().regex(OID).optional(),
  })
  .refine(({ principals, threshold }) => threshold <= principals.length, {
    message: "threshold is larger than the number of principals",
  });

export function rootPath(homeDir: string): string {
  return join(homeDir, "root.json");
}

/** Undefined when nothing is pinned yet; throws `Stalled` when what is pinned cannot be read. */
export async function findRoot(homeDir: string): Promise<Root | undefined> {
  const path = rootPath(homeDir);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = rootSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Stalled(`${path} is not a root of trust: ${z.prettifyError(parsed.error)}`);
  const { principals, threshold, genesis } = parsed.data;
  const names = new Map(principals.map((one) => [fingerprintOf(one, path), one.name]));
  if (names.size < principals.length) throw new Stalled(`${path} names a key twice`);
  return { principals, threshold, names, ...(genesis === undefined ? {} : { genesis }) };
}

export async function getRoot(homeDir: string): Promise<Root> {
  const root = await findRoot(homeDir);
  if (root === undefined)
    throw new Stalled(`${rootPath(homeDir)} is missing: restore it, it pins who may change law`);
  return root;
}

/** Whether a commit carries the signature of a root, in git's own namespace. */
export function verifyRootSignature(
  verifier: SshVerifier,
  root: Root,
  parsed: ParsedCommit,
): RootSignature {
  if (parsed.kind === "unreadable") return notRoot(`it cannot be read (${parsed.because})`);
  if (parsed.signed === undefined) return notRoot("it is not signed");
  const { payload, signature } = parsed.signed;
  if (signature.format !== "ssh") return notRoot(`its signature is ${signature.format}, not ssh`);
  const verdict = verifier.verify({ armor: signature.armor, payload, namespace: "git" });
  if (verdict.kind === "bad") return notRoot(`its signature does not hold (${verdict.because})`);
  if (verdict.certificate !== undefined)
    return notRoot("it is signed with a certificate, and a root signs with its own key");
  const name = root.names.get(verdict.key.fingerprint);
  return name === undefined
    ? notRoot(`it is signed with ${verdict.key.fingerprint}, which is no root's key`)
    : { kind: "root", name };
}

function notRoot(because: string): RootSignature {
  return { kind: "not-root", because };
}

function fingerprintOf(principal: RootOfTrust["principals"][number], path: string): string {
  const read = parsePublicKey(principal.publicKey);
  if (read.kind === "bad")
    throw new Stalled(`${path}: the key of ${principal.name} is ${read.because}`);
  return read.key.fingerprint;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
