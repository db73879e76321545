import type { ControlSnapshot, SourceLaw } from "../control/index.ts";
import type { Authorisation, Clause } from "./types.ts";

export type AuthoriseFacts = {
  readonly principal: string;
  readonly source: SourceLaw;
  readonly snapshot: Pick<ControlSnapshot, "teams">;
  readonly tagger: { readonly email: string; readonly timeSeconds: number };
  readonly firstSeenAt: Date;
  /** Already there when the source was registered: its date is not held against it. */
  readonly isImported: boolean;
};

type Refused = Extract<Authorisation, { kind: "refused" }>["because"];
type Step = { readonly clause: Clause; readonly because: Refused };

const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const MAX_AHEAD_MS = 10 * 60 * 1000;

/** Whether this signer may release from this source, now: team, tagger and date, in that order. Pure. */
export function authorise(facts: AuthoriseFacts): Authorisation {
  const clauses: Clause[] = [];
  for (const judge of [judgeTeam, judgeTagger, judgeDate]) {
    const { clause, because } = judge(facts);
    clauses.push(clause);
    if (!clause.held) return { kind: "refused", because, evidence: clause.evidence, clauses };
  }
  const evidence = clauses.map((clause) => clause.evidence).join("; ");
  return { kind: "allowed", evidence, clauses };
}

function judgeTeam({ principal, source, snapshot }: AuthoriseFacts): Step {
  const because = "SIGNER_NOT_ALLOWED";
  const team = snapshot.teams.get(source.team);
  const step = (held: boolean, evidence: string) => ({
    because: because as Refused,
    clause: { name: "team", held, evidence },
  });
  if (team?.signers.some((one) => isSame(one, principal)))
    return step(true, `${principal} signs for team ${source.team}`);
  if (source.signers.some((one) => isSame(one, principal)))
    return step(true, `${principal} signs for source ${source.slug}`);
  return step(
    false,
    `${principal} is not a signer of team ${source.team}, which owns source ${source.slug}`,
  );
}

function judgeTagger({ principal, tagger }: AuthoriseFacts): Step {
  const held = isSame(tagger.email, principal);
  const evidence = held
    ? `tagged by ${principal}`
    : `tagged by ${JSON.stringify(tagger.email)}, signed by ${principal}`;
  return { because: "TAGGER_MISMATCH", clause: { name: "tagger", held, evidence } };
}

function judgeDate({ tagger, firstSeenAt, isImported }: AuthoriseFacts): Step {
  const aheadMs = tagger.timeSeconds * 1000 - firstSeenAt.getTime();
  const held = isImported || (aheadMs >= -MAX_AGE_MS && aheadMs <= MAX_AHEAD_MS);
  const far = `${describeSpan(Math.abs(aheadMs))} ${aheadMs > 0 ? "after" : "before"} it was first seen`;
  const evidence = isImported
    ? "here when the source was registered, so that its date is not judged"
    : `dated ${far}`;
  return { because: "TAGGER_DATE", clause: { name: "date", held, evidence } };
}

/** E-mail addresses, compared without regard to the case of ASCII letters. */
function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function describeSpan(spanMs: number): string {
  const minutes = Math.round(spanMs / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
