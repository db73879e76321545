import { addSigner, type ControlSnapshot } from "../../src/control/index.ts";
import { isPrincipalOf, type AllowedSigner } from "../../src/keys/index.ts";
import { findRevocation } from "../../src/trust/index.ts";
import { EXIT, text, texts, wrongUsage, type Context, type Values } from "../command.ts";
import { changeLaw } from "../compose/change-law.ts";
import { withCore } from "../compose/with-core.ts";
import { readSmallFile } from "../read-small-file.ts";
import { commandOfVerbs } from "../verbs.ts";

const MAX_KEY_BYTES = 64 * 1024;

/** Signing keys: whose they are and for which teams they sign. */
export const key = commandOfVerbs({
  name: "key",
  summary: "say who may sign releases for a team, and with which key",
  verbs: {
    add: {
      usage: "EMAIL --team SLUG … (--key 'LINE OF THE .pub FILE' | --key-file FILE)",
      does: "let EMAIL publish for a team; without a key, the one they have signs for one more team",
      words: 1,
      options: {
        team: { type: "string", multiple: true },
        key: { type: "string" },
        "key-file": { type: "string" },
      },
      run: add,
    },
    list: { usage: "", does: "every key, whose it is and where it signs", words: 0, run: list },
  },
  examples: [
    "npx assay key add ada@acme.example --team acme --key 'ssh-ed25519 AAAA… ada@laptop'",
    "npx assay key add ada@acme.example --team acme --key-file ada.pub",
  ],
});

async function add(context: Context, [principal = ""]: readonly string[], values: Values) {
  const teams = texts(values, "team");
  if (teams.length === 0) throw wrongUsage("key", "--team is missing.");
  const publicKey = readKey(text(values, "key"), text(values, "key-file"));
  return withCore(context, async (core) => {
    const signer = { principal, teams, ...(publicKey !== undefined && { publicKey }) };
    const { changed, law } = await changeLaw(core, {
      change: (files) => addSigner(files, signer),
      message: `${principal} signs for ${teams.join(", ")}`,
      subject: `key:${principal}`,
      detail: { teams },
    });
    const told = changed
      ? `${principal} may publish for`
      : `${principal} could already publish for`;
    for (const entry of law.allowedSigners.entries) {
      if (!isPrincipalOf(entry, principal)) continue;
      const line = toLine(law, entry, principal, core.clock.now());
      context.print(line, `${told} ${line.teams.join(", ")} with ${line.fingerprint}.`);
    }
    context.say(
      `They sign with: git config gpg.format ssh; git config user.signingkey KEYFILE; git config user.email ${principal}`,
    );
    context.say(
      `A token to push with: npx assay token create NAME --team ${teams[0]} --scope push`,
    );
    return EXIT.fine;
  });
}

async function list(context: Context) {
  return withCore(context, async (core) => {
    const law = await core.law();
    for (const entry of law.allowedSigners.entries)
      for (const principal of entry.principals.split(",")) {
        const line = toLine(law, entry, principal, core.clock.now());
        const ends = line.validBefore === null ? "" : `  until ${line.validBefore}`;
        const teams = line.teams.join(", ") || "no team";
        const told = `${principal}  ${line.fingerprint}  ${teams}  ${line.state}${ends}`;
        context.print(line, told);
      }
    return EXIT.fine;
  });
}

function readKey(given: string | undefined, file: string | undefined): string | undefined {
  if (given !== undefined && file !== undefined)
    throw wrongUsage("key", "Either --key or --key-file.");
  return file === undefined ? given : readSmallFile(file, MAX_KEY_BYTES);
}

function toLine(law: ControlSnapshot, entry: AllowedSigner, principal: string, now: Date) {
  const { fingerprint, type } = entry.key;
  const isSame = (name: string) => name.toLowerCase() === principal.toLowerCase();
  const teams = [...law.teams.values()].filter((one) => one.signers.some(isSame));
  const sources = [...law.sources.values()].filter((one) => one.signers.some(isSame));
  return {
    principal,
    fingerprint,
    type,
    teams: teams.map(({ slug }) => slug),
    sources: sources.map(({ slug }) => slug),
    validAfter: toTime(entry.validAfterMs),
    validBefore: toTime(entry.validBeforeMs),
    state: stateOf(law, entry, principal, now),
  };
}

function stateOf(law: ControlSnapshot, entry: AllowedSigner, principal: string, now: Date): string {
  const signer = { keys: [entry.key.fingerprint], principal };
  if (findRevocation(law.revoked, signer, now) !== undefined) return "revoked";
  const nowMs = now.getTime();
  if (entry.validBeforeMs !== undefined && nowMs > entry.validBeforeMs) return "expired";
  if (entry.validAfterMs !== undefined && nowMs < entry.validAfterMs) return "not yet valid";
  return "valid";
}

function toTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
