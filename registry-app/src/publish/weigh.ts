import { findSingleAuthor, policyOf, type ControlSnapshot } from "../control/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../runtime/index.ts";
import {
  askOfImport,
  askOfOwners,
  askOfSingleAuthor,
  listApprovers,
  listWaivers,
  sayOwners,
} from "./approvals.ts";
import { decide, type Decision } from "./decide.ts";
import { standingOf } from "./standing.ts";
import { listCheckStates } from "./store/decisions.ts";
import { findImport } from "./store/imports.ts";
import { findOwnerReview } from "./store/owner-reviews.ts";
import type { RecordedCheck, ReleaseFacts } from "./types.ts";

/** A decision with everything it rests on. */
export type Weighed = {
  readonly decision: Decision;
  readonly checks: readonly RecordedCheck[];
  readonly law: ControlSnapshot;
  /** Nothing but the history that its source came with holds it: one confirmation lets all of that through. */
  readonly isImportOnly: boolean;
  /** Policy asks for the approval of code owners, and nobody has looked for it yet. */
  readonly isOwnersOpen: boolean;
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
  const isOwnersAsked = asksForOwners(law, version);
  const owners = isOwnersAsked ? await findOwnerReview(deps.db, version.id) : undefined;
  const decision = decide({
    checks,
    policy,
    approvals: listApprovers(law, version, version.signer.principal),
    waivers: listWaivers(law, version, version.signer.principal),
    now: deps.clock.now(),
    asks: [
      ...ofImport,
      ...askOfSingleAuthor(policy, author),
      ...(isOwnersAsked ? askOfOwners(policy, version.source, owners) : []),
    ],
    grants: sayOwners(owners?.verdict),
    compromised: standing.kind === "quarantined" ? standing.reason : null,
  });
  const isImportOnly =
    decision.kind === "hold" && decision.reasons.every((reason) => ofImport.includes(reason));
  const isOwnersOpen = isOwnersAsked && owners === undefined && version.source.kind !== "hosted";
  return { decision, checks, law, isImportOnly, isOwnersOpen };
}

/**
 * Whether the word of code owners decides about a version. What came with its source has the confirmation of its history,
 * and what is published stays so under a policy that came later.
 */
export function asksForOwners(law: ControlSnapshot, version: ReleaseFacts): boolean {
  const isOpen = version.state === "candidate" || version.state === "held";
  return (
    isOpen && !version.isImported && policyOf(law, version.source.slug).codeOwners === "require"
  );
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
