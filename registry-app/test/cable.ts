import { connect, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A line between the product and Postgres, or any other server, that a test can cut, stall, slow and mend. */
export type Cable = {
  /** The server's URL through the cable. */
  readonly url: string;
  /** From now on every connection is refused, and those that stood are broken. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** From now on everything is taken and nothing comes back, on old connections and new ones, until `flow`. */
  stall(): void;
  /** From now on each piece takes this much longer; with `pieceBytes`, answers come in pieces no larger. */
  slow(byMs: number, pieceBytes?: number): void;
  /** Once so many more bytes of answers have come through, every connection breaks, or nothing comes any more. */
  after(answerBytes: number, what: "break" | "stall"): void;
  flow(): void;
};

/** Lays a cable to the server of `url`, on a free loopback port. */
export async function layCable(url: string): Promise<Cable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let [isStalled, delayMs, pieceBytes] = [false, 0, Infinity];
  let fault: { left: number; readonly what: "break" | "stall" } | undefined;
  const flowing = new Set<() => void>();
  const flow = () => {
    [isStalled, delayMs, pieceBytes] = [false, 0, Infinity];
    fault = undefined;
    for (const go of flowing) go();
    flowing.clear();
  };
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const passPiece = async (piece: Buffer, to: Socket) => {
    if (isStalled) await new Promise<void>((resolve) => flowing.add(resolve));
    if (delayMs > 0) await setTimeout(delayMs);
    if (!to.destroyed) to.write(piece);
  };
  const passAnswer = async (chunk: Buffer, to: Socket) => {
    let rest = chunk;
    while (rest.length > 0 && !to.destroyed) {
      const piece = rest.subarray(0, Math.min(rest.length, pieceBytes, fault?.left ?? Infinity));
      rest = rest.subarray(piece.length);
      await passPiece(piece, to);
      if (fault === undefined) continue;
      fault.left -= piece.length;
      if (fault.left > 0) continue;
      if (fault.what === "break") breakAll();
      else isStalled = true;
      fault = undefined;
    }
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other, pass] of [
      [near, far, passPiece],
      [far, near, passAnswer],
    ] as const) {
      sockets.add(one);
      // One piece after the other, however long one takes.
      let last = Promise.resolve();
      one.on("data", (chunk: Buffer) => (last = last.then(() => pass(chunk, other))));
      one.on("end", () => void last.then(() => other.end()));
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        void last.then(() => other.destroy());
      });
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(port);
  return {
    url: through.href,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        flow();
        breakAll();
      }),
    mend: () => listen(port),
    stall: () => (isStalled = true),
    slow: (byMs, most = Infinity) => {
      [delayMs, pieceBytes] = [byMs, most];
    },
    after: (answerBytes, what) => (fault = { left: answerBytes, what }),
    flow,
  };
}
