import type { Db } from "../db/index.ts";
import { isAncestor, listRoots, listUnreachable } from "../git/index.ts";
import type { SightedTag } from "./plan-sightings.ts";
import { findLastCommit, listIndexed, listRecordedRoots, type Source } from "./store.ts";

/**
 * Is this another repo than the one that was followed? It is when the new tip comes from none of the root commits that
 * the commit index holds. Ask before the new commits are indexed. A hosted repo is nobody's to replace.
 */
export async function isReplaced(
  db: Db,
  source: Source,
  repoDir: string,
  tip: string,
): Promise<boolean> {
  if (source.kind === "hosted" || tip === source.tipOid) return false;
  const last = await findLastCommit(db, source.id);
  if (last === undefined || (await listIndexed(db, source.id, [tip])).size > 0) return false;
  if (await isAncestor(repoDir, last.oid, [tip])) return false;
  const recorded = await listRecordedRoots(db, source.id);
  const roots = await listRoots(repoDir, tip);
  return !roots.some((root) => recorded.has(root));
}

/**
 * Commits of versions that the protected branch does not have. A walk, so it is made only when something may have
 * changed: a branch that moved forward keeps what it had.
 */
export async function findOffBranch(
  source: Source,
  repoDir: string,
  tip: string | undefined,
  recorded: readonly SightedTag[],
): Promise<ReadonlySet<string>> {
  const bound = recorded.filter((tag) => tag.isBound);
  const commits = [...new Set(bound.flatMap((tag) => tag.commitOid ?? []))];
  if (commits.length === 0) return new Set();
  if (tip === undefined) return new Set(commits);
  const isKnown =
    source.lastError === null &&
    source.tipVersions === bound.length &&
    !bound.some((tag) => tag.drift === "unreachable");
  if (isKnown && (await isForward(source.tipOid, repoDir, tip))) return new Set();
  return listUnreachable(repoDir, commits, [tip]);
}

async function isForward(from: string | null, repoDir: string, tip: string): Promise<boolean> {
  if (from === null) return false;
  return from === tip || isAncestor(repoDir, from, [tip]);
}
