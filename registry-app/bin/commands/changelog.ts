import type { ChangelogSummary } from "../../src/changelog/index.ts";
import { createObjectReaders } from "../../src/git/index.ts";
import { formatTagName } from "../../src/skill/index.ts";
import {
  findCommit,
  findPrevious,
  findSkill,
  listVersions,
  openAuthorRepo,
  type AuthorRepo,
  type TaggedVersion,
} from "../author/repo.ts";
import { EXIT, wrongUsage, type Command } from "../command.ts";
import { stepVersion } from "../../src/changelog/index.ts";
import { previewChanges } from "../author/preview-changes.ts";

/** Previews the changelog of a skill's next version in a working repo. */
export const changelogCommand: Command = {
  summary: "preview what the next version of a skill would say and need",
  usage: "DIR SKILL [FROM..TO]",
  environment: "unread",
  help: [
    "",
    "Tells of the commits that touch the skill's folder since its previous version tag, up to HEAD.",
    "FROM and TO are commits, tags, or versions of the skill; either may be left out.",
    "",
    "Examples:",
    "  npx assay changelog . hello",
    "  npx assay changelog . hello 1.0.0..1.1.0",
  ],
  async run({ print }, [dir, name, range, ...more], _values) {
    if (dir === undefined || name === undefined || more.length > 0)
      throw wrongUsage("changelog", "Write it as: npx assay changelog DIR SKILL [FROM..TO]");
    const repo = await openAuthorRepo(dir);
    const ends = readRange(range);
    const skill = await findSkill(repo, await findCommit(repo, "HEAD"), name);
    const versions = await listVersions(repo, skill);
    const to = await resolveEnd(repo, versions, ends.to ?? "HEAD");
    const from = ends.from && (await resolveEnd(repo, versions, ends.from));
    const older = versions.filter((one) => from !== undefined || one.commit !== to);
    const previous = await findPrevious(repo, ends.to === undefined ? versions : older, from ?? to);
    const readers = createObjectReaders();
    try {
      const summary = await previewChanges(readers, repo, skill, { previous, from, to });
      const next = stepVersion(previous?.version, summary.requiredBump) ?? null;
      const tag = next === null ? null : formatTagName(name, next);
      print({ skill: name, to, ...summary, next, tag }, describe(name, summary, tag));
      return EXIT.fine;
    } finally {
      await readers.close();
    }
  },
};

function readRange(range: string | undefined): { from?: string; to?: string } {
  if (range === undefined) return {};
  const [from = "", to = "", ...more] = range.split("..");
  if (!range.includes("..") || more.length > 0 || range.includes("..."))
    throw wrongUsage(
      "changelog",
      `${JSON.stringify(range)} is not a range: write FROM..TO with two dots.`,
    );
  return { ...(from !== "" && { from }), ...(to !== "" && { to }) };
}

async function resolveEnd(
  repo: AuthorRepo,
  versions: readonly TaggedVersion[],
  name: string,
): Promise<string> {
  const version = versions.find((one) => one.version === name);
  return version?.commit ?? findCommit(repo, name);
}

function describe(name: string, summary: ChangelogSummary, tag: string | null): string {
  const since = summary.from === null ? `${name}, first version` : `${name} since ${summary.from}`;
  const unclear =
    summary.unconventional === 0
      ? []
      : [`${summary.unconventional} of the commits follow no convention (feat: …, fix: …).`];
  const needed =
    tag === null
      ? "Nothing changed that asks for a version."
      : `${summary.from === null ? "Any version will do" : `The changes ask for a ${summary.requiredBump} step`}: ${tag}`;
  const body = summary.markdown.trimEnd();
  return [since, "", ...(body === "" ? [] : [body, ""]), ...unclear, needed].join("\n");
}
