import { withLock, type Db, type Tx } from "../db/index.ts";
import {
  commitFiles,
  initBare,
  type Author,
  type ObjectReaders,
  type SignPayload,
} from "../git/index.ts";
import { Refusal, Stalled, type Clock } from "../runtime/index.ts";
import {
  CHECKPOINT,
  FIRST_CHAIN,
  formatCheckpoint,
  LINES_PER_SEGMENT,
  LOG_BRANCH,
  LOG_REF,
  MAX_SEGMENT_BYTES,
  nextChain,
  parseCheckpoint,
  segmentOf,
  segmentPath,
  splitLines,
  type Checkpoint,
} from "./log-format.ts";
import type { LogFact } from "./log-lines.ts";
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
};

const LINES_PER_COMMIT = 2_000;

/**
 * The log is a git repo: `entries/<n>.ndjson` holds 256 lines each, `checkpoint` the length and a hash chain over all
 * lines, every commit signed by the registry's key. Anybody may mirror it and see that nothing was rewritten. Throws a
 * Refusal when the database knows less of it, or more: deciding on would decide anew what is decided.
 */
export async function createRegistryLog(deps: RegistryLogDeps): Promise<RegistryLog> {
  await initBare(deps.dir, { config: {} });
  await withLock(deps.db, "registry-log", () => refuseForeignLog(deps));
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

/** Notes in the log when a source was read for the first time, in the transaction that recorded it. */
export async function appendFirstSync(tx: Tx, source: string, at: Date): Promise<void> {
  const fact = { kind: "synced", key: `synced:${source}`, at: at.toISOString(), source } as const;
  await appendFacts(tx, [fact], at);
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
  for (;;) {
    const waiting = await listWaitingEntries(deps.db, LINES_PER_COMMIT);
    if (waiting.length === 0) return head.size;
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
  const lines: string[] = [];
  for (
    let segment = segmentOf(head.sizeBefore);
    segment * LINES_PER_SEGMENT < head.size;
    segment++
  ) {
    lines.push(...(await readSegment(deps, head, segment)));
  }
  const offset = segmentOf(head.sizeBefore) * LINES_PER_SEGMENT;
  const places = lines.map((line, i) => ({
    key: (JSON.parse(line) as LogFact).key,
    seq: offset + i,
  }));
  await putLogPlaces(
    deps.db,
    places.filter((place) => place.seq >= head.sizeBefore),
  );
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

async function readSegment(deps: RegistryLogDeps, head: Head, segment: number): Promise<string[]> {
  const read = await deps.readers.read(deps.dir, `${head.commit}:${segmentPath(segment)}`, {
    maxBytes: MAX_SEGMENT_BYTES,
  });
  if (read.kind === "missing") return [];
  if (read.kind === "too-large")
    throw new Stalled("a segment of the registry log is too large", { segment });
  return splitLines(read.bytes);
}

async function commitLines(
  deps: RegistryLogDeps,
  head: Head,
  lines: readonly string[],
): Promise<Head> {
  const size = head.size + lines.length;
  const chain = lines.reduce(nextChain, head.chain);
  const first = segmentOf(head.size);
  const open = await readSegment(deps, head, first);
  const all = [...open, ...lines];
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
    message: `log: ${lines.length} ${lines.length === 1 ? "entry" : "entries"}, ${size} in all\n`,
    time: deps.clock.now(),
    sign: deps.sign,
    expectedHead: head.commit,
  });
  if (written.kind === "moved") throw new Error("the registry log was written by somebody else");
  return { commit: written.commit, size, sizeBefore: head.size, chain };
}
