import { Refusal } from "../runtime/index.ts";

/** Gives up waiting for a database that hangs; the query itself ends by its own timeout. */
export async function withinDeadline<T>(work: Promise<T>, timeoutMs = 5_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    const late = new Refusal("unavailable", "The database does not answer.", "Try again shortly.");
    timer = setTimeout(() => reject(late), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
