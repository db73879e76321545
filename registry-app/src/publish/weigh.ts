import { findSingleAuthor, policyOf, type ControlSnapshot } from "../control/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../runtime/index.ts";
import { askOfImport, askOfSingleAuthor, listApprovers, listWaivers } from "./approvals.ts";
import { decide, type Decision } from "./decide.ts";
import { standingOf } from "./standing.ts";
import { listCheckStates } from "./store/decisions.ts";
import { findImport } from "./store/imports.ts";
import type { RecordedCheck, ReleaseFacts } from "./types.ts";

/** A decision with everything it rests on. */
export type Weighed = {
  readonly decision: Decision;
  readonly checks: readonly RecordedCheck[];
  readonly law: ControlSnapshot;
  /** Nothing but the history that its source came with holds it: one confirmation lets all of that through. */
  readonly isImportOnly: boolean;
};

/** Gathers what is known of a version now and decides; writes nothing. */
export async function weigh(
  deps: {
    readonly db: Db;
    readonly law: () => Promise<ControlSnapshot>;
    readonly clock: Clock;
  },
  version: ReleaseFacts,
): Promise<Weighed> {
  const law = await deps.law();
  const checks = await listCheckStates(deps.db, version.id);
  const standing = standingOf(law, version);
  const ofImport = await askAboutImport(deps.db, law, version);
  const { slug } = version.source;
  const policy = policyOf(law, slug);
  const author = findSingleAuthor(law, slug);
  const decision = decide({
    checks,
    policy,
    approvals: listApprovers(law, version, version.signer.principal),
    waivers: listWaivers(law, version, version.signer.principal),
    now: deps.clock.now(),
    asks: [...ofImport, ...askOfSingleAuthor(policy, author)],
    compromised: standing.kind === "quarantined" ? standing.reason : null,
  });
  const isImportOnly =
    decision.kind === "hold" && decision.reasons.every((reason) => ofImport.includes(reason));
  return { decision, checks, law, isImportOnly };
}

/** What was imported is counted only where somebody has confirmed it. */
async function askAboutImport(
  db: Db,
  law: ControlSnapshot,
  version: ReleaseFacts,
): Promise<readonly string[]> {
  if (!version.isImported) return [];
  const confirmed = law.imports.filter(({ source }) => source === version.source.slug);
  const { digest } =
    confirmed.length === 0 ? { digest: "" } : await findImport(db, version.source.id);
  return askOfImport(confirmed, digest, version.signer.principal);
}
