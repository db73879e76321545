import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ParsedCommit } from "../git/index.ts";
import { parsePublicKey, type SshVerifier } from "../keys/index.ts";
import { Stalled } from "../runtime/index.ts";
import type { RootOfTrust } from "./types.ts";

/** A root of trust with its keys read: fingerprint to name. */
export type Root = RootOfTrust & { readonly names: ReadonlyMap<string, string> };

export type RootSignature =
  | { readonly kind: "signed"; readonly fingerprint: string }
  | { readonly kind: "unsigned"; readonly because: string };

/** Where the control repo says who its roots are, once that is no longer as the pin has it. */
export const ROOT_FILE = "trust/root.json";

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const principal = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@+-]{1,100}$/, "must be one word or address, for it stands in messages"),
  publicKey: z
    .string()
    .max(20_000)
    .refine((text) => parsePublicKey(text).kind !== "bad", "must be the line of a .pub file"),
});
const roots = {
  version: z.number().int().min(1).max(1_000_000),
  principals: z.array(principal).min(1).max(100),
  threshold: z.number().int().min(1),
};
const pinSchema = z
  .strictObject({ ...roots, version: roots.version.default(1), genesis: z.string().regex(OID) })
  .partial({ genesis: true })
  .superRefine(refuseFaulty);
/** What `trust/root.json` may hold. */
export const rootLawSchema = z.strictObject(roots).superRefine(refuseFaulty);

export function rootPath(homeDir: string): string {
  return join(homeDir, "root.json");
}

/** Undefined when nothing is pinned yet; throws `Stalled` when what is pinned cannot be read. */
export async function findRoot(homeDir: string): Promise<Root | undefined> {
  const path = rootPath(homeDir);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const parsed = pinSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Stalled(`${path} is not a root of trust: ${z.prettifyError(parsed.error)}`);
  const { genesis, ...rest } = parsed.data;
  return toRoot({ ...rest, ...(genesis === undefined ? {} : { genesis }) });
}

export function toRoot(law: RootOfTrust): Root {
  return { ...law, names: new Map(law.principals.map((one) => [fingerprintOf(one), one.name])) };
}

/** Whether both name the same keys and the same number of them. */
export function isSameRoot(one: Root, other: Root): boolean {
  const keys = (root: Root) => [...root.names.keys()].toSorted().join(" ");
  return one.threshold === other.threshold && keys(one) === keys(other);
}

export async function getRoot(homeDir: string): Promise<Root> {
  const root = await findRoot(homeDir);
  if (root === undefined)
    throw new Stalled(`${rootPath(homeDir)} is missing: restore it, it pins who may change law`);
  return root;
}

/** Whose key signed a commit, in git's own namespace; whether that is a root's is for the caller. */
export function readCommitSignature(verifier: SshVerifier, parsed: ParsedCommit): RootSignature {
  if (parsed.kind === "unreadable") return unsigned(`it cannot be read (${parsed.because})`);
  if (parsed.signed === undefined) return unsigned("it is not signed");
  const { payload, signature } = parsed.signed;
  if (signature.format !== "ssh") return unsigned(`its signature is ${signature.format}, not ssh`);
  const verdict = verifier.verify({ armor: signature.armor, payload, namespace: "git" });
  if (verdict.kind === "bad") return unsigned(`its signature does not hold (${verdict.because})`);
  if (verdict.certificate !== undefined)
    return unsigned("it is signed with a certificate, and a root signs with its own key");
  return { kind: "signed", fingerprint: verdict.key.fingerprint };
}

function unsigned(because: string): RootSignature {
  return { kind: "unsigned", because };
}

type Roots = {
  readonly principals: readonly z.infer<typeof principal>[];
  readonly threshold: number;
};

/** A key or a name that stands twice would count twice. */
function refuseFaulty({ principals, threshold }: Roots, context: z.RefinementCtx): void {
  const report = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  if (threshold > principals.length)
    report(["threshold"], "threshold is larger than the number of principals");
  const seen = new Set<string>();
  for (const [at, one] of principals.entries())
    for (const value of [one.name, fingerprintOf(one)]) {
      if (value !== "" && seen.has(value)) report(["principals", at], `${value} stands twice`);
      seen.add(value);
    }
}

function fingerprintOf(one: RootOfTrust["principals"][number]): string {
  const read = parsePublicKey(one.publicKey);
  return read.kind === "bad" ? "" : read.key.fingerprint;
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
