import { createChangelog, type ChangelogSummary } from "../../src/changelog/index.ts";
import type { ObjectReaders } from "../../src/git/index.ts";
import {
  compareContents,
  listSkillCommits,
  type AuthorRepo,
  type PlacedSkill,
  type TaggedVersion,
} from "./repo.ts";

/** What changed of a skill up to the commit `to`, as its page would say it. */
export async function previewChanges(
  readers: ObjectReaders,
  repo: AuthorRepo,
  skill: PlacedSkill,
  range: {
    readonly previous: TaggedVersion | undefined;
    /** Where the commits start, when it is not at the previous version. */
    readonly from?: string | undefined;
    readonly to: string;
  },
): Promise<ChangelogSummary> {
  const { previous, to } = range;
  const from = range.from ?? previous?.commit;
  const commits = await listSkillCommits(repo, skill.folder.dir, from, to);
  const content = previous && (await compareContents(readers, repo, skill, previous, to));
  return createChangelog().summarise({
    previous: previous?.version ?? null,
    commits,
    ...(content && { content }),
  });
}
