import type { Blobs } from "../blobs/index.ts";
import type { Db } from "../db/index.ts";
import { findTeam, type Viewer } from "../people/index.ts";
import type { Clock } from "../runtime/index.ts";
import type { RuleFacts } from "../scan/index.ts";
import { compareEvals } from "./compare-evals.ts";
import { readFileView, readSkillPage, readVersionPage } from "./pages/skill-pages.ts";
import { readOverview, readTeamPage } from "./pages/overview-pages.ts";
import { pullDetail } from "./read-pulls.ts";
import { readSourceList, readSourcePage, readTagPage } from "./pages/source-pages.ts";
import { searchPage } from "./pages/search-page.ts";
import { readEvalCase, readEvals } from "./read-evals.ts";
import { findFindings, readSecurity, type FindingSearch } from "./read-findings.ts";
import type { SkillSort } from "./read-skills.ts";
import type { TagQuery } from "./read-sources.ts";
import type { Page } from "./paging.ts";

/** What the pages ask that this module does not know. */
export type SitePortParts = {
  /** Every code that a tag not published may have, as its page shows it. */
  codes(): readonly CodePage[];
  /** Every rule that a report can name, as the page about scanning lists them. */
  readonly rules: readonly RuleFacts[];
  /** Who may sign for a team, from the control repo. */
  signersOf(teamSlug: string): Promise<readonly TeamSigner[]>;
};
/** The law in force, and what each law before it changed, as the viewer may see them; built where the control repo is read. */
export type LawParts<Law, History> = {
  readonly law: {
    view(viewer: Viewer): Promise<Law>;
    history(viewer: Viewer, page: Page): Promise<History>;
  };
};
export type CodePage = {
  readonly code: string;
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
};
export type TeamSigner = {
  readonly principal: string;
  readonly keys: readonly string[];
  readonly validBefore: string | null;
};
/** What one request's pages may ask, bound to its viewer; the shape is the site's own port (site/src/data/port.ts). */
export function createSitePort<Law, History>(
  deps: SitePortParts &
    LawParts<Law, History> & { readonly db: Db; readonly blobs: Blobs; readonly clock: Clock },
  viewer: Viewer,
) {
  const { db, blobs, clock } = deps;
  return {
    overview: async () => readOverview(db, viewer),
    searchSkills: async (query: Page & { q: string; team?: string; sort: SkillSort }) =>
      searchPage(db, viewer, { ...query, q: withoutNul(query.q) }),
    skillPage: async (team: string, name: string) =>
      orNull([team, name], async () => readSkillPage(db, viewer, team, name)),
    versionPage: async (team: string, name: string, version: string) =>
      orNull([team, name, version], async () => readVersionPage(db, viewer, team, name, version)),
    fileView: async (team: string, name: string, version: string, path: string) =>
      orNull([team, name, version, path], async () =>
        readFileView({ db, blobs }, viewer, { team, name, version, path }),
      ),
    evals: async (team: string, name: string, version: string) =>
      orNull([team, name, version], async () => readEvals(db, viewer, { team, name, version })),
    evalCase: async (team: string, name: string, version: string, caseId: string) =>
      orNull([team, name, version, caseId], async () =>
        readEvalCase({ db, blobs }, viewer, { team, name, version, caseId }),
      ),
    evalComparison: async (team: string, name: string, version: string, against: string) =>
      orNull([team, name, version, against], async () =>
        compareEvals(db, viewer, { team, name, version, against }),
      ),
    sourceList: async (page: Page) => readSourceList(db, viewer, page),
    sourcePage: async (slug: string, query: TagQuery) =>
      orNull([slug], async () => readSourcePage(db, viewer, slug, query)),
    tagPage: async (source: string, tag: string) =>
      orNull([source, tag], async () => readTagPage(db, viewer, source, tag)),
    pullPage: async (source: string, number: number) =>
      orNull([source], async () => pullDetail(db, viewer, source, number)),
    teamPage: async (slug: string) =>
      orNull([slug], async () => {
        const team = await findTeam(db, slug);
        return team && readTeamPage(db, viewer, team, await deps.signersOf(slug));
      }),
    security: async () => readSecurity({ db, clock }, viewer),
    findings: async (search: FindingSearch) => findFindings(db, viewer, search),
    law: async () => deps.law.view(viewer),
    lawHistory: async (page: Page) => deps.law.history(viewer, page),
    codes: () => deps.codes(),
    scanRules: () => listRules(deps.rules),
  };
}

/** What each rule looks for, without how. */
function listRules(rules: readonly RuleFacts[]) {
  return rules.map(({ id, family, title, severity, confidence, owasp, why, remedy }) => {
    return { id, family, title, severity, confidence, owasp, why, remedy };
  });
}

/** Postgres has no text with NUL in it, so nothing by such a name exists. */
async function orNull<T>(
  names: readonly string[],
  read: () => Promise<T | undefined>,
): Promise<T | null> {
  if (names.some((name) => name.includes("\0"))) return null;
  return (await read()) ?? null;
}

function withoutNul(text: string): string {
  return text.replaceAll("\0", " ");
}
