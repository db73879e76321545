import type { ControlSnapshot, ImportLaw, PolicyLaw, WaiverLaw } from "../control/index.ts";
import { keepInForce } from "./decide.ts";
import type { OwnersVerdict } from "./owners/owner-review.ts";

export type ApprovedFacts = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly digest: string;
};

/** Who approved this content of this version; never who signed it. Pure. */
export function listApprovers(
  law: Pick<ControlSnapshot, "approvals">,
  version: ApprovedFacts,
  signer: string,
): readonly string[] {
  const coordinate = `${version.team}/${version.skill}`;
  return law.approvals
    .filter((one) => one.skill === coordinate && one.version === version.version)
    .filter((one) => one.digest === version.digest && !isSamePerson(one.by, signer))
    .map((one) => one.by);
}

/** The waivers of these bytes that somebody other than their signer gave; expired ones are among them. Pure. */
export function listWaivers(
  law: Pick<ControlSnapshot, "waivers">,
  version: ApprovedFacts,
  signer: string,
): readonly WaiverLaw[] {
  const coordinate = `${version.team}/${version.skill}`;
  return law.waivers
    .filter((one) => one.skill === coordinate && one.version === version.version)
    .filter((one) => one.digest === version.digest && !isSamePerson(one.by, signer))
    .filter((one) => !isSamePerson(one.by, one.requestedBy));
}

/** The same without those that do not count any more or never did, the one that lasts longest first. Pure. */
export function listWaiversInForce(
  law: Pick<ControlSnapshot, "waivers">,
  version: ApprovedFacts,
  signer: string,
  now: Date,
): readonly WaiverLaw[] {
  return keepInForce(listWaivers(law, version, signer), now);
}

/**
 * What is asked of a person before a version that was imported is published: nothing once somebody other than its signer
 * has confirmed the very tags that came with its source. Pure.
 */
export function askOfImport(
  confirmed: readonly ImportLaw[],
  digest: string,
  signer: string,
): readonly string[] {
  const because = (rest: string) => [
    `it was tagged before this source was registered, and ${rest}`,
  ];
  if (confirmed.length === 0) return because("nobody has confirmed that history");
  const meant = confirmed.filter((one) => one.digest === digest);
  if (meant.length === 0) return because("what was confirmed are not the tags that came with it");
  if (meant.every(({ by }) => isSamePerson(by, signer)))
    return because(`only ${signer}, who signed it, has confirmed that history`);
  return [];
}

/** What a strict policy asks of a person before a version is published that only one pair of eyes has seen. Pure. */
export function askOfSingleAuthor(
  policy: Pick<PolicyLaw, "singleAuthor">,
  author: string | null,
): readonly string[] {
  if (policy.singleAuthor === "allow" || author === null) return [];
  return [`${author} alone may sign for this source, and policy asks for somebody else's word`];
}

/** What a strict policy asks of a person before a version is published whose code owners have not approved it. Pure. */
export function askOfOwners(
  policy: Pick<PolicyLaw, "codeOwners">,
  source: { readonly kind: "hosted" | "followed" },
  review: { readonly verdict: OwnersVerdict | null; readonly problem: string | null } | undefined,
): readonly string[] {
  if (policy.codeOwners === "ignore" || review?.verdict?.kind === "approved") return [];
  return [`policy asks for the approval of its code owners, and ${sayLacking(source, review)}`];
}

function sayLacking(
  { kind }: Parameters<typeof askOfOwners>[1],
  review: Parameters<typeof askOfOwners>[2],
): string {
  if (kind === "hosted") return "its source is hosted here, where there are no pull requests";
  if (review?.verdict?.kind === "lacking") return review.verdict.because;
  if (review?.problem) return `GitHub could not be asked: ${review.problem}`;
  return "GitHub has not said yet who approved it; its source must live there, with the registry's App installed";
}

/** Who approved what is published, for the registry log. Pure. */
export function sayOwners(verdict: OwnersVerdict | null | undefined): readonly string[] {
  if (verdict?.kind !== "approved") return [];
  return verdict.by.map(
    ({ number, headOid, approvers }) =>
      `code owners: pull request ${number} at ${headOid}, approved by ${approvers.join(", ")}`,
  );
}

/** Principals as everywhere: without regard to the case of their letters. */
export function isSamePerson(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
