import { findRootName, type ControlSnapshot } from "../../src/control/index.ts";
import { decodePrivateKey, isPrincipalOf, signSsh } from "../../src/keys/index.ts";
import { isSamePerson } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { text, wrongUsage, type Values } from "../command.ts";
import { readSmallFile } from "../read-small-file.ts";
import type { LawSigner } from "./change-law.ts";
import type { Core } from "./open-core.ts";

const MAX_KEY_BYTES = 64 * 1024;

export const LAW_SIGNER_OPTIONS = { key: { type: "string" }, as: { type: "string" } } as const;

/**
 * Who says what a command writes into the law: the registry's operator, or with --key FILE --as PRINCIPAL whoever holds
 * that key. A commit that no root signed would keep every later one from being law, so such a key is refused.
 */
export async function readLawSigner(
  core: Core,
  law: ControlSnapshot,
  command: string,
  values: Values,
): Promise<LawSigner> {
  const [file, principal] = [text(values, "key"), text(values, "as")];
  if ((file === undefined) !== (principal === undefined))
    throw wrongUsage(command, "--key FILE and --as PRINCIPAL belong together.");
  const { operator } = core;
  if (file === undefined || principal === undefined)
    return { ...operator, principal: operator.author.email };
  const read = decodePrivateKey(readSmallFile(file, MAX_KEY_BYTES));
  if (read.kind === "bad")
    throw new Refusal(
      "unprocessable",
      `${file} is not a key that can sign here: ${read.because}.`,
      "Give an ed25519 private key in OpenSSH's own format, without a passphrase.",
    );
  const { pair } = read;
  const { fingerprint } = pair.publicKey;
  await refuseStranger(core, law, fingerprint, principal);
  return {
    principal,
    fingerprint,
    author: { name: principal, email: principal },
    sign: (payload) => signSsh(pair, payload, "git"),
  };
}

async function refuseStranger(
  core: Core,
  law: ControlSnapshot,
  fingerprint: string,
  principal: string,
): Promise<void> {
  const root = findRootName((await core.control.current()).root, fingerprint);
  if (root === undefined)
    throw new Refusal(
      "unprocessable",
      `${fingerprint} is no root's key, and what it signs is not law.`,
      `Use the key of a root in force (npx assay law status), or leave --key out to sign as the operator.`,
    );
  const entries = law.allowedSigners.byFingerprint.get(fingerprint) ?? [];
  const isTheirs =
    isSamePerson(root, principal) || entries.some((entry) => isPrincipalOf(entry, principal));
  if (isTheirs) return;
  throw new Refusal(
    "unprocessable",
    `${fingerprint} is not the key of ${principal}: it belongs to the root ${root}.`,
    `Write --as ${root}, or let an admin give the key to ${principal}: npx assay key add`,
  );
}
