import { Worker } from "node:worker_threads";
import type { FetchMirror, FetchOutcome } from "../../src/git/index.ts";

export type ToFetch = { readonly id: number; readonly wanted: FetchMirror };
export type Fetched = { readonly id: number } & (
  | { readonly outcome: FetchOutcome }
  /** What was thrown. */
  | { readonly cause: unknown }
);
export type Fetcher = {
  fetch(wanted: FetchMirror): Promise<FetchOutcome>;
  /** Ends the thread; what it still fetches fails. */
  close(): Promise<void>;
};

type Waiting = PromiseWithResolvers<FetchOutcome>;

/**
 * Fetches mirrors on a thread. To start a program, Node copies the page tables of the whole process, which takes some 20 ms
 * where 300 MB are in use, and a look starts three: whoever waits for a page or for a webhook's answer would wait for that.
 */
export function openFetcher(): Fetcher {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let thread: Worker | undefined;
  const start = () => {
    const started = new Worker(new URL("./fetch-thread.ts", import.meta.url));
    started.on("message", (fetched: Fetched) => settle(waiting, fetched));
    let because: unknown = new Error("the thread that fetches has ended");
    started.on("error", (cause) => (because = cause));
    started.on("exit", () => {
      if (thread === started) thread = undefined;
      for (const one of waiting.values()) one.reject(because);
      waiting.clear();
    });
    return started;
  };
  return {
    fetch(wanted) {
      thread ??= start();
      const id = next;
      next += 1;
      const one = Promise.withResolvers<FetchOutcome>();
      waiting.set(id, one);
      const toFetch: ToFetch = { id, wanted };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage(toFetch);
      return one.promise;
    },
    close: async () => {
      await thread?.terminate();
    },
  };
}

function settle(waiting: Map<number, Waiting>, fetched: Fetched): void {
  const one = waiting.get(fetched.id);
  waiting.delete(fetched.id);
  if ("outcome" in fetched) one?.resolve(fetched.outcome);
  else one?.reject(fetched.cause);
}
