import type { IncomingMessage } from "node:http";

/**
 * Reads away what is left of a request, so that its sender gets to reading the answer.
 * More than `maxBytes` ends the connection instead.
 */
export async function drainRequest(
  req: IncomingMessage,
  maxBytes: number,
  onBytes: () => void,
): Promise<void> {
  if (req.readableEnded || req.destroyed) return;
  let sizeBytes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  req.unpipe();
  req.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    onBytes();
    if (sizeBytes > maxBytes) req.destroy();
  });
  req.once("end", resolve).once("close", resolve);
  req.resume();
  await promise;
}
