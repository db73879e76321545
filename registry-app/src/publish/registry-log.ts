import { createHash } from "node:crypto";
import { withLock, type Db, type Tx } from "../db/index.ts";
import {
  commitFiles,
  initBare,
  type Author,
  type ObjectReaders,
  type SignPayload,
} from "../git/index.ts";
import { Stalled, type Clock } from "../runtime/index.ts";
import { insertLogEntries, listWaitingEntries, putLogPlaces } from "./store/log-entries.ts";

/** A fact for the registry log; `key` names it, so that it is written once however often it is reported. */
export type LogFact = { readonly key: string } & Readonly<Record<string, unknown>>;

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
};

const BRANCH = "main";
const LINES_PER_SEGMENT = 256;
const LINES_PER_COMMIT = 2_000;
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

/**
 * The log is a git repo: `entries/<n>.ndjson` holds 256 lines each, `checkpoint` the length and a hash chain over all
 * lines, every commit signed by the registry's key. Anybody may mirror it and see that nothing was rewritten.
 */
export async function createRegistryLog(deps: RegistryLogDeps): Promise<RegistryLog> {
  await initBare(deps.dir, { config: {} });
  let running: Promise<number> | undefined;
  let queued: Promise<number> | undefined;
  const flushOnce = () => withLock(deps.db, "registry-log", () => drain(deps));
  return {
    append: (tx, facts) =>
      insertLogEntries(
        tx,
        facts.map((fact) => ({ key: fact.key, line: JSON.stringify(fact) })),
        deps.clock.now(),
      ),
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

type Head = {
  readonly commit: string | null;
  /** Lines in the log. */
  readonly size: number;
  /** Lines before the newest commit: what may be in git without a mark in the database. */
  readonly sizeBefore: number;
  /** SHA-256 over the previous chain value and the line, from the first line on. */
  readonly chain: string;
};

const EMPTY: Head = { commit: null, size: 0, sizeBefore: 0, chain: "0".repeat(64) };

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

const segmentOf = (seq: number) => Math.floor(seq / LINES_PER_SEGMENT);
const segmentPath = (segment: number) => `entries/${String(segment).padStart(8, "0")}.ndjson`;

async function readHead(deps: RegistryLogDeps): Promise<Head> {
  const read = await deps.readers.read(deps.dir, `refs/heads/${BRANCH}:checkpoint`, {
    maxBytes: 4_096,
  });
  if (read.kind === "missing") return EMPTY;
  const commit = await deps.readers.info(deps.dir, `refs/heads/${BRANCH}`);
  if (read.kind !== "object" || commit.kind !== "object")
    throw new Stalled("the registry log has no readable checkpoint");
  const [title, size, sizeBefore, chain] = read.bytes.toString("utf8").split("\n");
  if (title !== CHECKPOINT_TITLE || chain === undefined)
    throw new Stalled("the registry log's checkpoint is malformed");
  return { commit: commit.oid, size: Number(size), sizeBefore: Number(sizeBefore), chain };
}

const CHECKPOINT_TITLE = "assay registry log";

async function readSegment(deps: RegistryLogDeps, head: Head, segment: number): Promise<string[]> {
  const read = await deps.readers.read(deps.dir, `${head.commit}:${segmentPath(segment)}`, {
    maxBytes: MAX_SEGMENT_BYTES,
  });
  if (read.kind === "missing") return [];
  if (read.kind === "too-large")
    throw new Stalled("a segment of the registry log is too large", { segment });
  return read.bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

async function commitLines(
  deps: RegistryLogDeps,
  head: Head,
  lines: readonly string[],
): Promise<Head> {
  const size = head.size + lines.length;
  const chain = lines.reduce(
    (before, line) => createHash("sha256").update(`${before}\n${line}`).digest("hex"),
    head.chain,
  );
  const first = segmentOf(head.size);
  const open = await readSegment(deps, head, first);
  const all = [...open, ...lines];
  const changes = new Map<string, string>();
  for (let start = 0; start < all.length; start += LINES_PER_SEGMENT) {
    const segment = first + start / LINES_PER_SEGMENT;
    changes.set(
      segmentPath(segment),
      `${all.slice(start, start + LINES_PER_SEGMENT).join("\n")}\n`,
    );
  }
  changes.set("checkpoint", `${CHECKPOINT_TITLE}\n${size}\n${head.size}\n${chain}\n`);
  const written = await commitFiles(deps.readers, deps.dir, {
    branch: BRANCH,
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
