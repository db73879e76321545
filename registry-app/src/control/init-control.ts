import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import {
  type Author,
  commitFiles,
  initBare,
  type ObjectReaders,
  type SignPayload,
} from "../git/index.ts";
import {
  createSshVerifier,
  decodePrivateKey,
  type Ed25519Pair,
  encodePrivateKey,
  formatPublicKey,
  generateEd25519,
  signSsh,
} from "../keys/index.ts";
import { type Clock, Stalled } from "../runtime/index.ts";
import { CONTROL_BRANCH } from "./control-caps.ts";
import { type ControlStore, findControlHead, readCommit } from "./read-control.ts";
import { findRoot, readCommitSignature, rootPath } from "./root-of-trust.ts";
import type { RootOfTrust } from "./types.ts";

/** The registry's own root key, which signs what the CLI and the pages change in the control repo. */
export type OperatorKey = {
  readonly author: Author;
  readonly fingerprint: string;
  readonly sign: SignPayload;
};

export type InitControl = {
  readonly repoDir: string;
  /** ASSAY_HOME: root.json and keys/control_ed25519 (0600) are made here. */
  readonly homeDir: string;
  readonly registryName: string;
};

const OPERATOR = { name: "Assay", email: "control@assay.invalid" };
const POLICY = `# What a version needs. required: must have run and passed. optional: judged when it ran.
checks:
  signature: required
  validation: required
  # The scanner reads every version. block refuses; warn, incomplete and errored wait for an approval. Further clauses:
  #   scan: {minScore: 70, advisories: required}
  scan: optional
  evals: optional
# When the version number goes up by less than the changes ask for: warn, or require.
bump: warn
# A source for which only one person may sign: allow, or hold each version for somebody else's approval.
singleAuthor: allow
# Sources on GitHub: ignore, or require that code owners approved what is released, in merged pull requests.
codeOwners: ignore
# For how many days in all a signer's SSH certificate may be valid.
certificates:
  maxDays: 7
# New rules of the scanner that would warn about or block more than this share of what is published, in percent, wait
# for an admin: npx assay rescan --show
scan:
  maxFlips: 5
# What the evals of one team may use: runs at the same time, minutes within 24 hours, and for one case seconds, memory, cores.
evals:
  slots: 2
  minutesPerDay: 240
  maxSeconds: 120
  maxMemoryMiB: 512
  maxCpus: 2
`;
const SIGNERS = `# Who may sign, by the grammar of ssh-keygen(1), ALLOWED SIGNERS. Times without Z are UTC here.
# An authority for a domain: *@example.com cert-authority,namespaces="git" ssh-ed25519 …
# OpenPGP keys stand beside this file, as trust/openpgp/ADDRESS.asc.
`;
const REVOKED = `# What no longer counts. kind: superseded refuses new tags; compromised, with since:, also quarantines every version
# that was first seen from then on.
#   {fingerprint: "SHA256:…", kind: compromised, since: 2026-01-31T00:00:00Z, reason: …}
keys: []
#   {principal: ann@example.com, kind: superseded, reason: …}
principals: []
#   {authority: "SHA256:…", serial: 42, reason: …}, or keyId: in place of serial:
certificates: []
`;

/** Makes the hosted control repo, its root of trust and the operator's key, or finds them made; safe to repeat after a crash. */
export async function initControl(
  deps: { readonly readers: ObjectReaders; readonly clock: Clock },
  wanted: InitControl,
): Promise<OperatorKey> {
  const pair = (await findPair(wanted.homeDir)) ?? (await makePair(wanted.homeDir));
  const operator = toOperator(pair);
  await initBare(wanted.repoDir, {
    config: { "receive.denyNonFastForwards": "true", "receive.denyDeletes": "true" },
  });
  const store = { readers: deps.readers, repoDir: wanted.repoDir, options: {} };
  const root = await findRoot(wanted.homeDir);
  const head = await findControlHead(store);
  if (root !== undefined) {
    if (head !== undefined) return operator;
    throw new Stalled(
      `${wanted.repoDir} is empty although ${rootPath(wanted.homeDir)} pins it: restore the control repo`,
    );
  }
  const pin = { principals: [{ name: "assay", publicKey: formatPublicKey(pair.publicKey) }] };
  const genesis =
    head === undefined
      ? await commitFirst(deps, wanted, operator)
      : await claimGenesis(store, head, pair.publicKey.fingerprint);
  const first: RootOfTrust = { version: 1, ...pin, threshold: 1, genesis };
  await writeWhole(rootPath(wanted.homeDir), `${JSON.stringify(first, null, 2)}\n`, 0o644);
  return operator;
}

/** The operator's key as it was made at the first start; throws `Stalled` when it is not there. */
export async function readOperatorKey(homeDir: string): Promise<OperatorKey> {
  const pair = await findPair(homeDir);
  if (pair === undefined) throw new Stalled(`${keyPath(homeDir)} is missing: restore it`);
  return toOperator(pair);
}

async function commitFirst(
  { readers, clock }: { readonly readers: ObjectReaders; readonly clock: Clock },
  { repoDir, registryName }: InitControl,
  operator: OperatorKey,
): Promise<string> {
  const changes = new Map([
    ["registry.yaml", stringify({ name: registryName })],
    ["policy.yaml", POLICY],
    ["trust/allowed_signers", SIGNERS],
    ["trust/revoked.yaml", REVOKED],
  ]);
  const done = await commitFiles(readers, repoDir, {
    branch: CONTROL_BRANCH,
    changes,
    author: operator.author,
    message: "Begin the registry\n",
    time: clock.now(),
    sign: operator.sign,
    expectedHead: null,
  });
  if (done.kind === "committed") return done.commit;
  throw new Stalled(`${repoDir} was written to by somebody else at its first start`);
}

/** A first start that stopped between commit and pin: only a first commit of our own making may be pinned. */
async function claimGenesis(store: ControlStore, head: string, own: string): Promise<string> {
  const commit = await readCommit(store, head);
  if (commit.kind === "ok" && commit.commit.parents.length === 0) {
    const signature = readCommitSignature(createSshVerifier(), commit);
    if (signature.kind === "signed" && signature.fingerprint === own) return head;
  }
  throw new Stalled(
    `${store.repoDir} has a history and nothing pins it: restore root.json, or write one that names its roots`,
  );
}

function toOperator(pair: Ed25519Pair): OperatorKey {
  return {
    author: OPERATOR,
    fingerprint: pair.publicKey.fingerprint,
    sign: (payload) => signSsh(pair, payload, "git"),
  };
}

function keyPath(homeDir: string): string {
  return join(homeDir, "keys", "control_ed25519");
}

async function makePair(homeDir: string): Promise<Ed25519Pair> {
  const pair = generateEd25519();
  await mkdir(join(homeDir, "keys"), { recursive: true, mode: 0o700 });
  await writeWhole(keyPath(homeDir), encodePrivateKey(pair, OPERATOR.email), 0o600);
  return pair;
}

async function findPair(homeDir: string): Promise<Ed25519Pair | undefined> {
  const path = keyPath(homeDir);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const read = decodePrivateKey(text);
  if (read.kind === "bad") throw new Stalled(`${path} is not a usable key: ${read.because}`);
  return read.pair;
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const aside = `${path}.new`;
  await writeFile(aside, text, { mode });
  await chmod(aside, mode);
  await rename(aside, path);
}
