import type { PulledSkill, PullEvals, PullFacts } from "@assay/registry/publish";
import type { Annotation, CheckRun } from "./check-run.ts";
import { ACTIONS, MAX_ANNOTATIONS, MAX_SUMMARY, MAX_TITLE, toAnnotation } from "./check-run.ts";
import { code, fit, oneLine } from "./markup.ts";

/** Says of a pull request what a release of its skills would come to: a check for each concern. Pure. */
export function describePull(facts: PullFacts, publicUrl: string): readonly CheckRun[] {
  const page = `${publicUrl}/sources/${encodeURIComponent(facts.source)}/pulls/${facts.number}`;
  const leftOut = facts.report?.leftOut ?? 0;
  const about = (name: string, told: Told): CheckRun => ({
    name: `Assay: ${name}`,
    headSha: facts.headOid,
    status: told.conclusion === null ? "in_progress" : "completed",
    conclusion: told.conclusion,
    detailsUrl: page,
    externalId: `${facts.id}/${name}`,
    title: oneLine(told.title, MAX_TITLE),
    summary: fit(
      [`[All of it on one page](${page})`, ...beyond(leftOut, told), "", ...told.lines],
      MAX_SUMMARY,
    ),
    annotations: told.annotations.slice(0, MAX_ANNOTATIONS),
    actions: told.actions ?? [],
  });
  if (facts.report === null) return [about("summary", FOREIGN)];
  const { skills } = facts.report;
  const concerns: readonly Concern[] =
    skills.length === 0
      ? []
      : [
          ["skill", tellValidity(skills)],
          ["scan", tellScan(skills)],
          ...(facts.evals.length === 0 ? [] : [["evals", tellEvals(facts)] as const]),
          ["release", tellRelease(skills, facts.signer)],
        ];
  return [["summary", tellSummary(concerns)] as const, ...concerns].map(([name, told]) =>
    about(name, told),
  );
}

type Concern = readonly [name: string, told: Told];

/**
 * One line that says what to do, and the one check that a branch can be protected with: it is there for every pull request,
 * and good where none of the others is bad.
 */
function tellSummary(concerns: readonly Concern[]): Told {
  const first = (wanted: Told["conclusion"]) =>
    concerns.find(([, { conclusion }]) => conclusion === wanted)?.[1];
  const bad = first("failure");
  const open = first(null);
  // The release is neutral always and stands last: it is told where nothing else wants to be known.
  const says = bad ?? open ?? first("neutral");
  return {
    conclusion: bad ? "failure" : open ? null : "success",
    title: says?.title ?? "No skill is touched.",
    lines: concerns.map(([name, { title, conclusion }]) => {
      return `- **${name}** (${conclusion === null ? "going on" : MARKS[conclusion]}): ${code(title)}`;
    }),
    annotations: [],
  };
}

const MARKS: Readonly<Record<NonNullable<Told["conclusion"]>, string>> = {
  success: "fine",
  failure: "to mend",
  neutral: "to know",
  action_required: "to do",
};

type Told = {
  /** Null while it goes on. */
  readonly conclusion: CheckRun["conclusion"];
  readonly title: string;
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly actions?: CheckRun["actions"];
};

/** Whoever may push a branch of a fork is a stranger: nothing of it is read or run before somebody vouches for the commit. */
const FOREIGN: Told = {
  // GitHub takes a neutral check for a good one where a branch asks for it.
  conclusion: "action_required",
  title: "A maintainer has to let this commit be judged.",
  lines: [
    "It comes from a fork. Nothing of it is fetched, read or run before somebody who may write here presses",
    "**Judge this commit**, having read it. Another commit needs another word.",
  ],
  annotations: [],
  actions: [ACTIONS.judge],
};

function tellValidity(skills: readonly PulledSkill[]): Told {
  const bad = skills.filter(({ isPublishable }) => !isPublishable);
  return {
    conclusion: bad.length > 0 ? "failure" : "success",
    title:
      bad.length === 0
        ? "SKILL.md and folder keep every rule."
        : `Mend what is marked: ${bad.map(nameOf).join(", ")} could not be published.`,
    lines: skills.map((one) => {
      const errors = one.findings.filter(({ severity }) => severity === "error").length;
      const remarks = one.findings.length - errors;
      const what = one.problem ?? `${errors} errors, ${remarks} remarks`;
      return `- ${code(nameOf(one))} ${code(what)}`;
    }),
    annotations: annotate(skills, ({ findings }) => findings),
  };
}

/** What the pull request itself brings decides its colour; what a release would come to is said in any case. */
function tellScan(skills: readonly PulledSkill[]): Told {
  const scanned = skills.flatMap((one) => (one.scan === null ? [] : [{ ...one, scan: one.scan }]));
  const blocked = scanned.filter(({ scan }) => scan.verdict === "block");
  const isBad = blocked.some(({ scan }) => scan.added.some(isGrave));
  const isHeld = scanned.some(({ scan }) => ["warn", "incomplete"].includes(scan.verdict));
  const count = scanned.reduce((sum, { scan }) => sum + scan.added.length, 0);
  const outcome = isBad
    ? ": a release would be blocked"
    : blocked.length > 0
      ? "; a release would be blocked for what the base has too"
      : isHeld
        ? "; a release would wait for a person"
        : "";
  return {
    conclusion: isBad ? "failure" : outcome === "" ? "success" : "neutral",
    title: `${sayNew(count)}${outcome}.`,
    lines: scanned.flatMap((one) => [
      `### ${code(nameOf(one))}`,
      "",
      `${code(one.scan.verdict)}, ${one.scan.score} of 100. ${sayNew(one.scan.added.length)}, ${one.scan.known} that the base has too.`,
      "",
      ...one.scan.gained.slice(0, 30).map((ability) => `- able to do since this: ${code(ability)}`),
      ...one.scan.gaps.slice(0, 10).map((gap) => `- not read: ${code(gap)}`),
      "",
    ]),
    annotations: annotate(skills, ({ scan }) => scan?.added ?? []),
  };
}

const isGrave = ({ severity }: PulledSkill["findings"][number]) =>
  severity === "critical" || severity === "high";

function sayNew(count: number): string {
  if (count === 0) return "Nothing new was found";
  return count === 1 ? "1 new finding" : `${count} new findings`;
}

function tellRelease(skills: readonly PulledSkill[], signer: PullFacts["signer"]): Told {
  const ready = skills.flatMap((one) =>
    one.release?.tag ? [{ ...one, release: one.release, tag: one.release.tag }] : [],
  );
  const [first] = ready;
  return {
    conclusion: "neutral",
    title:
      first === undefined
        ? "There is nothing to release."
        : `After the merge: git tag -s ${first.tag}${ready.length > 1 ? `, and ${ready.length - 1} more` : ""}${signer?.kind === "unready" ? ", by somebody who may sign" : ""}`,
    lines: [
      ...(first === undefined ? [] : saySigner(signer)),
      ...ready.flatMap(({ release, tag, digest, ...one }) => [
        `### ${code(nameOf(one))}`,
        "",
        `${code(release.previous ?? "no version")} → ${code(release.version ?? "")}, a step of ${code(release.bump)}.`,
        "",
        "```sh",
        `git tag -s ${tag} -m ${tag}`,
        `git push origin ${tag}`,
        "```",
        "",
        ...release.notes.map((note) => `- ${code(note)}`),
        "",
        ...(digest === null
          ? []
          : [
              `The release will have the digest ${code(digest)} if nothing changes until then.`,
              "",
            ]),
      ]),
    ],
    annotations: [],
  };
}

function saySigner(signer: PullFacts["signer"]): readonly string[] {
  if (signer === null) return [];
  const help = signer.help === null ? [] : ["", "```sh", signer.help, "```"];
  return [`**Who signs it:** ${code(signer.says)}`, ...help, ""];
}

/**
 * A case that decides and fails is a failure whether the released version fails it too or not: a release of this head
 * would be refused for it. Which of the two it is stands in the title, since it says who has to look.
 */
function tellEvals({ evals: runs, failures }: PullFacts): Told {
  const isOver = runs.every(({ state }) => state === "done" || state === "cancelled");
  const isBad = runs.some(({ outcome }) => outcome === "block");
  const isGood = runs.every(({ outcome }) => outcome === "pass");
  return {
    conclusion: isOver ? (isBad ? "failure" : isGood ? "success" : "neutral") : null,
    title: isOver ? titleOfEvals(runs, isBad, isGood) : "The cases run.",
    lines: runs.flatMap((run) => [
      `### ${code(run.skill)}`,
      "",
      `${code(run.outcome ?? run.state)} ${code(run.summary)}`,
      "",
      sayAgainst(run),
      "",
      ...run.cases.slice(0, MAX_CASES).flatMap((one) => {
        const change = one.change === null ? "" : `, ${CHANGES[one.change]}`;
        const own = failures.filter(
          ({ folder, name }) => folder === run.folder && name === one.name,
        );
        return [
          `- ${code(one.name)} ${code(one.status)}, ${one.isRequired ? "decides" : "evidence"}${change}`,
          ...own.slice(0, MAX_CHECKS).map(sayFailure),
        ];
      }),
      ...run.removed.slice(0, MAX_CASES).map((name) => `- ${code(name)} is not here any more`),
      "",
    ]),
    annotations: [],
    actions: isOver ? [ACTIONS["run-evals"]] : [],
  };
}

/** Below its case: what was expected and what it was, or why there is no result. */
function sayFailure({ because, check, expected, actual }: PullFacts["failures"][number]): string {
  if (check === null) return `  - ${code(because ?? "it was not graded")}`;
  return `  - ${code(check)}: expected ${code(expected ?? "")}, was ${code(actual ?? "") || "nothing"}`;
}

const MAX_CASES = 100;
const MAX_CHECKS = 5;
const CHANGES = {
  same: "as released",
  mended: "**mended**",
  broken: "**newly failing**",
  added: "new",
  unknown: "not enough evidence to compare",
} as const;

function titleOfEvals(runs: readonly PullEvals[], isBad: boolean, isGood: boolean): string {
  const cases = runs.flatMap((run) => run.cases);
  const broken = cases.filter(({ change }) => change === "broken").length;
  const mended = cases.filter(({ change }) => change === "mended").length;
  if (isBad && broken === 1) return "1 case fails that passes in what is released.";
  if (isBad && broken > 1) return `${broken} cases fail that pass in what is released.`;
  const isKnown = runs.some(({ against }) => against !== null);
  if (isBad && isKnown) return "A case that decides did not pass, and did not in what is released.";
  if (isBad) return "A case that decides did not pass.";
  if (isGood && mended > 0) return `All cases passed, ${mended} of them mended.`;
  return isGood ? "All cases passed." : "See below.";
}

function sayAgainst({ against, state, cases }: PullEvals): string {
  if (state !== "done" || cases.length === 0) return "";
  return against === null
    ? "Nothing is released that was run, so there is not enough evidence of what changed."
    : `Beside the newest run of ${code(against)}:`;
}

function annotate(
  skills: readonly PulledSkill[],
  pick: (skill: PulledSkill) => PulledSkill["findings"],
): readonly Annotation[] {
  return skills.flatMap((one) => pick(one).map((finding) => toAnnotation(one.folder, finding)));
}

function beyond(leftOut: number, { annotations }: Told): readonly string[] {
  return [
    ...(leftOut === 0 ? [] : [`${leftOut} more skills are touched and were not looked at.`]),
    ...(annotations.length <= MAX_ANNOTATIONS
      ? []
      : [`${annotations.length} remarks, of which ${MAX_ANNOTATIONS} stand at their lines.`]),
  ];
}

function nameOf({ name, folder }: Pick<PulledSkill, "name" | "folder">): string {
  return name ?? folder;
}
