import type { CommitsTable, Db } from "../db/index.ts";
import { transaction } from "../db/index.ts";
import { walkCommits, type CommitRecord } from "../git/index.ts";
import { createCommitGraph, type CommitGraph } from "./commit-graph.ts";
import { toCommitTime } from "./commit-time.ts";
import { findLastCommit, insertCommits, listIndexed, loadCommits } from "./store.ts";

const ROWS_PER_TRANSACTION = 2_000;
const MAX_MESSAGE_BYTES = 16_384;

/**
 * Adds the commits of `tip` that are not in the index yet, parents first; returns how many. A branch that was rewritten
 * and came back brings commits that are there already. Call it under the source's lock.
 */
export async function indexCommits(
  db: Db,
  sourceId: string,
  repoDir: string,
  tip: string,
): Promise<number> {
  const last = await findLastCommit(db, sourceId);
  if (last?.oid === tip || (await listIndexed(db, sourceId, [tip])).size > 0) return 0;
  let position = last?.position ?? -1;
  let added = 0;
  let rows: CommitsTable[] = [];
  const flush = async () => {
    const full = rows;
    rows = [];
    if (full.length === 0) return;
    const indexed = await listIndexed(
      db,
      sourceId,
      full.map((row) => row.oid),
    );
    const fresh = full.filter((row) => !indexed.has(row.oid));
    await transaction(db, (tx) => insertCommits(tx, fresh));
    added += fresh.length;
  };
  const known = last === undefined ? [] : [last.oid];
  for await (const commit of walkCommits(repoDir, {
    tips: [tip],
    known,
    maxMessageBytes: MAX_MESSAGE_BYTES,
  })) {
    position += 1;
    rows.push(rowOf(sourceId, position, commit));
    if (rows.length >= ROWS_PER_TRANSACTION) await flush();
  }
  await flush();
  return added;
}

function rowOf(sourceId: string, position: number, commit: CommitRecord): CommitsTable {
  const folders = new Set(commit.paths.flatMap(foldersOf));
  return {
    source_id: sourceId,
    oid: commit.oid,
    parents: [...commit.parents],
    position,
    author_name: commit.authorName,
    author_email: commit.authorEmail,
    committed_at: toCommitTime(commit.committerTimeSeconds),
    message: commit.message,
    folders: [...folders],
  };
}

/** Every folder that may turn out to be a skill's: the root, `skills/<name>` and `skills/<group>/<name>`. */
function foldersOf(path: string): string[] {
  const [top, first, second, ...rest] = path.split("/");
  if (top !== "skills" || first === undefined || second === undefined) return [""];
  const folder = `skills/${first}`;
  return rest.length > 0 ? ["", folder, `${folder}/${second}`] : ["", folder];
}

/** Histories in memory, one a source, brought up to date from the index on each use. The least used are let go. */
export type CommitGraphs = { get(db: Db, sourceId: string): Promise<CommitGraph> };

export function createCommitGraphs(maxGraphs = 16): CommitGraphs {
  const graphs = new Map<
    string,
    { graph: CommitGraph; position: number; loading: Promise<void> }
  >();
  return {
    async get(db, sourceId) {
      const held = graphs.get(sourceId) ?? {
        graph: createCommitGraph(),
        position: -1,
        loading: Promise.resolve(),
      };
      graphs.delete(sourceId);
      graphs.set(sourceId, held);
      for (const oldest of graphs.keys()) {
        if (graphs.size <= maxGraphs) break;
        graphs.delete(oldest);
      }
      held.loading = held.loading
        .catch(() => undefined)
        .then(async () => {
          const commits = await loadCommits(db, sourceId, held.position);
          held.graph.append(commits);
          held.position = commits.at(-1)?.position ?? held.position;
        });
      await held.loading;
      return held.graph;
    },
  };
}
