import { z } from "zod";
import type { Proven } from "./check-evidence.ts";
import { lockedSchema, type CheckpointAnswer, type Evidence, type Locked } from "./evidence.ts";
import { DISTRUST, type Fault } from "./fault.ts";

const logSchema = z.strictObject({
  size: z.int().min(1).max(1e12),
  chain: z.string().regex(/^[0-9a-f]{64}$/),
  commit: z.base64().max(128 * 1024),
});

const registrySchema = z.strictObject({
  /** As in a .pub file; pinned when the registry was first met. */
  keys: z.array(z.string().max(4096)).min(1).max(16),
  /** The largest checkpoint seen of its log. */
  log: logSchema,
});

const lockSchema = z.strictObject({
  lockVersion: z.literal(1),
  registries: z.record(z.url().max(2000), registrySchema),
  skills: z.record(z.string().regex(/^[^/@\s]+\/[^/@\s]+$/), lockedSchema),
});

/** What a consumer keeps: whom they trust since when, and the evidence for each installed version, by `team/skill`. */
export type Lock = z.infer<typeof lockSchema>;
export type LockRead =
  { readonly kind: "lock"; readonly lock: Lock } | { readonly kind: "bad"; readonly says: string };

export const EMPTY_LOCK: Lock = { lockVersion: 1, registries: {}, skills: {} };

export function parseLock(text: string): LockRead {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: "bad", says: "it is no JSON" };
  }
  const parsed = lockSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "bad", says: `at ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
  }
  return { kind: "lock", lock: parsed.data };
}

/** One order and no times, so that the file differs only where something was learned. */
export function formatLock({ lockVersion, registries, skills }: Lock): string {
  const lock = { lockVersion, registries: sorted(registries), skills: sorted(skills) };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

export function evidenceOf(skill: string, locked: Locked): Evidence {
  const { version, registry: _registry, asOf: _asOf, ...evidence } = locked;
  return { coordinate: `${skill}@${version}`, ...evidence };
}

/** What a registry has just answered for a version, proven. */
export type News = {
  readonly registry: string;
  readonly keys: readonly string[];
  readonly evidence: Evidence;
  readonly proven: Proven;
  readonly checkpoint: CheckpointAnswer;
};

/** What speaks against believing this answer after all that was seen before: a log that shrank or split, a version that changed. */
export function findRollback(lock: Lock, news: News): readonly Fault[] {
  const { checkpoint, registry } = news;
  const seen = lock.registries[registry]?.log;
  const faults: Fault[] = [];
  const say = (says: string) => faults.push({ check: "registry", says, mend: DISTRUST });
  if (seen !== undefined && checkpoint.size < seen.size)
    say(
      `The registry shows ${checkpoint.size} lines of its log, and the lock file has seen ${seen.size}: a log never shrinks.`,
    );
  if (seen !== undefined && checkpoint.size === seen.size && checkpoint.chain !== seen.chain)
    say(`The registry shows another log of ${seen.size} lines than the lock file has seen.`);
  if (news.proven.provenSize > checkpoint.size)
    say(
      `The evidence speaks of ${news.proven.provenSize} lines of the log, and the registry shows ${checkpoint.size}.`,
    );
  const before = lock.skills[skillOf(news.evidence)];
  const isSame = before?.registry === registry && before.version === versionOf(news.evidence);
  if (before !== undefined && isSame) {
    const says = findChange(before, news.evidence);
    if (says !== undefined) say(says);
  }
  return faults;
}

function findChange(before: Locked, { digest, tag, log }: Evidence): string | undefined {
  if (digest !== before.digest)
    return `The registry names the digest ${digest}, the lock file has ${before.digest}: a version never changes.`;
  if (tag.oid !== before.tag.oid)
    return `The registry names the tag object ${tag.oid}, the lock file has ${before.tag.oid}: a version never changes.`;
  const newest = log.standing?.line ?? log.decided.line;
  const known = before.log.standing?.line ?? before.log.decided.line;
  if (newest >= known) return undefined;
  return `The registry's newest word on this version is line ${newest}, and the lock file has line ${known}: this answer is an older one.`;
}

/** The lock file with what was learned in it. */
export function withNews(lock: Lock, { registry, keys, evidence, checkpoint }: News): Lock {
  const { size, chain, commit } = checkpoint;
  const { source, commit: commitOid, tree, digest, tag, files, log } = evidence;
  const locked: Locked = {
    version: versionOf(evidence),
    registry,
    asOf: size,
    source,
    commit: commitOid,
    tree,
    digest,
    tag,
    files,
    log,
  };
  return {
    ...lock,
    registries: {
      ...lock.registries,
      [registry]: { keys: [...keys], log: { size, chain, commit } },
    },
    skills: { ...lock.skills, [skillOf(evidence)]: locked },
  };
}

const skillOf = ({ coordinate }: Evidence) => coordinate.slice(0, coordinate.indexOf("@"));
const versionOf = ({ coordinate }: Evidence) => coordinate.slice(coordinate.indexOf("@") + 1);

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
