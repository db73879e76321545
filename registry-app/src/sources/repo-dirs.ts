import { join } from "node:path";
import type { Source } from "./store.ts";

/** Where a source's repo lies and under which refs its branches and tags are found. */
export type SourceRepo = { readonly dir: string; readonly heads: string; readonly tags: string };

/** A hosted source is the repo people push to; a followed one a mirror whose refs are kept apart as `incoming`. */
export function sourceRepo(gitHome: string, source: Pick<Source, "slug" | "kind">): SourceRepo {
  return source.kind === "hosted"
    ? {
        dir: join(gitHome, "sources", `${source.slug}.git`),
        heads: "refs/heads/",
        tags: "refs/tags/",
      }
    : {
        dir: join(gitHome, "mirrors", `${source.slug}.git`),
        heads: "refs/incoming/heads/",
        tags: "refs/incoming/tags/",
      };
}
