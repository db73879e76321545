import type { PublicFiles } from "../blobs/index.ts";
import type { ArchiveFormat, Db } from "../db/index.ts";
import type { Clock, Log } from "../runtime/index.ts";
import { refreshSkillJson } from "./materialise.ts";
import { insertDownloads, type DownloadRow } from "./store/downloads.ts";

export type Downloads = {
  /** Remembers a download; never waits and never throws. */
  record(download: {
    readonly team: string;
    readonly name: string;
    readonly version: string;
    readonly format: ArchiveFormat;
  }): void;
  /** Writes what is remembered; what cannot be written stays for the next time. */
  flush(): Promise<void>;
  /** Writes a last time and ends the timer. */
  stop(): Promise<void>;
};

const MAX_WAITING = 10_000;

/** Counts downloads in batches, so that serving an archive needs no database; beyond 10,000 waiting, events are dropped. */
export function createDownloads(
  deps: {
    readonly db: Db;
    readonly publicFiles: PublicFiles;
    readonly clock: Clock;
    readonly log: Log;
  },
  flushEveryMs = 2_000,
): Downloads {
  let waiting: DownloadRow[] = [];
  let writing: Promise<void> | undefined;
  const write = async () => {
    let batch = waiting;
    waiting = [];
    try {
      if (batch.length === 0) return;
      const skillIds = await insertDownloads(deps.db, batch);
      batch = [];
      for (const skillId of skillIds) await refreshSkillJson(deps, skillId);
    } catch (cause) {
      waiting = [...batch, ...waiting].slice(0, MAX_WAITING);
      deps.log.warn({ cause, waiting: waiting.length }, "downloads could not be counted yet");
    }
  };
  const flush = async () => {
    writing ??= write().finally(() => (writing = undefined));
    await writing;
  };
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();
  return {
    record(download) {
      if (waiting.length < MAX_WAITING) waiting.push({ ...download, at: deps.clock.now() });
    },
    flush,
    async stop() {
      clearInterval(timer);
      // The first wait may be for a batch that was already on its way.
      await flush();
      await flush();
    },
  };
}
