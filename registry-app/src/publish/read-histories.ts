import {
  compareBump,
  contentBump,
  type Changelog,
  type CommitRecord,
  type SkillContent,
} from "../changelog/index.ts";
import type { PolicyLaw } from "../control/index.ts";
import type { Db } from "../db/index.ts";
import { declaredBump, previousOf } from "../skill/index.ts";
import { listCommitWords, type CommitGraph, type Source } from "../sources/index.ts";
import type { Bound } from "./bind-batch.ts";
import { remedyFor } from "./codes.ts";
import { loadContents } from "./store/facts.ts";
import type { FileFact, FindingFact, History, KnownVersion, Refused } from "./types.ts";

export type HistoryDeps = { readonly db: Db; readonly changelog: Changelog };

type Outcome = ({ readonly kind: "history" } & History) | Refused;

/** What of a bench a history depends on. */
type HistoryBench = {
  readonly source: Pick<Source, "id" | "slug">;
  readonly law: { readonly policy: Pick<PolicyLaw, "bump"> };
};

type ChoosePrevious = (bound: Bound, graph: CommitGraph) => KnownVersion | undefined;

/**
 * Changelog and required bump of each bound tag, against the version before it. A bump that is too small is a warning;
 * it refuses the tag only where policy.yaml says `bump: require`, and never a first version.
 */
export async function readHistories(
  deps: HistoryDeps,
  bench: HistoryBench,
  graph: CommitGraph,
  bound: readonly Bound[],
  choosePrevious: ChoosePrevious,
): Promise<Map<string, Outcome>> {
  const steps = bound.map((one) => {
    const previous = choosePrevious(one, graph);
    const oids = graph.touching(
      one.judged.folder,
      previous?.commitOid ?? null,
      one.judged.commitOid,
    );
    return { one, previous, oids: oids.slice(0, MAX_COMMITS) };
  });
  const words = await loadWords(
    deps.db,
    bench.source.id,
    steps.flatMap((step) => step.oids),
  );
  const contents = await loadPreviousContents(
    deps.db,
    bound,
    steps.flatMap((step) => step.previous ?? []),
  );
  return new Map(
    steps.map(({ one, previous, oids }) => {
      const commits = oids.flatMap((oid) => words.get(oid) ?? []);
      const before = previous && contents.get(previous.id);
      const { tag, judged, packed } = one;
      const content = toContent(judged.skill, judged.reading.allowedTools, packed.files);
      const facts = { previous, commits, ...(before && { content: before }) };
      return [tag.id, tellHistory(deps.changelog, bench, { tag, judged, content }, facts)] as const;
    }),
  );
}

/** A changelog longer than this is read by nobody; it starts at the newest commit. */
export const MAX_COMMITS = 2_000;

/** The highest lower version of the skill that is an ancestor of this one; not the newest by date. */
export function findPrevious(
  { judged, earlier }: Bound,
  graph: CommitGraph,
): KnownVersion | undefined {
  const ancestors = earlier.filter(
    (one) => one.state !== "refused" && graph.isReachable(judged.commitOid, one.commitOid),
  );
  const version = previousOf(
    judged.version,
    ancestors.map((one) => one.version),
  );
  return ancestors.find((one) => one.version === version);
}

async function loadWords(
  db: Db,
  sourceId: string,
  oids: readonly string[],
): Promise<Map<string, CommitRecord>> {
  const words = await listCommitWords(db, sourceId, [...new Set(oids)]);
  return new Map(words.map((one) => [one.oid, one]));
}

/** Of versions in the same batch the content is at hand; of older ones it is read from the tables. */
async function loadPreviousContents(
  db: Db,
  bound: readonly Bound[],
  previous: readonly KnownVersion[],
): Promise<Map<string, SkillContent>> {
  const contents = new Map(
    bound.map((one) => [
      one.id,
      toContent(one.judged.skill, one.judged.reading.allowedTools, one.packed.files),
    ]),
  );
  const older = previous.filter((one) => !contents.has(one.id)).map((one) => one.id);
  for (const [id, { name, allowedTools, files }] of await loadContents(db, older))
    contents.set(id, toContent(name, allowedTools, files));
  return contents;
}

export function toContent(
  name: string,
  allowedTools: readonly string[],
  files: readonly FileFact[],
): SkillContent {
  return { name, allowedTools, files };
}

/** The rule under which a step that is too small is noted. */
export const BUMP_RULE = "version.bump-too-small";

/** What the changes since the previous version ask for, and whether the step is large enough for them. Pure. */
export function tellHistory(
  changelog: Changelog,
  bench: HistoryBench,
  now: Pick<Bound, "tag" | "judged"> & { readonly content: SkillContent },
  before: {
    readonly previous: KnownVersion | undefined;
    /** Newest first. */
    readonly commits: readonly CommitRecord[];
    readonly content?: SkillContent;
  },
): Outcome {
  const { tag, judged } = now;
  const { previous, commits } = before;
  const from = previous?.version ?? null;
  const isBeforeOne = from?.startsWith("0.") === true;
  const content = before.content && contentBump(before.content, now.content, isBeforeOne);
  const summary = changelog.summarise({ previous: from, commits, ...(content && { content }) });
  const declared = declaredBump(previous?.version, judged.version);
  const verdict = compareBump(declared, summary.requiredBump);
  const findings: FindingFact[] = [];
  if (verdict.kind === "too-small") {
    const because = summary.because[0];
    const reason = because === undefined ? verdict.text : `${verdict.text} ${because.subject}`;
    if (bench.law.policy.bump === "require") {
      const facts = { tag: tag.name, source: bench.source.slug, skill: judged.skill };
      return {
        kind: "refused",
        code: "CHECK_FAILED",
        reason,
        remedy: remedyFor("CHECK_FAILED", facts),
        clauses: judged.clauses,
        findings: [],
      };
    }
    findings.push({
      rule: BUMP_RULE,
      severity: "warning",
      message: reason,
      file: "SKILL.md",
      line: 1,
      column: 1,
      fix: "Raise the version as the changes ask for.",
    });
  }
  return {
    kind: "history",
    bumpDeclared: declared,
    bumpRequired: summary.requiredBump,
    changelog: { from: summary.from, entries: summary.entries, markdown: summary.markdown },
    findings: [...judged.reading.findings, ...findings],
  };
}
