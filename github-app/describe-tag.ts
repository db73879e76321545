import type { TagFacts } from "@assay/registry/publish";
import {
  ACTIONS,
  MAX_ANNOTATIONS,
  MAX_SUMMARY,
  MAX_TITLE,
  toAnnotation,
  type Annotation,
  type CheckRun,
} from "./check-run.ts";
import { code, fit, oneLine } from "./markup.ts";

const MAX_NAME = 100;

/** Says of a tag, on its commit, what the registry makes of it. Pure; undefined when there is no commit to say it on. */
export function describeTag(facts: TagFacts, publicUrl: string): CheckRun | undefined {
  const headSha = facts.commitOid;
  if (headSha === null) return undefined;
  const page = `${publicUrl}/sources/${encodeURIComponent(facts.source)}/tags/${facts.tag.split("/").map(encodeURIComponent).join("/")}`;
  const { conclusion, word } = judgementOf(facts);
  return {
    name: oneLine(`Assay: ${facts.tag}`, MAX_NAME),
    headSha,
    status: conclusion === null ? "in_progress" : "completed",
    conclusion,
    detailsUrl: page,
    externalId: facts.tagId,
    title: oneLine(titleOf(facts, word), MAX_TITLE),
    summary: fit(summaryOf(facts, page), MAX_SUMMARY),
    annotations: annotationsOf(facts),
    actions: actionsOf(facts),
  };
}

function actionsOf({ state, version, findings }: TagFacts): CheckRun["actions"] {
  const hasEvals = version?.checks.some(({ name }) => name === "evals") === true;
  const mayWaive = version !== null && state === "held" && waivable(findings).length > 0;
  return [
    ...(hasEvals && state !== "pending" ? [ACTIONS["run-evals"]] : []),
    ...(mayWaive ? [ACTIONS["ask-waiver"]] : []),
  ];
}

/** Rules of the scan; nothing else holds a version by a finding. */
function waivable(findings: TagFacts["findings"]): readonly string[] {
  return [...new Set(findings.filter(({ check }) => check === "scan").map(({ rule }) => rule))];
}

const DRIFTED = {
  moved: "published; the tag was moved since",
  vanished: "published; the tag was deleted since",
  unreachable: "published; the branch has lost its commit since",
} as const;

function judgementOf({ state, drift, version }: TagFacts) {
  const now = version?.state;
  if (now === "quarantined" || now === "yanked")
    return { conclusion: "failure", word: now } as const;
  if (drift !== null && state === "published")
    return { conclusion: "action_required", word: DRIFTED[drift] } as const;
  switch (state) {
    case "pending":
      return { conclusion: null, word: "is being judged" } as const;
    case "published":
      return { conclusion: "success", word: "published" } as const;
    case "held":
      return { conclusion: "action_required", word: "held" } as const;
    case "refused":
      return { conclusion: "failure", word: "refused" } as const;
    case "ignored":
      return { conclusion: "neutral", word: "not a version of a skill" } as const;
  }
}

function titleOf({ tag, code: reason, version }: TagFacts, word: string): string {
  const what = version === null ? tag : `${version.team}/${version.skill} ${version.version}`;
  return reason === null ? `${what}: ${word}` : `${what}: ${word}, ${reason}`;
}

function summaryOf(facts: TagFacts, page: string): readonly string[] {
  const { reason, remedy, version, clauses, findings } = facts;
  return [
    ...putBack(facts),
    ...(reason === null ? [] : [`**Why:** ${code(reason, 600)}`, ""]),
    ...(version?.reasons ?? []).map((one) => `- ${code(one)}`),
    "",
    ...(remedy === null || remedy === "" ? [] : [`**What to do:** ${code(remedy, 600)}`, ""]),
    ...waiverOf(facts),
    ...tableOf(
      "Check",
      (version?.checks ?? []).map((one) => [one.name, one.outcome ?? "waits", one.summary]),
    ),
    ...tableOf(
      "Judged",
      clauses.map((one) => [one.name, one.held ? "held" : "did not hold", one.evidence]),
    ),
    ...(findings.length > MAX_ANNOTATIONS
      ? [`${findings.length} findings, of which ${MAX_ANNOTATIONS} are shown as annotations.`, ""]
      : []),
    `[Everything about this tag](${page})`,
  ];
}

const MAX_WAIVERS = 10;

/** A waiver takes two, and is law: a button says that one of them asks, and what the other has to commit. */
function waiverOf({ version, waiverAskedBy, findings, state }: TagFacts): readonly string[] {
  if (version === null || waiverAskedBy.length === 0 || state !== "held") return [];
  const { team, skill, version: number, digest } = version;
  return [
    `${waiverAskedBy.map((one) => code(one)).join(", ")} asked for a waiver. Whoever may approve it commits one file for each rule to \`waivers/\` of the control repo:`,
    "",
    "```yaml",
    ...waivable(findings)
      .slice(0, MAX_WAIVERS)
      .flatMap((rule, nth) => [
        ...(nth === 0 ? [] : ["---"]),
        `skill: ${team}/${skill}`,
        `version: ${number}`,
        `digest: ${digest}`,
        `rule: ${rule}`,
        "requestedBy: ADDRESS OF WHO ASKED",
        "by: YOUR ADDRESS",
        "reason: WHY IT MAY PASS",
        "until: YYYY-MM-DDT00:00:00Z",
      ]),
    "```",
    "",
  ];
}

/** What was published stays as it was; where its tag went is for its author to mend. */
function putBack({ drift, state, tag, oid }: TagFacts): readonly string[] {
  if (drift === null || drift === "unreachable" || state !== "published") return [];
  return [
    "What was published stays as it was. A changed skill is a new version; to put the tag back:",
    "",
    "```sh",
    // A name that was published is a skill's and a version: it needs no quotes and holds no markup.
    `git push origin +${oid}:refs/tags/${tag}`,
    "```",
    "",
  ];
}

function tableOf(head: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    `| ${head} | | |`,
    "|---|---|---|",
    ...rows.map((cells) => `| ${cells.map((cell) => code(cell)).join(" | ")} |`),
    "",
  ];
}

function annotationsOf({ findings, version }: TagFacts): readonly Annotation[] {
  return findings
    .slice(0, MAX_ANNOTATIONS)
    .map((finding) => toAnnotation(version?.folder ?? "", finding));
}
