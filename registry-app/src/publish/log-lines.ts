import { z } from "zod";
import { TAG_CODES, type TagCode } from "./codes.ts";

// A line says what was decided and on which facts; what git says anyway (bytes, changelog) is not in it. Lines are only
// ever added to, and a kind keeps its fields: what is rebuilt in years has to read what is written now.

const time = z.iso.datetime();
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const outcome = z.enum(["pass", "review", "warn", "block", "incomplete", "errored", "skipped"]);
const bump = z.enum(["major", "minor", "patch", "prerelease", "first", "none"]);
const TAG_CODE_NAMES = Object.keys(TAG_CODES) as [TagCode, ...TagCode[]];
const clauses = z.array(z.object({ name: z.string(), held: z.boolean(), evidence: z.string() }));

const finding = z.object({
  rule: z.string(),
  severity: z.string(),
  message: z.string(),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  fix: z.string().optional(),
});

const line = { key: z.string().min(1), at: time };
const tag = { source: z.string(), tag: z.string(), tagOid: oid };
const sighting = { ...tag, firstSeenAt: time, imported: z.boolean() };
const version = { coordinate: z.string(), ...tag, digest: z.string() };

const check = z.object({
  name: z.enum(["signature", "validation", "scan", "evals"]),
  engine: z.string(),
  outcome: outcome.nullable(),
  summary: z.string(),
  score: z.number().nullable(),
  finishedAt: time.nullable(),
  /** What it found, unless git tells that again. */
  findings: z.array(finding).optional(),
  /** Whether a scan had a list of known bad packages to go by. */
  advisories: z.enum(["fresh", "stale", "missing"]).optional(),
});

const accepted = z.object({
  kind: z.literal("accepted"),
  ...line,
  ...sighting,
  coordinate: z.string(),
  /** Where in the commit the skill lies; empty at the root. */
  folder: z.string(),
  commit: oid,
  tree: oid,
  digest: z.string(),
  signer: z.object({ principal: z.string(), key: z.string() }),
  hasAccount: z.boolean(),
  law: z.string(),
  /** The version that the changelog begins after. */
  previous: z.string().nullable(),
  bump: z.object({ declared: bump, required: bump }),
  clauses,
});

const refused = z.object({
  kind: z.literal("refused"),
  ...line,
  ...sighting,
  code: z.enum(TAG_CODE_NAMES),
  reason: z.string(),
  remedy: z.string(),
  clauses,
});

const ignored = z.object({
  kind: z.literal("ignored"),
  ...line,
  ...sighting,
  reason: z.string(),
});

const decided = z.object({
  kind: z.literal("decided"),
  ...line,
  ...version,
  decision: z.enum(["publish", "hold", "refuse"]),
  code: z.enum(["CHECK_FAILED", "KEY_REVOKED", "HELD"]).nullable(),
  reasons: z.array(z.string()),
  remedy: z.string().nullable(),
  /** As they stood when it was decided. */
  checks: z.array(check),
  /** The waivers without which it would not have been published. */
  waived: z.array(z.object({ rule: z.string(), until: time })).optional(),
  law: z.string(),
});

/** A check that came in after its version was decided. */
const checked = z.object({ kind: z.literal("checked"), ...line, ...version, check });

const released = z.object({
  kind: z.literal("released"),
  ...line,
  ...version,
  archives: z.array(
    z.object({ format: z.enum(["tar.gz", "zip"]), size: z.number(), sha256: z.string() }),
  ),
});

const standing = z.object({
  kind: z.literal("standing"),
  ...line,
  coordinate: z.string(),
  tagOid: oid,
  standing: z.enum(["published", "yanked", "quarantined"]),
  reason: z.string(),
  law: z.string(),
});

/** A law that was not in force before: tags that were refused for their signer wait again. */
const law = z.object({
  kind: z.literal("law"),
  ...line,
  law: z.string(),
  /** The commit of the control repo that says it. */
  commit: oid.optional(),
  /** How many tags wait again. */
  reopened: z.number().optional(),
});

/** A source was read for the first time: what a followed one held then came in as imported. */
const synced = z.object({ kind: z.literal("synced"), ...line, source: z.string() });

const logLineSchema = z.discriminatedUnion("kind", [
  accepted,
  refused,
  ignored,
  decided,
  checked,
  released,
  standing,
  law,
  synced,
]);

/** What a line of the registry log says. `key` names the fact, so that it is written once however often it is reported. */
export type LogFact = z.infer<typeof logLineSchema>;

/** A fact with its place, counted from 1. */
export type LoggedFact = LogFact & { readonly line: number };

export type FactOf<Kind extends LogFact["kind"]> = Extract<LoggedFact, { kind: Kind }>;

/** Something in the log, or in git beside it, that is not as a line says. */
export type LogFault = {
  /** From 1; absent when no one line is meant. */
  readonly line?: number;
  readonly coordinate?: string;
  readonly commit?: string;
  readonly says: string;
};

/** Reads one line; a fault when it is not one that this version of Assay writes. */
export function parseLogLine(text: string, place: number): LoggedFact | LogFault {
  const parsed = logLineSchema.safeParse(toJson(text));
  if (parsed.success) return { ...parsed.data, line: place };
  const why = z.prettifyError(parsed.error).split("\n").slice(0, 2).join(" ");
  return { line: place, says: `is no line that this version of Assay reads: ${why}` };
}

export function isFault(read: LoggedFact | LogFault): read is LogFault {
  return "says" in read;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
