import { z } from "zod";
import { isVersion } from "../skill/index.ts";
import { isNeverWaived } from "./never-waived.ts";
import type { RevocationEntry } from "./revocations.ts";
import type {
  CheckLaw,
  PolicyLaw,
  Revocation,
  RevocationSubject,
  ScanLaw,
  SourcePolicy,
} from "./types.ts";

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const PRINCIPAL = /^[^\s,*?!"#\\<>]{1,200}$/;
const BRANCH = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/;
const OUTCOMES = ["review", "warn", "block", "incomplete", "errored", "skipped"] as const;

/** Whether this can name a team or a source: 1 to 64 of a-z, 0-9 and single inner hyphens. */
export function isSlug(text: string): boolean {
  return text.length <= 64 && SLUG.test(text);
}

/** Whether this can be one person's signing principal: no spaces, no commas, nothing wild. */
export function isPrincipal(text: string): boolean {
  return PRINCIPAL.test(text);
}

/** Whether git takes this for the name of one branch, and no tool for an option or a path trick. */
export function isBranch(text: string): boolean {
  return BRANCH.test(text) && !/\.\.|\/\/|\/$|\.$|\.lock(?:$|\/)|\/\./.test(text);
}

const line = z
  .string()
  .min(1)
  .max(500)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must be one line");
const slug = z.string().refine(isSlug, "must be 1 to 64 of a-z, 0-9 and single hyphens inside");
const principal = z
  .string()
  .refine(isPrincipal, "must be one e-mail address, without spaces, commas or wildcards");
const principals = z.array(principal).max(10_000);
const coordinate = z
  .string()
  .refine((text) => text.split("/").length === 2 && text.split("/").every(isSlug), {
    message: "must be team/name",
  });
const version = z.string().refine(isVersion, "must be a semantic version such as 1.2.0");
const remoteUrl = z
  .string()
  .max(2000)
  // The user of an ssh URL is no secret.
  .refine((text) => URL.canParse(text) && !/[\s@]/.test(text.replace(/^ssh:\/\/[\w.-]+@/, "")), {
    message: "must be the URL of a git repository, without credentials",
  });
const time = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-12-31T00:00:00Z" })
  .transform((text) => new Date(text));

export const registrySchema = z.strictObject({ name: line.default("Assay") });

const need = z.enum(["required", "optional"]);
const outcomes = z.array(z.enum(OUTCOMES));
const checkFields = {
  need: need.optional(),
  refuse: outcomes.optional(),
  hold: outcomes.optional(),
};
const checkSchema = z.union([need, z.strictObject(checkFields)]);
const scanSchema = z.union([
  need,
  z.strictObject({
    ...checkFields,
    minScore: z.number().int().min(0).max(100).optional(),
    advisories: need.optional(),
  }),
]);

const bump = z.enum(["warn", "require"]);
const singleAuthor = z.enum(["allow", "hold"]);
const codeOwners = z.enum(["ignore", "require"]);
const maxDays = z.number().int().min(1).max(3660);

/** What stands in a source's file: without defaults, since what is left out is the registry's to say. */
const sourcePolicySchema = z
  .strictObject({
    checks: z
      .strictObject({
        signature: checkSchema.optional(),
        validation: checkSchema.optional(),
        scan: scanSchema.optional(),
        evals: checkSchema.optional(),
      })
      .prefault({}),
    bump: bump.optional(),
    singleAuthor: singleAuthor.optional(),
    codeOwners: codeOwners.optional(),
    certificates: z.strictObject({ maxDays }).optional(),
  })
  .transform(({ checks, ...rest }): SourcePolicy => {
    const given = Object.entries(checks).flatMap(([name, check]) =>
      check === undefined ? [] : [[name, withoutGaps(toPartial(check))] as const],
    );
    return withoutGaps({ ...rest, checks: Object.fromEntries(given) });
  });

function toPartial(given: z.output<typeof checkSchema> | z.output<typeof scanSchema>) {
  return typeof given === "string" ? { need: given } : given;
}

type WithoutGaps<T> = { [K in keyof T]: Exclude<T[K], undefined> };
/** A key that says nothing must not hide what the registry says. */
function withoutGaps<T extends object>(fields: T): WithoutGaps<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutGaps<T>;
}

export const sourceSchema = z
  .strictObject({
    team: slug,
    url: remoteUrl.optional(),
    hosted: z.literal(true).optional(),
    visibility: z.enum(["public", "private"]).default("private"),
    branch: z.string().refine(isBranch, "must be the name of a branch").default("main"),
    demo: z.boolean().default(false),
    hostReleases: z.boolean().default(false),
    signers: principals.default([]),
    policy: sourcePolicySchema.optional(),
  })
  .refine((source) => (source.url === undefined) === (source.hosted === true), {
    message: "must have either url: (followed) or hosted: true",
  });

export const teamSchema = z.strictObject({
  name: line.optional(),
  signers: principals.default([]),
  github: z
    .strictObject({
      org: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/, "must be an organisation's login"),
      team: z
        .string()
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/, "must be the team's slug, as in its address"),
    })
    .optional(),
});

const sshFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, {
  message: "must be a fingerprint as ssh-keygen -l prints it, SHA256:…",
});
const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(" ", ""))
  .refine(
    (text) => /^(?:SHA256:[A-Za-z0-9+/]{43}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(text),
    "must be a fingerprint as ssh-keygen -l prints it, SHA256:…, or gpg --fingerprint, 40 digits",
  )
  .transform((text) => (text.startsWith("SHA256:") ? text : text.toUpperCase()));
/** A serial may have 64 bits, more than a YAML number keeps, and 0 is what certificates without one have. */
const serial = z
  .union([z.number(), z.string()])
  .refine(
    (given) =>
      typeof given === "string"
        ? /^[1-9]\d{0,19}$/.test(given)
        : Number.isSafeInteger(given) && given > 0,
    "must be a serial from 1 on; above 9007199254740991 in quotation marks",
  )
  .transform(String);
const revocation = {
  kind: z.enum(["superseded", "compromised"]).optional(),
  reason: line,
  since: time.optional(),
};
type RevocationFields = z.output<z.ZodObject<typeof revocation>>;

/** Without `kind`, a time makes it `compromised`: that is what a time is for. */
function toRevocation(fields: RevocationFields, context: z.RefinementCtx): Revocation {
  const { reason, since } = fields;
  const kind = fields.kind ?? (since === undefined ? "superseded" : "compromised");
  if (kind === "superseded") return { kind, reason, since: since ?? null };
  if (since !== undefined) return { kind, reason, since };
  context.addIssue({
    code: "custom",
    path: ["kind"],
    message: "compromised needs since: the time from which on nothing of it is trusted",
  });
  return z.NEVER;
}

const revokedKey = z
  .strictObject({ fingerprint, ...revocation })
  .transform((entry, context): RevocationEntry => {
    const subject = { kind: "key", fingerprint: entry.fingerprint } as const;
    return { subject, revocation: toRevocation(entry, context) };
  });
const revokedPrincipal = z
  .strictObject({ principal, ...revocation })
  .transform((entry, context): RevocationEntry => {
    const subject = { kind: "principal", principal: entry.principal } as const;
    return { subject, revocation: toRevocation(entry, context) };
  });
const revokedCertificate = z
  .strictObject({
    authority: sshFingerprint,
    serial: serial.optional(),
    keyId: z.string().min(1).max(1000).optional(),
    ...revocation,
  })
  .refine((entry) => (entry.serial === undefined) !== (entry.keyId === undefined), {
    message: "must have either serial: or keyId:",
  })
  .transform((entry, context): RevocationEntry => {
    const { authority, serial: number, keyId = "" } = entry;
    const subject: RevocationSubject =
      number === undefined
        ? { kind: "key-id", authority, keyId }
        : { kind: "serial", authority, serial: number };
    return { subject, revocation: toRevocation(entry, context) };
  });

export const revokedSchema = z
  .strictObject({
    keys: z.array(revokedKey).default([]),
    principals: z.array(revokedPrincipal).default([]),
    certificates: z.array(revokedCertificate).default([]),
  })
  .transform(({ keys, principals: people, certificates }) => [...keys, ...people, ...certificates]);

export const yankSchema = z.strictObject({ skill: coordinate, version, reason: line });
const digest = z
  .string()
  .min(16)
  .max(200)
  .regex(/^[\w:+/=-]+$/, "must be the version's digest");
export const approvalSchema = z.strictObject({
  skill: coordinate,
  version,
  digest,
  by: principal,
  reason: line.default(""),
});
export const importSchema = z.strictObject({
  source: slug,
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "must be the digest that npx assay approve --list prints"),
  by: principal,
  reason: line,
});
export const waiverSchema = z
  .strictObject({
    skill: coordinate,
    version,
    digest,
    rule: line.refine((rule) => !isNeverWaived(rule), {
      message:
        "is never waived: what signatures, revoked keys and a skill's folder must be holds for all, and known malware is let through by nobody",
    }),
    requestedBy: principal,
    by: principal,
    reason: line,
    until: time,
  })
  .refine(({ requestedBy, by }) => requestedBy.toLowerCase() !== by.toLowerCase(), {
    path: ["by"],
    message: "must be somebody else than requestedBy: a waiver takes two",
  });

/** By contract a block refuses, a warning and what could not be judged wait for a person, a review is only a note. */
const DEFAULT_CHECK: CheckLaw = {
  need: "optional",
  refuse: ["block"],
  hold: ["warn", "incomplete", "errored"],
};

const check = (fallback: CheckLaw["need"]) =>
  checkSchema.default(fallback).transform((given): CheckLaw => {
    if (typeof given === "string") return { ...DEFAULT_CHECK, need: given };
    return {
      need: given.need ?? fallback,
      refuse: given.refuse ?? DEFAULT_CHECK.refuse,
      hold: given.hold ?? DEFAULT_CHECK.hold,
    };
  });

const scanCheck = scanSchema.default("optional").transform((given): ScanLaw => {
  const own = typeof given === "string" ? { need: given } : given;
  return {
    need: own.need ?? DEFAULT_CHECK.need,
    refuse: own.refuse ?? DEFAULT_CHECK.refuse,
    hold: own.hold ?? DEFAULT_CHECK.hold,
    minScore: own.minScore ?? 0,
    advisories: own.advisories ?? "optional",
  };
});

export const policySchema = z
  .strictObject({
    checks: z
      .strictObject({
        signature: check("required"),
        validation: check("required"),
        scan: scanCheck,
        evals: check("optional"),
      })
      .prefault({}),
    bump: bump.default("warn"),
    singleAuthor: singleAuthor.default("allow"),
    codeOwners: codeOwners.default("ignore"),
    // A week: long enough for a certificate fetched on Mondays, short enough that nobody need be taken off a list.
    certificates: z.strictObject({ maxDays: maxDays.default(7) }).prefault({}),
    scan: z.strictObject({ maxFlips: z.number().min(0).max(100).default(5) }).prefault({}),
    evals: z
      .strictObject({
        slots: z.number().int().min(1).max(100).default(2),
        minutesPerDay: z.number().int().min(0).max(100_000).default(240),
        maxSeconds: z.number().int().min(1).max(3_600).default(120),
        maxMemoryMiB: z.number().int().min(64).max(65_536).default(512),
        maxCpus: z.number().min(0.1).max(64).default(2),
      })
      .prefault({}),
  })
  .transform((policy): PolicyLaw => policy);
