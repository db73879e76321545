import type { Container } from "dockerode";
import { removeContainer } from "./container.ts";

export type Remover = {
  /** Begins to remove a container, or one that is still being made. */
  end(container: Promise<Container> | Container): void;
  /** Tries again what failed; gives how many are gone now. */
  retry(): Promise<number>;
  /** Waits for all that was begun. */
  close(): Promise<void>;
};

/** Removes containers beside the work, and remembers those that it could not remove. */
export function createRemover(onLeak: (cause: unknown) => void): Remover {
  const ending = new Set<Promise<void>>();
  const lost = new Set<Container>();
  const remove = async (made: Promise<Container> | Container) => {
    // One that was never made was told to who asked for it.
    const container = await Promise.resolve(made).catch(() => undefined);
    if (container === undefined) return;
    try {
      await removeContainer(container);
      lost.delete(container);
    } catch (cause) {
      lost.add(container);
      onLeak(cause);
    }
  };
  return {
    end(container) {
      const gone = remove(container).finally(() => ending.delete(gone));
      ending.add(gone);
    },
    async retry() {
      const before = [...lost];
      await Promise.all(before.map(remove));
      return before.filter((container) => !lost.has(container)).length;
    },
    async close() {
      while (ending.size > 0) await Promise.all(ending);
    },
  };
}
