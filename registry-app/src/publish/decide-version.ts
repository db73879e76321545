import { record } from "../audit/index.ts";
import type { ControlSnapshot } from "../control/index.ts";
import { transaction, type Db, type Tx } from "../db/index.ts";
import type { Clock } from "../runtime/index.ts";
import { nextPatch } from "./bind-batch.ts";
import { remedyFor } from "./codes.ts";
import type { Decision } from "./decide.ts";
import type { RegistryLog } from "./registry-log.ts";
import { findReleaseFacts, putDecision } from "./store/decisions.ts";
import { openOwnerReview } from "./store/owner-reviews.ts";
import { toLoggedCheck } from "./logged-check.ts";
import type { ReleaseFacts } from "./types.ts";
import { weigh } from "./weigh.ts";

export type DecideDeps = {
  readonly db: Db;
  readonly law: () => Promise<ControlSnapshot>;
  readonly registryLog: RegistryLog;
  readonly clock: Clock;
  /** Called in the transaction that decided to publish. */
  readonly onPublish: (tx: Tx, versionId: string) => Promise<void>;
  /** Called in the transaction that held a version for the word of its code owners, which nobody has looked for yet. */
  readonly onOwnersOpen: (tx: Tx, versionId: string) => Promise<void>;
  /** Makes the JSON that answers with Postgres down say what may be seen of a skill: what is held is shown as such. */
  readonly alignFiles: (skillId: string) => Promise<void>;
};

/** Within this time the job that looks for the word of code owners has put its questions. */
const OWNERS_WITHIN_MS = 120_000;

/**
 * Decides on a candidate or a held version from what is recorded now. A decision is written once; deciding again while
 * nothing changed writes nothing.
 */
export async function decideVersion(
  deps: DecideDeps,
  versionId: string,
): Promise<Decision["kind"] | "gone"> {
  const version = await findReleaseFacts(deps.db, versionId);
  if (version === undefined) return "gone";
  if (version.state !== "candidate" && version.state !== "held") return "gone";
  const { decision, checks, law, isImportOnly, isOwnersOpen } = await weigh(deps, version);
  const coordinate = `${version.team}/${version.skill}@${version.version}`;
  if (decision.kind === "wait") return decision.kind;

  const now = deps.clock.now();
  const remedy = remedyOf(version, decision, isImportOnly);
  const isNew = await transaction(deps.db, async (tx) => {
    if (decision.kind === "publish") await deps.onPublish(tx, versionId);
    if (decision.kind === "hold" && isOwnersOpen) {
      const dueAt = new Date(now.getTime() + OWNERS_WITHIN_MS);
      await openOwnerReview(tx, { versionId, sourceId: version.source.id }, dueAt);
      await deps.onOwnersOpen(tx, versionId);
    }
    if (!(await putDecision(tx, version, decision, remedy, now))) return false;
    await deps.registryLog.append(tx, [
      {
        kind: "decided",
        key: `decided:${version.tagOid}:${decision.kind}:${now.getTime()}`,
        at: now.toISOString(),
        coordinate,
        source: version.source.slug,
        tag: version.tagName,
        tagOid: version.tagOid,
        digest: version.digest,
        decision: decision.kind,
        code: decision.kind === "publish" ? null : decision.code,
        reasons: [...decision.reasons],
        remedy,
        checks: checks.map(toLoggedCheck),
        ...(decision.kind === "publish" &&
          decision.waived.length > 0 && { waived: [...decision.waived] }),
        law: law.digest,
      },
    ]);
    await record(tx, {
      actor: "system",
      action: `version.${decision.kind}`,
      subject: coordinate,
      detail: { reasons: decision.reasons },
      at: now,
    });
    return true;
  });
  if (!isNew) return decision.kind;
  // A release flushes by itself; what is held or refused has nothing that would.
  if (decision.kind !== "publish") await deps.registryLog.flush();
  if (decision.kind === "hold" || version.state === "held") await deps.alignFiles(version.skillId);
  return decision.kind;
}

function remedyOf(version: ReleaseFacts, decision: Decision, isImport: boolean): string | null {
  if (decision.kind !== "hold" && decision.kind !== "refuse") return null;
  return remedyFor(decision.code, {
    tag: version.tagName,
    source: version.source.slug,
    isImport,
    skill: decision.kind === "hold" ? `${version.team}/${version.skill}` : version.skill,
    // What was judged keeps its version, so that the mended one is the next.
    nextVersion: decision.kind === "hold" ? version.version : nextPatch(version.version),
  });
}
