import { readRevocation, revocationKey, type NewRevocation } from "../../src/control/index.ts";
import {
  EXIT,
  needText,
  text,
  wrongUsage,
  type Command,
  type Context,
  type ExitCode,
  type Values,
} from "../command.ts";
import { withCore } from "../compose/with-core.ts";
import { commitRevocation, revokeNow } from "../compose/revoke.ts";

const SUBJECTS = ["key", "principal", "serial", "key-id"] as const;
/** A fingerprint has a colon of its own, so what belongs to an authority follows on the second. */
const OF_AUTHORITY = /^(SHA256:[^:]{43}):(.+)$/;

/** Takes trust from a key, a person, a certificate. */
export const revoke: Command = {
  summary: "take trust from a key, a person or a certificate; --now before anything else is done",
  usage:
    "[--now] (--key FINGERPRINT | --principal EMAIL | --serial CA:N | --key-id CA:ID) (--superseded | --compromised-since TIME) --reason TEXT",
  options: {
    now: { type: "boolean" },
    key: { type: "string" },
    principal: { type: "string" },
    serial: { type: "string" },
    "key-id": { type: "string" },
    superseded: { type: "boolean" },
    "compromised-since": { type: "string" },
    reason: { type: "string" },
  },
  help: [
    "",
    "Writes a line into trust/revoked.yaml of the control repo. With --now it holds before that commit:",
    "new tags are refused and what is reached is withdrawn when the command ends, and a crash in between",
    "leaves it in force. Given twice, it is as if once.",
    "",
    "--superseded               new tags are refused; what was published stays",
    "--compromised-since TIME   besides, every version first seen from TIME on is quarantined",
    "CA                         fingerprint of the certificate's authority, SHA256:…",
    "",
    "Examples:",
    "  npx assay revoke --now --key SHA256:… --compromised-since 2026-03-01T00:00:00Z --reason 'laptop stolen'",
    "  npx assay revoke --principal ada@acme.example --superseded --reason 'left the company'",
  ],
  async run(context, [extra], values) {
    if (extra !== undefined) throw wrongUsage("revoke", `"${extra}" has no place here.`);
    const revocation = readWish(values);
    const subject = revocationKey(readRevocation(revocation).subject);
    const isNow = values["now"] === true;
    return withCore(context, async (core) => {
      await core.law();
      const { changed, reached } = isNow
        ? await revokeNow(core, revocation)
        : { changed: await commitRevocation(core, revocation), reached: [] };
      for (const version of reached)
        context.print({ version, state: "quarantined" }, `${version} is quarantined.`);
      return report(context, subject, revocation, changed);
    });
  },
};

function report(
  context: Context,
  subject: string,
  { fields }: NewRevocation,
  changed: boolean,
): ExitCode {
  const told = changed ? "is revoked" : "was revoked in this way already";
  context.print({ revoked: subject, ...fields, changed }, `${subject} ${told}: ${fields["kind"]}.`);
  return EXIT.fine;
}

function readWish(values: Values): NewRevocation {
  const given = SUBJECTS.filter((name) => text(values, name) !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1)
    throw wrongUsage("revoke", "Name one of --key, --principal, --serial and --key-id.");
  const since = text(values, "compromised-since");
  if ((values["superseded"] === true) === (since !== undefined))
    throw wrongUsage("revoke", "Say either --superseded or --compromised-since TIME.");
  const why = {
    ...(since === undefined ? { kind: "superseded" } : { kind: "compromised", since }),
    reason: needText(values, "reason", "revoke"),
  };
  const subject = needText(values, name, "revoke");
  if (name === "key") return { list: "keys", fields: { fingerprint: subject, ...why } };
  if (name === "principal") return { list: "principals", fields: { principal: subject, ...why } };
  const [, authority, id] = OF_AUTHORITY.exec(subject) ?? [];
  if (authority === undefined || id === undefined)
    throw wrongUsage(
      "revoke",
      `Write it as --${name} SHA256:…:${name === "serial" ? "42" : "ID"}.`,
    );
  const field = { [name === "serial" ? "serial" : "keyId"]: id };
  return { list: "certificates", fields: { authority, ...field, ...why } };
}
