import { z } from "zod";
import type { ListedPull } from "@assay/registry/publish";
import type { Repo } from "./addresses.ts";
import type { Octokit } from "./connect.ts";
import { oid } from "./shapes.ts";

const PER_PAGE = 100;
const MAX_PAGES = 5;
const end = z.object({ sha: oid, repo: z.object({ full_name: z.string() }).nullable() });
const pull = z.object({ number: z.number().int().positive(), head: end, base: end });

/** The open pull requests of a repo, the newest first, at most 500. */
export async function listPulls(octokit: Octokit, repo: Repo): Promise<readonly ListedPull[]> {
  const found: ListedPull[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { data } = await octokit.rest.pulls.list({
      owner: repo.owner,
      repo: repo.name,
      state: "open",
      sort: "updated",
      direction: "desc",
      per_page: PER_PAGE,
      page,
    });
    for (const one of data) {
      const read = pull.safeParse(one);
      if (read.success) found.push(toListed(read.data));
    }
    if (data.length < PER_PAGE) break;
  }
  return found;
}

/** A head whose repo is gone counts as a fork's: its commits are not ours to fetch. */
function toListed({ number, head, base }: z.infer<typeof pull>): ListedPull {
  const isFork = head.repo === null || head.repo.full_name !== base.repo?.full_name;
  return { number, headOid: head.sha, baseOid: base.sha, isFork };
}
