import { chmod, mkdir, writeFile } from "node:fs/promises";
import {
  createDirectoryStore,
  createPublicFiles,
  type Blobs,
  type PublicFiles,
} from "../../src/blobs/index.ts";
import { alignPublicFiles, listPrivateSkillIds } from "../../src/catalog/index.ts";
import { createChangelog, type Changelog } from "../../src/changelog/index.ts";
import {
  createLawMemory,
  initControl,
  openControl,
  withLocalRevocations,
  type ControlRepo,
  type LawInForce,
  type LawMemory,
  type OperatorKey,
} from "../../src/control/index.ts";
import { withLock, type Db } from "../../src/db/index.ts";
import {
  createObjectCache,
  createObjectReaders,
  type ObjectCache,
  type ObjectReaders,
} from "../../src/git/index.ts";
import { createSshVerifier, type SshVerifier } from "../../src/keys/index.ts";
import { applyLaw, type Queue } from "../../src/queue/index.ts";
import {
  systemClock,
  systemIds,
  type Clock,
  type Config,
  type Ids,
  type Log,
  type Shutdown,
} from "../../src/runtime/index.ts";
import { findLoggedLaw } from "../../src/publish/index.ts";
import { createEvidence, type EvidenceOf } from "./evidence.ts";
import { createCommitGraphs, indexControl, type CommitGraphs } from "../../src/sources/index.ts";
import { openData, type Data } from "./open-data.ts";
import { openQueue } from "./open-queue.ts";
import { homePaths, type HomePaths } from "./paths.ts";

/** Everything that a command or a process of Assay stands on, built once. */
export type Core = {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly shutdown: Shutdown;
  readonly paths: HomePaths;
  readonly data: Data;
  readonly db: Db;
  readonly queue: Queue;
  readonly readers: ObjectReaders;
  readonly cache: ObjectCache;
  readonly verifier: SshVerifier;
  readonly blobs: Blobs;
  readonly publicFiles: PublicFiles;
  readonly evidenceOf: EvidenceOf;
  readonly graphs: CommitGraphs;
  readonly changelog: Changelog;
  readonly operator: OperatorKey;
  /** The law as it stands; the tables of teams and sources say the same when this returns. */
  readonly law: () => Promise<LawInForce>;
  /** The control repo alone, without what was revoked at once on this home. */
  readonly control: ControlRepo;
  /** What was law, kept outside the control repo. */
  readonly lawMemory: LawMemory;
};

const OBJECT_CACHE_BYTES = 64 * 1024 * 1024;

/** Builds the core of this home. Safe to call while another process runs on it. */
export async function openCore(config: Config, log: Log, shutdown: Shutdown): Promise<Core> {
  const paths = homePaths(config.home);
  await mkdir(paths.home, { recursive: true });
  await keepToOurselves([paths.git, paths.blobs, paths.publicFiles]);
  const data = await openData(config, log, shutdown);
  const { db } = data;
  const readers = createObjectReaders();
  shutdown.onStop("git readers", () => readers.close());
  const clock = systemClock;
  const ids = systemIds;
  // Of two processes that start on a new home, one makes the keys and the first commit, and the other finds them.
  const operator = await withLock(db, "init-control", () =>
    initControl(
      { readers, clock },
      { repoDir: paths.control, homeDir: paths.home, registryName: "Assay" },
    ),
  );
  const queue = openQueue({ config, db, pool: data.pool, clock, ids, log, shutdown });
  const publicFiles = createPublicFiles(ids, paths.publicFiles);
  const evidenceOf = createEvidence({ db, readers, paths });
  const lawMemory = createLawMemory({ db, clock }, () => findLoggedLaw(db));
  const control = await openControl(
    { readers, log, memory: lawMemory },
    { repoDir: paths.control, homeDir: paths.home },
  );
  const inForce = withLocalRevocations(control, paths.home);
  const law = createLaw({
    control: inForce,
    db,
    queue,
    clock,
    ids,
    paths,
    publicFiles,
    evidenceOf,
  });
  return {
    config,
    log,
    clock,
    ids,
    shutdown,
    paths,
    data,
    db,
    queue,
    readers,
    cache: createObjectCache({ maxBytes: OBJECT_CACHE_BYTES }),
    verifier: createSshVerifier(),
    blobs: createDirectoryStore(ids, paths.blobs),
    publicFiles,
    evidenceOf,
    graphs: createCommitGraphs(),
    changelog: createChangelog(),
    operator,
    law,
    control,
    lawMemory,
  };
}

/** Private sources and unjudged work lie here, and other users of the machine are strangers like any other. */
async function keepToOurselves(dirs: readonly string[]): Promise<void> {
  for (const dir of dirs) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
  }
}

type LawDeps = Pick<
  Core,
  "control" | "db" | "queue" | "clock" | "ids" | "paths" | "publicFiles" | "evidenceOf"
>;

/** Reads the control repo and, whenever it says something new, brings the tables in line before anybody acts on it. */
function createLaw(deps: LawDeps): () => Promise<LawInForce> {
  let indexed = "";
  let indexing: Promise<void> = Promise.resolve();
  return async () => {
    const { snapshot, commit } = await deps.control.current();
    if (snapshot.digest === indexed) return { ...snapshot, commit };
    indexing = indexing
      .catch(() => undefined)
      .then(async () => {
        if (snapshot.digest === indexed) return;
        // Before any tag of such a source can be judged, and so before the log says anything of it.
        if ([...snapshot.sources.values()].some(({ visibility }) => visibility === "private"))
          await writeFile(deps.paths.logIsPrivate, "");
        const changed = await indexControl({ ...deps, gitHome: deps.paths.git }, snapshot);
        // At start as well: a crash may have come between a change of visibility and the files that follow it.
        const stale = indexed === "" ? await listPrivateSkillIds(deps.db) : [];
        for (const skillId of new Set([...changed, ...stale]))
          await alignPublicFiles(deps, skillId);
        await deps.queue.enqueue(deps.db, applyLaw, { digest: snapshot.digest });
        indexed = snapshot.digest;
      });
    await indexing;
    return { ...snapshot, commit };
  };
}
