import type { Migration } from "kysely/migration";
import { up as foundation } from "./0001-foundation.ts";
import { up as followedSources } from "./0002-followed-sources.ts";
import { up as singleAuthor } from "./0003-single-author.ts";
import { up as lawMemory } from "./0004-law-memory.ts";
import { up as signerFacts } from "./0005-signer-facts.ts";
import { up as scans } from "./0006-scans.ts";
import { up as evals } from "./0008-evals.ts";
import { up as checkRole } from "./0009-check-role.ts";
import { up as observations } from "./0010-observations.ts";
import { up as hostReports } from "./0011-host-reports.ts";
import { up as pulls } from "./0012-pulls.ts";
import { up as pullEvals } from "./0013-pull-evals.ts";
import { up as hostReleases } from "./0018-host-releases.ts";
import { up as hostHealth } from "./0019-host-health.ts";
import { up as pullEvalsView } from "./0020-pull-evals-view.ts";
import { up as hostAsks } from "./0021-host-asks.ts";
import { up as teamsOnGithub } from "./0022-teams-on-github.ts";
import { up as pullSigners } from "./0023-pull-signers.ts";
import { up as pullSarif } from "./0024-pull-sarif.ts";
import { up as ownerReviews } from "./0025-owner-reviews.ts";

/** Every migration, listed by hand: what runs is what is read here, in this order. */
export const MIGRATIONS: Record<string, Migration> = {
  "0001-foundation": { up: foundation },
  "0002-followed-sources": { up: followedSources },
  "0003-single-author": { up: singleAuthor },
  "0004-law-memory": { up: lawMemory },
  "0005-signer-facts": { up: signerFacts },
  "0006-scans": { up: scans },
  "0008-evals": { up: evals },
  "0009-check-role": { up: checkRole },
  "0010-observations": { up: observations },
  "0011-host-reports": { up: hostReports },
  "0012-pulls": { up: pulls },
  "0013-pull-evals": { up: pullEvals },
  "0018-host-releases": { up: hostReleases },
  "0019-host-health": { up: hostHealth },
  "0020-pull-evals-view": { up: pullEvalsView },
  "0021-host-asks": { up: hostAsks },
  "0022-teams-on-github": { up: teamsOnGithub },
  "0023-pull-signers": { up: pullSigners },
  "0024-pull-sarif": { up: pullSarif },
  "0025-owner-reviews": { up: ownerReviews },
};
