import { contentDigest, findUnfitPath } from "../blobs/index.ts";
import { checkLine, type LineCheck, type ProvenLine } from "./check-line.ts";
import { checkTag, type TagDeps } from "./check-tag.ts";
import type { Evidence, LineProof } from "./evidence.ts";
import { DISTRUST, type Fault } from "./fault.ts";

export type EvidenceDeps = TagDeps & {
  /** Fingerprints of the keys that may sign the log of this registry. */
  readonly registryKeys: ReadonlySet<string>;
};

/** What the evidence proves of a version. */
export type Proven = {
  readonly state: "published" | "yanked" | "quarantined";
  /** Why it is not offered any more; empty for one that is. */
  readonly reason: string;
  readonly signer: { readonly principal: string; readonly key: string };
  readonly firstSeenAt: string;
  /** The last of the lines that speak of it. */
  readonly newestLine: number;
  /** The largest size of the log that a proof speaks of. */
  readonly provenSize: number;
};

export type EvidenceCheck =
  | { readonly kind: "proven"; readonly proven: Proven }
  | { readonly kind: "unproven"; readonly faults: readonly Fault[] };

type Lines = {
  readonly accepted: Extract<LineCheck<"accepted">, { kind: "proven" }>;
  readonly decided: Extract<LineCheck<"decided">, { kind: "proven" }>;
  readonly standing: Extract<LineCheck<"standing">, { kind: "proven" }> | null;
};

/** Whether the evidence for a version holds together and rests on the registry's key. Needs nothing but what it is given. */
export async function checkEvidence(
  deps: EvidenceDeps,
  evidence: Evidence,
): Promise<EvidenceCheck> {
  const { log } = evidence;
  const faults: Fault[] = [];
  const prove = <Kind extends ProvenLine["kind"]>(proof: LineProof, kind: Kind) => {
    const check = checkLine(deps, proof, kind);
    if (check.kind === "proven") return check;
    faults.push(lineFault(proof, check));
    return undefined;
  };
  const accepted = prove(log.accepted, "accepted");
  const decided = prove(log.decided, "decided");
  const standing = log.standing === null ? null : prove(log.standing, "standing");
  if (accepted === undefined || decided === undefined || standing === undefined)
    return { kind: "unproven", faults };
  const lines = { accepted, decided, standing };
  faults.push(...findContradictions(evidence, lines).map(contradiction));
  const proven = toProven(evidence, lines);
  if (evidence.tag.object !== null) {
    faults.push(...(await checkTag(deps, evidence.tag, accepted.line)));
    faults.push(...checkFiles(evidence));
  } else if (proven.state !== "quarantined")
    faults.push(contradiction("the evidence has no tag object, and the log knows no quarantine"));
  return faults.length > 0 ? { kind: "unproven", faults } : { kind: "proven", proven };
}

function findContradictions(
  { coordinate, source, commit, tree, digest, tag, log }: Evidence,
  { accepted, decided, standing }: Lines,
): string[] {
  const { line } = accepted;
  const pairs: [string, string, string][] = [
    ["coordinate", coordinate, line.coordinate],
    ["source", source, line.source],
    ["commit", commit, line.commit],
    ["tree", tree, line.tree],
    ["digest", digest, line.digest],
    ["tag object", tag.oid, line.tagOid],
    ["decision's digest", decided.line.digest, line.digest],
  ];
  for (const other of [decided.line, ...(standing === null ? [] : [standing.line])]) {
    pairs.push([`coordinate of the line of the kind ${other.kind}`, other.coordinate, coordinate]);
    pairs.push([`tag object of the line of the kind ${other.kind}`, other.tagOid, tag.oid]);
  }
  const wrong = pairs
    .filter(([, said, logged]) => said !== logged)
    .map(([what, said, logged]) => `its ${what} is ${said}, the log has ${logged}`);
  const order = [log.accepted.line, log.decided.line, log.standing?.line ?? Infinity];
  if (order.some((place, at) => at > 0 && place <= (order[at - 1] ?? 0)))
    wrong.push("its lines are not in the order of a release");
  if (decided.line.decision !== "publish")
    wrong.push(`it was decided to ${decided.line.decision} it, not to publish it`);
  return wrong;
}

/** The list of files is worth what its digest is worth, and that stands in the log. */
function checkFiles({ files, digest }: Evidence): Fault[] {
  const unfit = findUnfitPath(files);
  if (unfit === undefined && contentDigest(files) === digest) return [];
  const says = "The list of published files does not come to the digest in the registry log.";
  return [{ check: "digest", says, mend: DISTRUST }];
}

function toProven({ log }: Evidence, { accepted, decided, standing }: Lines): Proven {
  const state = standing?.line.standing ?? "published";
  const sizes = [accepted, decided, ...(standing === null ? [] : [standing])];
  return {
    state,
    reason: state === "published" ? "" : (standing?.line.reason ?? ""),
    signer: accepted.line.signer,
    firstSeenAt: accepted.line.firstSeenAt,
    newestLine: log.standing?.line ?? log.decided.line,
    provenSize: Math.max(...sizes.map(({ checkpoint }) => checkpoint.size)),
  };
}

function lineFault(
  proof: LineProof,
  { because, foreignKey }: Extract<LineCheck<ProvenLine["kind"]>, { kind: "unproven" }>,
): Fault {
  const says = `Line ${proof.line} of the registry log is not proven: ${because}.`;
  if (foreignKey === undefined) return { check: "log", says, mend: DISTRUST };
  const mend = `If the registry says that ${foreignKey} is its key too, give both: --registry-key FILE`;
  return { check: "registry", says, mend };
}

function contradiction(what: string): Fault {
  return { check: "log", says: `The evidence contradicts itself: ${what}.`, mend: DISTRUST };
}
