import { withLock, type Db, type Tx } from "../db/index.ts";
import {
  commitFiles,
  initBare,
  type Author,
  type ObjectReaders,
  type SignPayload,
} from "../git/index.ts";
import { formatSignedState, growLineTree, type CheckpointAnswer } from "../proof/index.ts";
import { Refusal, Stalled, type Clock } from "../runtime/index.ts";
import {
  CHECKPOINT,
  FIRST_CHAIN,
  formatCheckpoint,
  LINES_PER_SEGMENT,
  LOG_BRANCH,
  LOG_REF,
  nextChain,
  parseCheckpoint,
  segmentOf,
  segmentPath,
  type Checkpoint,
} from "./log-format.ts";
import type { LogFact } from "./log-lines.ts";
import { readLogLines } from "./log-segments.ts";
import { readNewestCheckpoint, readSignedCommit } from "./newest-checkpoint.ts";
import {
  countPlaced,
  insertLogEntries,
  listWaitingEntries,
  putLogPlaces,
} from "./store/log-entries.ts";

export type RegistryLog = {
  /** Sets facts down in the caller's transaction and returns how many are new; `flush` carries them to git. */
  append(tx: Tx, facts: readonly LogFact[]): Promise<number>;
  /** Commits all that waits, in order and once each, before it returns. Returns the log's length. */
  flush(): Promise<number>;
};

export type RegistryLogDeps = {
  readonly db: Db;
  readonly readers: ObjectReaders;
  readonly dir: string;
  readonly author: Author;
  readonly sign: SignPayload;
  readonly clock: Clock;
  /** Files that stand beside the entries, such as `registry.pub` and `root.json`: what a reader of a bare copy has to know. */
  readonly pins: ReadonlyMap<string, string>;
  /** Told of the log as it is now: when it is opened, and after each flush that wrote. */
  readonly announce: (checkpoint: CheckpointAnswer) => Promise<void>;
};

const LINES_PER_COMMIT = 2_000;

/**
 * The log is a git repo: `entries/<n>.ndjson` holds 256 lines each, `checkpoint` the length and a hash chain over all
 * lines, every commit signed by the registry's key; its message proves single lines (`SignedState`). Anybody may mirror it and see that nothing was rewritten. Throws a
 * Refusal when the database knows less of it, or more: deciding on would decide anew what is decided.
 */
export async function createRegistryLog(deps: RegistryLogDeps): Promise<RegistryLog> {
  await initBare(deps.dir, { config: {} });
  await withLock(deps.db, "registry-log", async () => {
    await refuseForeignLog(deps);
    await announce(deps);
  });
  let running: Promise<number> | undefined;
  let queued: Promise<number> | undefined;
  const flushOnce = () => withLock(deps.db, "registry-log", () => drain(deps));
  return {
    append: (tx, facts) => appendFacts(tx, facts, deps.clock.now()),
    // Callers that come while a flush runs share the next one: a batch of releases makes a batch of lines.
    flush() {
      if (running === undefined)
        return (running = flushOnce().finally(() => (running = undefined)));
      queued ??= running
        .catch(() => 0)
        .then(() => {
          queued = undefined;
          return (running = flushOnce().finally(() => (running = undefined)));
        });
      return queued;
    },
  };
}

type Head = Checkpoint & { readonly commit: string | null };

const EMPTY: Head = { commit: null, size: 0, sizeBefore: 0, chain: FIRST_CHAIN };

function appendFacts(tx: Tx, facts: readonly LogFact[], now: Date): Promise<number> {
  const entries = facts.map((fact) => ({ key: fact.key, line: JSON.stringify(fact) }));
  return insertLogEntries(tx, entries, now);
}

/** Sets facts down as the log does, for a process that cannot sign them. */
export function appendToLog(clock: Clock): RegistryLog["append"] {
  return (tx, facts) => appendFacts(tx, facts, clock.now());
}

/** Notes in the log when a source was read for the first time, in the transaction that recorded it. */
export async function appendFirstSync(tx: Tx, source: string, at: Date): Promise<void> {
  const fact = { kind: "synced", key: `synced:${source}`, at: at.toISOString(), source } as const;
  await appendFacts(tx, [fact], at);
}

async function announce(deps: RegistryLogDeps): Promise<void> {
  const checkpoint = await readNewestCheckpoint(deps);
  if (checkpoint !== undefined) await deps.announce(checkpoint);
}

async function refuseForeignLog(deps: RegistryLogDeps): Promise<void> {
  const head = await readHead(deps);
  await markCommitted(deps, head);
  const known = await countPlaced(deps.db);
  if (known === head.size) return;
  throw new Refusal(
    "conflict",
    `The database knows ${known} lines of the registry log, and ${deps.dir} has ${head.size}.`,
    known < head.size
      ? "Rebuild from the log into an empty database: npx assay rebuild (docs/operating.md, Backup and restore)."
      : "Restore a newer copy of the git repos: this one is older than the database.",
  );
}

async function drain(deps: RegistryLogDeps): Promise<number> {
  let head = await readHead(deps);
  await markCommitted(deps, head);
  let hasWritten = false;
  for (;;) {
    const waiting = await listWaitingEntries(deps.db, LINES_PER_COMMIT);
    if (waiting.length === 0) {
      if (hasWritten) await announce(deps);
      return head.size;
    }
    hasWritten = true;
    head = await commitLines(
      deps,
      head,
      waiting.map((entry) => entry.line),
    );
    await putLogPlaces(
      deps.db,
      waiting.map((entry, i) => ({ key: entry.key, seq: head.sizeBefore + i })),
    );
  }
}

/** A crash between a commit and its marks leaves lines that are in git and still wait; they must not be written twice. */
async function markCommitted(deps: RegistryLogDeps, head: Head): Promise<void> {
  const lines = await readBack(deps, head, head.sizeBefore);
  const places = lines.map((line, i) => ({
    key: (JSON.parse(line) as LogFact).key,
    seq: head.sizeBefore + i,
  }));
  await putLogPlaces(deps.db, places);
}

async function readHead(deps: RegistryLogDeps): Promise<Head> {
  const read = await deps.readers.read(deps.dir, `${LOG_REF}:${CHECKPOINT}`, { maxBytes: 4_096 });
  if (read.kind === "missing") return EMPTY;
  const commit = await deps.readers.info(deps.dir, LOG_REF);
  if (read.kind !== "object" || commit.kind !== "object")
    throw new Stalled("the registry log has no readable checkpoint");
  const checkpoint = parseCheckpoint(read.bytes.toString("utf8"));
  if (checkpoint === undefined) throw new Stalled("the registry log's checkpoint is malformed");
  return { commit: commit.oid, ...checkpoint };
}

async function commitLines(
  deps: RegistryLogDeps,
  head: Head,
  lines: readonly string[],
): Promise<Head> {
  const size = head.size + lines.length;
  const chain = lines.reduce(nextChain, head.chain);
  const first = segmentOf(head.size);
  const all = [...(await readBack(deps, head, first * LINES_PER_SEGMENT)), ...lines];
  const changes = new Map(deps.pins);
  for (let start = 0; start < all.length; start += LINES_PER_SEGMENT) {
    const segment = first + start / LINES_PER_SEGMENT;
    changes.set(
      segmentPath(segment),
      `${all.slice(start, start + LINES_PER_SEGMENT).join("\n")}\n`,
    );
  }
  changes.set(CHECKPOINT, formatCheckpoint({ size, sizeBefore: head.size, chain }));
  const written = await commitFiles(deps.readers, deps.dir, {
    branch: LOG_BRANCH,
    changes,
    author: deps.author,
    message: formatSignedState({ ...(await growTree(deps, head, lines)), size, chain }),
    time: deps.clock.now(),
    sign: deps.sign,
    expectedHead: head.commit,
  });
  if (written.kind === "moved") throw new Error("the registry log was written by somebody else");
  return { commit: written.commit, size, sizeBefore: head.size, chain };
}

/** Lines of an older log, whose commits prove none, are taken into the first tree that there is. */
async function growTree(deps: RegistryLogDeps, head: Head, lines: readonly string[]) {
  const isProving =
    head.commit !== null && (await readSignedCommit(deps, head.commit)).state !== undefined;
  const from = isProving ? head.size : 0;
  const below = (await readBack(deps, head, from)).concat(lines);
  return { sizeBefore: head.size, from, root: growLineTree(below).root };
}

/** The lines of the log from `from` on, as they are committed. */
async function readBack(deps: RegistryLogDeps, head: Head, from: number): Promise<string[]> {
  return head.commit === null ? [] : readLogLines(deps, head.commit, { from, to: head.size });
}
