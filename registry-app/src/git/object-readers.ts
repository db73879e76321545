import { startReader, type ReaderProcess } from "./reader-process.ts";
import type { ObjectInfo, ObjectRead, ReadOptions } from "./records.ts";

/** Reads objects through one `git cat-file --batch-command` a repo, kept warm and shared by everyone. */
export type ObjectReaders = {
  /** What a spec (oid, ref, `<commit>:<path>`) names, without its bytes. Throws on a spec with LF, CR or NUL. */
  info(repoDir: string, spec: string, options?: ReadOptions): Promise<ObjectInfo>;
  /** The bytes of an object, only when it is no larger than `maxBytes`. */
  read(
    repoDir: string,
    spec: string,
    options: ReadOptions & { readonly maxBytes: number },
  ): Promise<ObjectRead>;
  /** Ends the processes of one repo, so that removed objects are no longer held open. */
  forget(repoDir: string): Promise<void>;
  /** Ends all processes; requests in flight are rejected, later ones too. */
  close(): Promise<void>;
};

type Entry = {
  readonly repoDir: string;
  readonly process: ReaderProcess;
  readonly timer: NodeJS.Timeout;
};

const MAX_SPEC_LENGTH = 4096;
// oxlint-disable-next-line no-control-regex -- these end a request or are cut off by git
const ENDS_A_REQUEST = /[\n\r\0]/;

/** A pool of at most `maxProcesses` (32) idle readers, each ended after `idleMs` (60 s) without a request. */
export function createObjectReaders(
  limits: { readonly maxProcesses?: number; readonly idleMs?: number } = {},
): ObjectReaders {
  const pool = createPool(limits.maxProcesses ?? 32, limits.idleMs ?? 60_000);
  let isClosed = false;
  const reader = (repoDir: string, spec: string, options: ReadOptions): ReaderProcess => {
    if (isClosed) throw new Error("the object readers are closed");
    const isSpec = spec !== "" && spec.length <= MAX_SPEC_LENGTH && spec.isWellFormed();
    if (!isSpec || ENDS_A_REQUEST.test(spec))
      throw new Error(`not an object spec: ${JSON.stringify(spec.slice(0, 80))}`);
    return pool.take(repoDir, options);
  };
  return {
    info: async (repoDir, spec, options = {}) => reader(repoDir, spec, options).info(spec),
    read: async (repoDir, spec, options) =>
      reader(repoDir, spec, options).read(spec, options.maxBytes),
    forget: (repoDir) => pool.endAll((entry) => entry.repoDir === repoDir),
    close() {
      isClosed = true;
      return pool.endAll(() => true);
    },
  };
}

function createPool(maxProcesses: number, idleMs: number) {
  // Oldest use first: a Map keeps the order in which keys were set.
  const entries = new Map<string, Entry>();
  const release = (key: string, entry: Entry) => {
    clearTimeout(entry.timer);
    if (entries.get(key) === entry) entries.delete(key);
  };
  const shrink = (newest?: Entry) => {
    for (const entry of entries.values()) {
      if (entries.size <= maxProcesses) return;
      if (entry !== newest && !entry.process.isBusy()) void entry.process.end();
    }
  };
  const start = (key: string, repoDir: string, options: ReadOptions): Entry => {
    const whenIdle = () => {
      if (entry.process.isBusy()) entry.timer.refresh();
      else void entry.process.end();
    };
    const entry: Entry = {
      repoDir,
      timer: setTimeout(whenIdle, idleMs),
      process: startReader(repoDir, options, {
        onIdle: () => shrink(),
        onGone: () => release(key, entry),
      }),
    };
    return entry;
  };
  return {
    take(repoDir: string, options: ReadOptions): ReaderProcess {
      const key = JSON.stringify([repoDir, options.quarantine?.GIT_OBJECT_DIRECTORY ?? ""]);
      const entry = entries.get(key) ?? start(key, repoDir, options);
      entries.delete(key);
      entries.set(key, entry);
      entry.timer.refresh();
      shrink(entry);
      return entry.process;
    },
    async endAll(matches: (entry: Entry) => boolean): Promise<void> {
      await Promise.all([...entries.values()].filter(matches).map((entry) => entry.process.end()));
    },
  };
}
