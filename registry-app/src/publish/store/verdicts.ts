import { sql } from "kysely";
import { insertRows, type CheckName, type Clause, type Tx } from "../../db/index.ts";
import type { TagCode } from "../codes.ts";
import { findingRow } from "./finding-row.ts";
import type {
  History,
  Ignored,
  Judged,
  Packed,
  PendingTag,
  RecordedCheck,
  Refused,
} from "../types.ts";

export type NewCandidate = {
  readonly id: string;
  readonly skillId: string;
  readonly tag: PendingTag;
  readonly judged: Judged;
  readonly packed: Packed;
  readonly history: History;
  readonly createdBy: string | null;
  readonly acceptedAt: Date;
  /** What the registry log says of its checks; absent for a new one. */
  readonly recordedChecks?: readonly RecordedCheck[];
};

export type NewSkill = {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly first: Pick<Judged, "reading">;
  readonly openedAt: Date;
};

/** The skills that these candidates open, each by its first. */
export function skillsOf(opening: readonly NewCandidate[]): NewSkill[] {
  const firsts = new Map(opening.map((one) => [one.skillId, one] as const).toReversed());
  return [...firsts.values()].map(({ skillId, judged, acceptedAt }) => ({
    id: skillId,
    name: judged.skill,
    folder: judged.folder,
    first: judged,
    openedAt: acceptedAt,
  }));
}

/** Opens the skills whose first version is accepted; a coordinate that somebody took meanwhile is left out of the answer. */
export async function insertSkills(
  tx: Tx,
  owner: {
    readonly sourceId: string;
    readonly teamId: string;
    readonly visibility: "public" | "private";
  },
  skills: readonly NewSkill[],
): Promise<void> {
  if (skills.length === 0) return;
  await tx
    .insertInto("skills")
    .values(
      skills.map((skill) => ({
        id: skill.id,
        source_id: owner.sourceId,
        team_id: owner.teamId,
        name: skill.name,
        folder: skill.folder,
        visibility: owner.visibility,
        description: skill.first.reading.description ?? "",
        license: skill.first.reading.license ?? null,
        compatibility: skill.first.reading.compatibility ?? null,
        latest_version_id: null,
        created_at: skill.openedAt,
        updated_at: skill.openedAt,
      })),
    )
    .execute();
}

/** A check that every new version waits for, or each that has the file `onlyWith`. */
export type PendingCheck = {
  readonly name: CheckName;
  readonly engineVersion: string;
  readonly onlyWith?: string;
};

export type CandidateFacts = {
  /** Checks that no engine has run yet. */
  readonly pendingChecks: readonly PendingCheck[];
  /** Engine versions of the two checks that admitting decides itself. */
  readonly engines: { readonly signature: string; readonly validation: string };
  readonly ids: { next(): string };
};

/** Versions, files, the checks that are already decided or still to run, and findings: a handful of statements for any number. */
export async function insertCandidates(
  tx: Tx,
  candidates: readonly NewCandidate[],
  facts: CandidateFacts,
): Promise<void> {
  await insertRows(tx, "skill_versions", candidates.map(versionRow));
  await insertRows(tx, "skill_files", candidates.flatMap(fileRows));
  await insertRows(
    tx,
    "checks",
    candidates.flatMap((one) => checkRows(one, facts)),
  );
  await insertRows(
    tx,
    "findings",
    candidates.flatMap((one) => findingRows(one, facts)),
  );
  await acceptTags(tx, candidates);
}

function fileRows({ id, packed }: NewCandidate) {
  return packed.files.map((file) => ({
    version_id: id,
    path: file.path,
    mode: file.mode,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
  }));
}

function checkRows(candidate: NewCandidate, facts: CandidateFacts) {
  const { id, judged, packed, history, acceptedAt, recordedChecks } = candidate;
  if (recordedChecks !== undefined)
    return recordedChecks.map((check) => recordedRow(id, check, acceptedAt));
  const row = (name: CheckName, engineVersion: string, summary: string | null) => ({
    version_id: id,
    name,
    engine_version: engineVersion,
    outcome: summary === null ? null : ("pass" as const),
    summary: summary ?? "",
    score: null,
    detail: {},
    created_at: acceptedAt,
    finished_at: summary === null ? null : acceptedAt,
  });
  const paths = new Set(packed.files.map(({ path }) => path));
  return [
    row("signature", facts.engines.signature, `signed by ${judged.signer.principal}`),
    row("validation", facts.engines.validation, validationSummary(history.findings.length)),
    ...facts.pendingChecks
      .filter(({ onlyWith }) => onlyWith === undefined || paths.has(onlyWith))
      .map((check) => row(check.name, check.engineVersion, null)),
  ];
}

function recordedRow(versionId: string, check: RecordedCheck, acceptedAt: Date) {
  return {
    version_id: versionId,
    name: check.name,
    engine_version: check.engineVersion,
    outcome: check.outcome,
    summary: check.summary,
    score: check.score,
    detail: check.advisories ? { advisories: check.advisories } : {},
    created_at: acceptedAt,
    finished_at: check.finishedAt,
  };
}

/** Of a version that is made again from the log, what the other checks found stands there. */
function findingRows({ id, history, recordedChecks = [] }: NewCandidate, { ids }: CandidateFacts) {
  const others = recordedChecks.filter(({ name }) => name !== "validation");
  return [
    ...history.findings.map((one) => findingRow(ids.next(), id, "validation", one)),
    ...others.flatMap(({ name, findings }) =>
      findings.map((one) => findingRow(ids.next(), id, name, one)),
    ),
  ];
}

const validationSummary = (notes: number) =>
  notes === 0 ? "no findings" : `${notes} note${notes === 1 ? "" : "s"}, none of them an error`;

function versionRow({ id, skillId, tag, judged, packed, history, createdBy }: NewCandidate) {
  return {
    id,
    skill_id: skillId,
    tag_id: tag.id,
    version: judged.version,
    is_prerelease: judged.version.includes("-"),
    state: "candidate" as const,
    tag_name: tag.name,
    tag_oid: tag.oid,
    tag_payload_sha256: judged.payloadSha256,
    commit_oid: judged.commitOid,
    tree_oid: judged.treeOid,
    digest: packed.digest,
    tar_sha256: packed.tarSha256,
    tar_size_bytes: packed.tarSizeBytes,
    frontmatter: judged.reading.frontmatter,
    description: judged.reading.description ?? "",
    skill_md: judged.skillMd,
    signer_principal: judged.signer.principal,
    signer_key: judged.signer.key,
    signer_keys: [...judged.signer.keys],
    signer_certificate: judged.signer.certificate,
    created_by: createdBy,
    bump_declared: history.bumpDeclared,
    bump_required: history.bumpRequired,
    changelog: history.changelog,
    archives: [],
    decision: null,
    first_seen_at: tag.firstSeenAt,
    decided_at: null,
    published_at: null,
  };
}

async function acceptTags(tx: Tx, candidates: readonly NewCandidate[]): Promise<void> {
  const rows = JSON.stringify(
    candidates.map(({ tag, judged }) => ({
      id: tag.id,
      bytes: judged.tagBytes.toString("base64"),
      clauses: judged.clauses,
    })),
  );
  await sql`UPDATE tags SET bytes = decode(r.bytes, 'base64'), clauses = r.clauses, in_git = true
    FROM json_to_recordset(${rows}::json) AS r(id uuid, bytes text, clauses jsonb) WHERE tags.id = r.id`.execute(
    tx,
  );
}

export type ClosedTag = {
  readonly tag: Pick<PendingTag, "id">;
  readonly verdict: Refused | Ignored;
  readonly closedAt: Date;
};

/** Writes down why these tags are not accepted, or that they name no version. */
export async function closeTags(tx: Tx, closed: readonly ClosedTag[]): Promise<void> {
  if (closed.length === 0) return;
  const rows = JSON.stringify(
    closed.map(({ tag, verdict, closedAt }) => ({
      id: tag.id,
      ...verdictColumns(verdict),
      decided_at: closedAt,
    })),
  );
  await sql`UPDATE tags SET state = r.state, code = r.code, reason = r.reason, remedy = r.remedy, clauses = r.clauses, decided_at = r.decided_at
    FROM json_to_recordset(${rows}::json)
      AS r(id uuid, state text, code text, reason text, remedy text, clauses jsonb, decided_at timestamptz)
    WHERE tags.id = r.id`.execute(tx);
}

/** Writes on pending tags what they wait for. */
export async function putWaiting(
  tx: Tx,
  tags: readonly Pick<PendingTag, "id">[],
  why: { readonly code: TagCode; readonly reason: string; readonly remedy: string },
): Promise<void> {
  await tx
    .updateTable("tags")
    .set(why)
    .where(sql<boolean>`id = ANY(${sql.val(tags.map(({ id }) => id))}::uuid[])`)
    .where("state", "=", "pending")
    .execute();
}

function verdictColumns(verdict: Refused | Ignored) {
  if (verdict.kind === "ignored")
    return {
      state: "ignored" as const,
      code: null,
      reason: verdict.reason,
      remedy: null,
      clauses: [],
    };
  return {
    state: "refused" as const,
    code: verdict.code,
    reason: verdict.reason,
    remedy: verdict.remedy,
    clauses: clausesOf(verdict),
  };
}

/** A tag's page and its line in the log show this many; a folder of a thousand wrong files has more. */
const CLAUSES_SHOWN = 100;

/** The clauses of a refused tag, its findings among them. */
export function clausesOf(verdict: Refused): Clause[] {
  return [...verdict.clauses, ...verdict.findings.map(findingClause)].slice(0, CLAUSES_SHOWN);
}

/** A refused tag has no version to hang findings on, so each becomes a clause of the page that says why. */
function findingClause(finding: Refused["findings"][number]) {
  const fix = finding.fix === undefined ? "" : ` Fix: ${finding.fix}`;
  return {
    name: finding.rule,
    held: finding.severity !== "error",
    evidence: `${finding.file}:${finding.line}:${finding.column} ${finding.message}.${fix}`,
  };
}

export type Attempt = {
  readonly id: string;
  readonly name: string;
  readonly oid: string;
  readonly verdict: Refused;
};

/** At most this many refused pushes are remembered for a source; a new one takes the place of the oldest. */
const ATTEMPTS_KEPT = 1_000;

/**
 * Records a push that the server refused: git kept nothing of it, but its author shall find the reason on a page. True
 * when the very same was tried before.
 */
export async function recordAttempt(
  tx: Tx,
  sourceId: string,
  attempt: Attempt,
  now: Date,
): Promise<boolean> {
  const facts = { ...verdictColumns(attempt.verdict), decided_at: now };
  const values = { ...facts, clauses: JSON.stringify(facts.clauses) };
  const known = await tx
    .updateTable("tags")
    .set(values)
    .where("source_id", "=", sourceId)
    .where("name", "=", attempt.name)
    .where("oid", "=", attempt.oid)
    .where("in_git", "=", false)
    .returning("id")
    .executeTakeFirst();
  if (known !== undefined) return true;
  const { kept } = await tx
    .selectFrom("tags")
    .where("source_id", "=", sourceId)
    .where("in_git", "=", false)
    .select((eb) => eb.fn.countAll<number>().as("kept"))
    .executeTakeFirstOrThrow();
  if (kept >= ATTEMPTS_KEPT) {
    await reuseOldestAttempt(tx, sourceId, attempt, values, now);
    return false;
  }
  await tx
    .insertInto("tags")
    .values({
      id: attempt.id,
      source_id: sourceId,
      name: attempt.name,
      oid: attempt.oid,
      bytes: null,
      drift: null,
      in_git: false,
      first_seen_at: now,
      ...values,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return false;
}

async function reuseOldestAttempt(
  tx: Tx,
  sourceId: string,
  attempt: Attempt,
  values: {
    state: "ignored" | "refused";
    code: string | null;
    reason: string;
    remedy: string | null;
    clauses: string;
    decided_at: Date;
  },
  now: Date,
): Promise<void> {
  await tx
    .updateTable("tags")
    .set({ ...values, name: attempt.name, oid: attempt.oid, first_seen_at: now })
    .where("id", "=", (eb) =>
      eb
        .selectFrom("tags")
        .where("source_id", "=", sourceId)
        .where("in_git", "=", false)
        .orderBy("first_seen_at")
        .limit(1)
        .select("id"),
    )
    .execute();
}
