import { record } from "../../src/audit/index.ts";
import {
  acceptProposal,
  dropProposal,
  findRootName,
  listProposals,
  planLaw,
  proposalName,
  readLawAt,
  readProposal,
  signPending,
  writeProposal,
  type CurrentControl,
  type LawChange,
  type ProposalReading,
  type Signing,
} from "../../src/control/index.ts";
import { transaction } from "../../src/db/index.ts";
import { decodePrivateKey, signSsh } from "../../src/keys/index.ts";
import { actorName, SYSTEM } from "../../src/people/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { readSmallFile } from "../read-small-file.ts";
import { refusePutBack } from "./change-law.ts";
import type { Core } from "./open-core.ts";

const MAX_KEY_BYTES = 64 * 1024;

export type Proposed = {
  readonly name: string;
  readonly tip: string;
  readonly reading: ProposalReading;
};

/** Every proposal that waits, read against the law as it stands. */
export async function readProposals(core: Core): Promise<readonly Proposed[]> {
  const current = await core.control.current();
  const found = await listProposals(core.paths.control);
  return Promise.all(
    found.map(async ({ name, tip }) => ({ name, tip, reading: await read(core, current, tip) })),
  );
}

export async function getProposal(core: Core, name: string): Promise<Proposed> {
  const found = (await listProposals(core.paths.control)).find((one) => one.name === name);
  if (found === undefined)
    throw new Refusal("not-found", `There is no proposal ${name}.`, "See them: npx assay law list");
  return { ...found, reading: await read(core, await core.control.current(), found.tip) };
}

const read = (core: Core, current: CurrentControl, tip: string) =>
  readProposal({ readers: core.readers, repoDir: core.paths.control }, current, tip);

/** What the tree that waits for signatures would change; empty when none waits or it cannot be read. */
export async function planPending(core: Core): Promise<readonly LawChange[]> {
  const { snapshot, root, pending } = await core.control.current();
  if (pending === undefined) return [];
  const parsed = await readLawAt(core, core.paths.control, pending.commit);
  if (parsed.kind === "broken") return [];
  return planLaw({ law: snapshot, root }, { law: parsed.snapshot, root: pending.root });
}

/** Merges a proposal, signed by the operator or with the key in `keyFile`. */
export async function accept(core: Core, name: string, keyFile?: string): Promise<string> {
  await refusePutBack(core);
  const { tip, reading } = await getProposal(core, name);
  if (reading.kind === "bad")
    throw new Refusal("unprocessable", `Proposal ${name}: ${reading.because}`);
  const signing = await signingOf(core, keyFile);
  const commit = await acceptProposal(core, signing, { name, tip, reading });
  await note(core, "control.accept", `proposal:${name}`, { commit, tip, by: signing.author.email });
  return commit;
}

export async function reject(core: Core, name: string): Promise<void> {
  const { tip } = await getProposal(core, name);
  await dropProposal(core.paths.control, name, tip);
  await note(core, "control.reject", `proposal:${name}`, { tip });
}

/** Adds a root's signature to the tree that waits. */
export async function sign(core: Core, keyFile?: string): Promise<string> {
  await refusePutBack(core);
  const { pending } = await core.control.current();
  if (pending === undefined)
    throw new Refusal("not-found", "Nothing waits for a signature.", "See: npx assay law status");
  const signing = await signingOf(core, keyFile);
  const commit = await signPending(core, signing, pending);
  await note(core, "control.sign", "control", { commit, by: signing.author.email });
  return commit;
}

export async function propose(
  core: Core,
  name: string,
  changes: ReadonlyMap<string, Buffer>,
): Promise<Proposed> {
  refuseOddNames(name, [...changes.keys()]);
  const onto = await core.readers.info(core.paths.control, "refs/heads/main");
  if (onto.kind === "missing") throw new Refusal("unavailable", "The control repo is empty.");
  const { author } = core.operator;
  const by = { repoDir: core.paths.control, author, time: core.clock.now() };
  const message = `Propose ${name}\n`;
  const tip = await writeProposal(core, by, { name, onto: onto.oid, changes, message });
  const made = await getProposal(core, name);
  if (made.reading.kind === "bad") {
    await dropProposal(core.paths.control, name, tip);
    throw new Refusal("unprocessable", made.reading.because, "Mend the line and propose again.");
  }
  await note(core, "control.propose", `proposal:${name}`, { commit: tip });
  return made;
}

function refuseOddNames(name: string, paths: readonly string[]): void {
  if (proposalName(`refs/heads/proposals/${name}`) === undefined)
    throw new Refusal(
      "unprocessable",
      `${JSON.stringify(name)} cannot be a proposal's name.`,
      "Use 1 to 64 of a-z, 0-9 and single hyphens inside.",
    );
  const odd = paths.find((path) => !/^[\w@+-][\w.@+-]*(?:\/[\w@+-][\w.@+-]*)*$/.test(path));
  if (odd !== undefined)
    throw new Refusal(
      "unprocessable",
      `${JSON.stringify(odd)} is no path of the control repo.`,
      "Write it from the repo's root, such as policy.yaml or teams/acme.yaml.",
    );
}

async function signingOf(core: Core, keyFile: string | undefined): Promise<Signing> {
  const { operator, paths, clock, control } = core;
  const base = { repoDir: paths.control, time: clock.now() };
  const own = { ...base, author: operator.author, sign: operator.sign };
  const { root, pending } = await control.current();
  const nameOf = (fingerprint: string) =>
    findRootName(root, fingerprint) ?? (pending && findRootName(pending.root, fingerprint));
  if (keyFile === undefined) {
    if (nameOf(operator.fingerprint) !== undefined) return own;
    throw new Refusal(
      "unprocessable",
      `The operator's key ${operator.fingerprint} is no root's.`,
      "Give a root's key: --key FILE.",
    );
  }
  const decoded = decodePrivateKey(readSmallFile(keyFile, MAX_KEY_BYTES));
  if (decoded.kind === "bad")
    throw new Refusal(
      "unprocessable",
      `${keyFile} is not a key that can sign here: ${decoded.because}.`,
      "Give an ed25519 private key in OpenSSH's format without a passphrase, or sign with git: clone control.git, git commit --allow-empty -S, push.",
    );
  const { pair } = decoded;
  const { fingerprint } = pair.publicKey;
  const name = nameOf(fingerprint);
  if (name === undefined)
    throw new Refusal(
      "unprocessable",
      `${fingerprint} is no root's key: its commits do not count.`,
    );
  const email = name.includes("@") ? name : `${name}@root.invalid`;
  return { ...base, author: { name, email }, sign: (payload) => signSsh(pair, payload, "git") };
}

async function note(core: Core, action: string, subject: string, detail: Record<string, string>) {
  await core.law();
  await transaction(core.db, (tx) =>
    record(tx, { actor: actorName(SYSTEM), action, subject, detail, at: core.clock.now() }),
  );
}
