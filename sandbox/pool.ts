import { randomUUID } from "node:crypto";
import type { Container } from "dockerode";
import { openContainer } from "./container.ts";
import type { Engine } from "./engine.ts";
import { keyOf, lifeMs, type ContainerWish } from "./limits.ts";
import { createRemover } from "./remover.ts";
import type { Limits } from "./types.ts";

export type PoolDeps = {
  readonly engine: Engine;
  readonly wish: Pick<ContainerWish, "image" | "seccomp" | "owner"> & { readonly runtime?: string };
  /** Containers that are kept ready. */
  readonly size: number;
  readonly onLeak: (cause: unknown) => void;
};

export type Pool = {
  /** A container that nobody has used, for one run. */
  take(limits: Limits, run: string): Promise<Container>;
  /** Ends its life; gives back at once, and `close` waits. */
  give(container: Container): void;
  /** Tries again to remove what could not be removed; gives how many it was. */
  retry(): Promise<number>;
  close(): Promise<void>;
};

/** A container that waits is made anew after this time, which is well within its life. */
const KEPT_MS = 5 * 60_000;

type Waiting = {
  readonly key: string;
  readonly madeAtMs: number;
  readonly made: Promise<Container>;
};

/**
 * Keeps a few containers made and started before they are wanted, of the kind that was wanted twice in a row; each is
 * used once.
 * Making and removing take longer than most cases, and neither has to be waited for.
 */
export function createPool({ engine, wish, size, onLeak }: PoolDeps): Pool {
  let waiting: Waiting[] = [];
  const remover = createRemover(onLeak);
  let isClosed = false;
  let lastKey: string | undefined;
  const make = async (limits: Limits, run: string) => {
    const name = `assay-${randomUUID()}`;
    const deadline = new Date(Date.now() + lifeMs(limits));
    try {
      return await openContainer(engine, { ...wish, name, limits, run, deadline });
    } catch (cause) {
      // An engine that hung up may have made it all the same, and only the answer with its id was lost.
      remover.end(engine.getContainer(name));
      throw cause;
    }
  };
  const refill = (limits: Limits) => {
    if (isClosed) return;
    const key = keyOf(limits);
    const isStale = (one: Waiting) => one.key !== key || Date.now() - one.madeAtMs > KEPT_MS;
    for (const one of waiting.filter(isStale)) remover.end(one.made);
    waiting = waiting.filter((one) => !isStale(one));
    while (waiting.length < size) {
      const made = make(limits, "waiting");
      // Who takes it is told.
      made.catch(() => undefined);
      waiting.push({ key, madeAtMs: Date.now(), made });
    }
  };
  return {
    async take(limits, run) {
      const key = keyOf(limits);
      const isFresh = (one: Waiting) => one.key === key && Date.now() - one.madeAtMs <= KEPT_MS;
      const at = waiting.findIndex(isFresh);
      const [ready] = at === -1 ? [] : waiting.splice(at, 1);
      if (lastKey === undefined || lastKey === key) refill(limits);
      lastKey = key;
      if (ready === undefined) return make(limits, run);
      return ready.made.catch(() => make(limits, run));
    },
    give: (container) => remover.end(container),
    retry: () => remover.retry(),
    async close() {
      isClosed = true;
      for (const one of waiting) remover.end(one.made);
      waiting = [];
      await remover.close();
    },
  };
}
