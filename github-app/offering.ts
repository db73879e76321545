import { z } from "zod";
import { putHealth, type HealthDetail } from "@assay/registry/publish";
import { listSources } from "@assay/registry/sources";
import type { Clock } from "@assay/registry/runtime";
import { repoOf, type Addresses } from "./addresses.ts";
import type { Github, Octokit } from "./connect.ts";

/** By which a repo says of itself that it holds skills. */
const TOPIC = "agent-skills";
const PER_PAGE = 100;
/** 2,000 repos, in all installations. */
const MAX_PAGES = 20;
const MAX_OFFERS = 50;

const listed = z.object({
  full_name: z.string().max(200),
  default_branch: z.string().max(250),
  private: z.boolean(),
  archived: z.boolean(),
  topics: z.array(z.string()).default([]),
});
type Listed = z.infer<typeof listed>;
type Offer = HealthDetail<"offers">["offers"][number];

/** The repos that call themselves ones of skills, are still worked on and are no source yet, by name. Pure. */
export function planOffers(
  repos: readonly Listed[],
  sourceUrls: readonly string[],
  addresses: Addresses,
): readonly Offer[] {
  const urlOf = ({ full_name: name }: Listed) => `${addresses.web}/${name}.git`;
  const known = new Set(
    sourceUrls.flatMap((url) => {
      const repo = repoOf(url, addresses);
      return repo === undefined ? [] : [`${repo.owner}/${repo.name}`.toLowerCase()];
    }),
  );
  return (
    repos
      .filter(({ topics, archived }) => topics.includes(TOPIC) && !archived)
      .filter((repo) => !known.has(repo.full_name.toLowerCase()))
      // What is offered leads where the App is asked about it again.
      .filter((repo) => repoOf(urlOf(repo), addresses) !== undefined)
      .map((repo) => ({
        repo: repo.full_name,
        url: urlOf(repo),
        branch: repo.default_branch,
        isPrivate: repo.private,
      }))
      .toSorted((a, b) => (a.repo < b.repo ? -1 : 1))
  );
}

/** Notes which repos of these installations could be made sources. */
export async function noteOffers(
  deps: {
    readonly db: Parameters<typeof putHealth>[0];
    readonly clock: Clock;
    readonly github: Pick<Github, "onInstallation">;
    readonly addresses: Addresses;
  },
  installations: readonly number[],
): Promise<void> {
  const repos: Listed[] = [];
  let pages = 0;
  for (const id of installations) {
    const octokit = await deps.github.onInstallation(id);
    for (let page = 1; pages < MAX_PAGES; page += 1) {
      pages += 1;
      const some = await listPage(octokit, page);
      repos.push(...some.repos);
      if (some.isLast) break;
    }
  }
  const urls = (await listSources(deps.db)).flatMap(({ url }) => url ?? []);
  const offers = planOffers(repos, urls, deps.addresses);
  const isCut = pages === MAX_PAGES || offers.length > MAX_OFFERS;
  const detail = { offers: offers.slice(0, MAX_OFFERS), isCut };
  await putHealth(deps.db, "offers", detail, deps.clock.now());
}

async function listPage(octokit: Octokit, page: number) {
  const { data } = await octokit.rest.apps.listReposAccessibleToInstallation({
    per_page: PER_PAGE,
    page,
  });
  const repos = data.repositories.flatMap((one) => {
    const read = listed.safeParse(one);
    return read.success ? [read.data] : [];
  });
  return { repos, isLast: data.repositories.length < PER_PAGE };
}
