import { addApproval, addImport, type ControlSnapshot } from "../../src/control/index.ts";
import {
  findImport,
  isSamePerson,
  listHeld,
  type HeldVersion,
  type Import,
} from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import { findSourceBySlug } from "../../src/sources/index.ts";
import {
  EXIT,
  needText,
  text,
  wrongUsage,
  type Command,
  type Context,
  type ExitCode,
} from "../command.ts";
import { changeLaw, type LawSigner } from "../compose/change-law.ts";
import { LAW_SIGNER_OPTIONS, readLawSigner } from "../compose/law-signer.ts";
import type { Core } from "../compose/open-core.ts";
import { findRunning } from "../compose/running.ts";
import { withCore } from "../compose/with-core.ts";

const COORDINATE = /^([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})@(.{1,200})$/;

/** A person's word that lets through what is held. */
export const approve: Command = {
  summary: "let through a version that is held, or the history that a source came with",
  usage: "TEAM/SKILL@VERSION --reason TEXT | --import SOURCE --reason TEXT | --list",
  options: {
    import: { type: "string" },
    list: { type: "boolean" },
    reason: { type: "string" },
    ...LAW_SIGNER_OPTIONS,
  },
  help: [
    "",
    "Says what is held and why, and writes the approval into the control repo: for these bytes of this",
    "version, or for these tags of this source, and for nothing that comes later. Nobody approves what",
    "they signed themselves. Given twice, it is as if once.",
    "",
    "--list             what is held, and why",
    "--import SOURCE    confirm the tags that were in the source before it was registered",
    "--key FILE --as PRINCIPAL",
    "                   sign as this root of trust; without it, as the registry's operator",
    "",
    "Examples:",
    "  npx assay approve --list",
    "  npx assay approve acme/deploy@1.2.0 --reason 'the scan is wrong about line 12'",
    "  npx assay approve --import acme-mirror --reason 'compared with our old registry'",
  ],
  async run(context, [coordinate, extra], values) {
    if (extra !== undefined) throw wrongUsage("approve", `"${extra}" has no place here.`);
    const source = text(values, "import");
    const isList = values["list"] === true;
    const asked = [coordinate !== undefined, source !== undefined, isList].filter(Boolean);
    if (asked.length !== 1)
      throw wrongUsage("approve", "Name a version, or --import SOURCE, or --list.");
    if (isList) return withCore(context, (core) => list(context, core));
    const reason = needText(values, "reason", "approve");
    return withCore(context, async (core) => {
      const law = await core.law();
      const by = await readLawSigner(core, law, "approve", values);
      const word = { by, reason };
      return source === undefined
        ? approveVersion(context, core, law, coordinate ?? "", word)
        : confirmImport(context, core, law, source, word);
    });
  },
};

type Word = { readonly by: LawSigner; readonly reason: string };

async function list(context: Context, core: Core): Promise<ExitCode> {
  await core.law();
  const held = await listHeld(core.db);
  const isOfImport = ({ remedy }: HeldVersion) => remedy.includes("--import");
  for (const one of held.filter((version) => !isOfImport(version)))
    context.print(toLine(one), describeHeld(one));
  for (const [slug, waiting] of Map.groupBy(held.filter(isOfImport), ({ source }) => source)) {
    const source = await findSourceBySlug(core.db, slug);
    if (source === undefined) continue;
    const came = await findImport(core.db, source.id);
    context.print(
      { import: slug, waiting: waiting.length, ...came, remedy: waiting[0]?.remedy },
      `${describeImport(slug, waiting, came)}\n    ${waiting[0]?.remedy}`,
    );
  }
  if (held.length === 0) context.say("Nothing is held.");
  return EXIT.fine;
}

async function approveVersion(
  context: Context,
  core: Core,
  law: ControlSnapshot,
  coordinate: string,
  { by, reason }: Word,
): Promise<ExitCode> {
  const [, team = "", skill = "", version = ""] = COORDINATE.exec(coordinate) ?? [];
  if (team === "") throw wrongUsage("approve", `"${coordinate}" is not TEAM/SKILL@VERSION.`);
  const [held] = await listHeld(core.db, { version: { team, skill, version } });
  const given = law.approvals.find(
    (one) =>
      one.skill === `${team}/${skill}` &&
      one.version === version &&
      isSamePerson(one.by, by.principal),
  );
  if (held === undefined && given !== undefined) {
    const { digest } = given;
    const told = `${coordinate} is approved by ${given.by} already, for the digest ${digest}.`;
    context.print({ approved: coordinate, digest, by: given.by, changed: false }, told);
    return EXIT.fine;
  }
  if (held === undefined)
    throw new Refusal(
      "not-found",
      `${coordinate} is not held.`,
      "See what is: npx assay approve --list",
    );
  context.say(describeHeld(held));
  if (isSamePerson(held.signerPrincipal, by.principal) || held.signerKey === by.fingerprint)
    throw new Refusal(
      "not-allowed",
      `${by.principal} signed ${coordinate}, and nobody approves their own work.`,
      "Ask another root of trust to run this, or leave --key out to approve as the operator.",
    );
  const { digest } = held;
  const approval = { skill: `${team}/${skill}`, version, digest, by: by.principal, reason };
  const { changed } = await changeLaw(core, {
    change: (files) => addApproval(files, approval),
    message: `Approve ${coordinate}`,
    subject: `version:${coordinate}`,
    detail: approval,
    by,
  });
  const told = `${coordinate} ${changed ? "is" : "was already"} approved by ${by.principal} for the digest ${digest}.`;
  context.print({ approved: coordinate, digest, by: by.principal, changed }, told);
  return sayWhen(context);
}

async function confirmImport(
  context: Context,
  core: Core,
  law: ControlSnapshot,
  slug: string,
  { by, reason }: Word,
): Promise<ExitCode> {
  const source = law.sources.has(slug) ? await findSourceBySlug(core.db, slug) : undefined;
  if (source === undefined)
    throw new Refusal(
      "not-found",
      `There is no source ${slug}.`,
      "See them: npx assay source list",
    );
  const came = await findImport(core.db, source.id);
  const held = (await listHeld(core.db, { source: slug })).filter((one) => one.isImported);
  refuseUnready(slug, came);
  context.say(describeImport(slug, held, came));
  const own = held.filter(
    (one) => isSamePerson(one.signerPrincipal, by.principal) || one.signerKey === by.fingerprint,
  );
  if (own.length > 0 && own.length === held.length)
    throw new Refusal(
      "not-allowed",
      `${by.principal} signed every version that waits, and nobody approves their own work.`,
      "Ask another root of trust to run this, or leave --key out to approve as the operator.",
    );
  if (own.length > 0)
    context.say(`${own.length} of them are signed by ${by.principal} and wait for somebody else.`);
  const { digest } = came;
  const { changed } = await changeLaw(core, {
    change: (files) => addImport(files, { source: slug, digest, by: by.principal, reason }),
    message: `Confirm the history of ${slug}`,
    subject: `source:${slug}`,
    detail: { digest, by: by.principal, reason },
    by,
  });
  const told = `The history of ${slug} ${changed ? "is" : "was already"} confirmed by ${by.principal}: ${digest}.`;
  context.print({ import: slug, ...came, by: by.principal, changed }, told);
  return sayWhen(context);
}

function refuseUnready(slug: string, { signed, pending }: Import): void {
  if (pending > 0)
    throw new Refusal(
      "conflict",
      `${pending} tags of ${slug} are not judged yet.`,
      "Run this again when they are: npx assay source list, and its page, count them.",
    );
  if (signed > 0) return;
  throw new Refusal(
    "conflict",
    `${slug} came with no signed tag, so that there is nothing to confirm.`,
    `Read it first if that was never done: npx assay source sync ${slug}`,
  );
}

async function sayWhen(context: Context): Promise<ExitCode> {
  if ((await findRunning(context.config)) === undefined)
    context.say("It is published when a worker runs: npx assay up, or npx assay worker.");
  return EXIT.fine;
}

function toLine({ team, skill, version, decidedAt, ...held }: HeldVersion) {
  return { held: `${team}/${skill}@${version}`, ...held, since: decidedAt.toISOString() };
}

function describeHeld(held: HeldVersion): string {
  const { team, skill, version, signerPrincipal, digest, reasons, remedy } = held;
  return [
    `${team}/${skill}@${version} is held, signed by ${signerPrincipal}, ${digest}`,
    ...reasons.map((reason) => `    ${reason}`),
    `    ${remedy}`,
  ].join("\n");
}

function describeImport(slug: string, held: readonly HeldVersion[], came: Import): string {
  const signers = [...Map.groupBy(held, ({ signerPrincipal }) => signerPrincipal)];
  const who = signers.map(([signer, theirs]) => `${signer} (${theirs.length})`).join(", ");
  return [
    `${slug} came with ${came.signed} signed tags and ${came.unsigned} unsigned ones, ${came.digest}`,
    `    ${held.length} versions wait${who === "" ? "" : `, signed by ${who}`}; what is not signed is never served`,
  ].join("\n");
}
