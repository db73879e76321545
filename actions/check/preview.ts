import { askGit } from "../../registry-app/bin/author/git.ts";
import { previewChanges } from "../../registry-app/bin/author/preview-changes.ts";
import {
  findCommit,
  findPrevious,
  findSkill,
  listVersions,
  openAuthorRepo,
} from "../../registry-app/bin/author/repo.ts";
import { stepVersion, type ChangelogSummary } from "../../registry-app/src/changelog/index.ts";
import { createObjectReaders } from "../../registry-app/src/git/index.ts";
import { Refusal } from "../../registry-app/src/runtime/refusal.ts";
import { formatTagName } from "../../registry-app/src/skill/index.ts";

/** What the next version would say and need, or why that cannot be told here. */
export type Preview =
  | { readonly kind: "unknown"; readonly because: string }
  | {
      readonly kind: "known";
      readonly changes: ChangelogSummary;
      /** Null when nothing changed that asks for a version. */
      readonly tag: string | null;
    };

type History = {
  preview(skill: string | undefined): Promise<Preview>;
  close(): Promise<void>;
};

const SHALLOW =
  "This checkout is shallow, so the commits and tags before it are not here. Give actions/checkout fetch-depth: 0.";

/** The history that the folder's repo holds. */
export async function openHistory(folder: string): Promise<History> {
  const isShallow = await askGit(folder, "rev-parse", "--is-shallow-repository");
  if (isShallow !== "false") {
    const because = isShallow === "true" ? SHALLOW : "This is not a checkout of a git repo.";
    return { preview: async () => ({ kind: "unknown", because }), close: async () => {} };
  }
  const readers = createObjectReaders();
  return {
    close: () => readers.close(),
    async preview(name) {
      if (name === undefined) return { kind: "unknown", because: "The skill has no name." };
      try {
        const repo = await openAuthorRepo(folder);
        const to = await findCommit(repo, "HEAD");
        const skill = await findSkill(repo, to, name);
        const previous = await findPrevious(repo, await listVersions(repo, skill), to);
        const changes = await previewChanges(readers, repo, skill, { previous, to });
        const next = stepVersion(previous?.version, changes.requiredBump);
        const tag = next === undefined ? null : formatTagName(name, next);
        return { kind: "known", changes, tag };
      } catch (cause) {
        if (cause instanceof Refusal) return { kind: "unknown", because: cause.message };
        throw cause;
      }
    },
  };
}
