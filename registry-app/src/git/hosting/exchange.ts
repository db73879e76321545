import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { drainRequest } from "./drain-request.ts";
import type { BodyRefused } from "./read-body.ts";
import type { GitChild, GitExit } from "./start-git.ts";

/** Why a request ended before git had finished of its own accord. */
export type Cut = "client left" | "idle" | "too long" | "server stops" | BodyRefused["reason"];

export type Exchange = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly child: GitChild;
  readonly contentType: string;
  /** Bytes that stand before what git writes. */
  readonly preamble: Buffer;
  /** Connects the body; absent when there is none. */
  readonly openBody?: (
    onBytes: (sizeBytes: number) => void,
    onRefused: (refused: BodyRefused) => void,
  ) => Readable;
  /** A push whose bytes have all arrived is carried out although nobody reads the answer. */
  readonly outlivesClient: boolean;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** A body that git would not read is still read, up to here, for the sender only then reads the answer. */
  readonly drainMaxBytes: number;
};

export type Ended = {
  readonly exit: GitExit;
  readonly cut: Cut | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
};

export type RunningExchange = {
  /** Settles as soon as git has gone; the answer may still be on its way. */
  readonly ended: Promise<Ended>;
  /** Settles when the answer was handed over. */
  readonly answered: Promise<void>;
  /** Tells that something moved, so that the request is not idle. */
  touch(): void;
  cut(why: Cut): void;
};

const NEVER_CACHED = {
  "Cache-Control": "no-cache, max-age=0, must-revalidate",
  Expires: "Fri, 01 Jan 1980 00:00:00 GMT",
  Pragma: "no-cache",
} as const;

/** Carries bytes between a client and git until both are done, the client has gone or a limit was met. */
export function exchange(parts: Exchange): RunningExchange {
  const { res, child } = parts;
  const counted = { bytesIn: 0, bytesOut: 0 };
  let why: Cut | undefined;
  const cut = (reason: Cut) => {
    why ??= reason;
    child.end();
  };
  let isGitGone = false;
  const watch = startWatch(parts, (reason) => {
    cut(reason);
    if (res.headersSent || isGitGone) res.destroy();
  });
  const onBytes = (sizeBytes: number) => {
    counted.bytesIn += sizeBytes;
    watch.touch();
  };
  feed(parts, onBytes, cut);
  cutWhenClientLeaves(parts, cut);

  const copied = copyOut(parts, (sizeBytes) => {
    counted.bytesOut += sizeBytes;
    watch.touch();
  });
  const ended = copied
    .then(() => child.exited)
    .then((exit): Ended => {
      isGitGone = true;
      return { exit, cut: why, ...counted };
    });
  const answered = ended
    .then(async ({ exit }) => finishAnswer(parts, exit, why, watch.touch))
    .finally(watch.stop);
  return { ended, answered, touch: watch.touch, cut };
}

/** One sentence as a whole answer, for a person who reads what curl or git shows of it. */
export function answerPlainly(
  res: ServerResponse,
  status: number,
  sentence: string,
  headers: Record<string, string> = {},
): void {
  if (res.headersSent || res.destroyed) return;
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  res.writeHead(status, { ...NEVER_CACHED, ...type, ...headers }).end(`${sentence}\n`);
}

function startWatch(
  { idleTimeoutMs, totalTimeoutMs }: Exchange,
  onExpired: (why: Cut) => void,
): { touch(): void; stop(): void } {
  const idle = setTimeout(() => onExpired("idle"), idleTimeoutMs);
  const total = setTimeout(() => onExpired("too long"), totalTimeoutMs);
  let isStopped = false;
  return {
    touch: () => {
      if (!isStopped) idle.refresh();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(idle);
      clearTimeout(total);
    },
  };
}

function feed(
  { req, res, child, openBody }: Exchange,
  onBytes: (sizeBytes: number) => void,
  cut: (why: Cut) => void,
): void {
  // A broken connection shows in how it closes.
  req.on("error", () => undefined);
  res.on("error", () => undefined);
  if (openBody === undefined) {
    child.stdin.end();
    return;
  }
  const body = openBody(onBytes, (refused) => cut(refused.reason));
  body.pipe(child.stdin);
}

function cutWhenClientLeaves(
  { res, child, outlivesClient }: Exchange,
  cut: (why: Cut) => void,
): void {
  const onClose = () => {
    if (res.writableFinished) return;
    const hasAll = child.stdin.writableEnded;
    if (!(outlivesClient && hasAll)) cut("client left");
  };
  if (res.destroyed) onClose();
  else res.once("close", onClose);
}

async function copyOut(parts: Exchange, onBytes: (sizeBytes: number) => void): Promise<void> {
  const { res, child } = parts;
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      if (res.destroyed) continue;
      startAnswer(parts);
      if (!res.write(chunk)) await roomToWrite(res);
      onBytes(0);
    }
  } catch {
    // The pipe broke: how git ended says the rest.
  }
}

function startAnswer({ res, contentType, preamble }: Exchange): void {
  if (res.headersSent) return;
  res.writeHead(200, { ...NEVER_CACHED, "Content-Type": contentType });
  if (preamble.length > 0) res.write(preamble);
}

async function roomToWrite(res: ServerResponse): Promise<void> {
  if (res.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  res.once("drain", resolve).once("close", resolve);
  await promise;
  res.off("drain", resolve).off("close", resolve);
}

async function finishAnswer(
  parts: Exchange,
  exit: GitExit,
  cut: Cut | undefined,
  touch: () => void,
): Promise<void> {
  const { req, res } = parts;
  const isOver = cut === "idle" || cut === "too long" || cut === "server stops";
  if (isOver) res.shouldKeepAlive = false;
  else await drainRequest(req, parts.drainMaxBytes, touch);
  if (res.destroyed) return;
  if (cut === undefined && (res.headersSent || exit.code === 0)) {
    // Once git has said something, what went wrong stands in it, in the protocol's own words.
    startAnswer(parts);
    res.end();
  } else if (cut === "too many refs") {
    startAnswer(parts);
    res.end(errorPacket("This push names too many refs at once; push them in smaller groups."));
  } else if (res.headersSent) {
    res.destroy();
  } else {
    const [status, sentence] = wordsFor(cut);
    answerPlainly(res, status, sentence);
  }
}

function wordsFor(cut: Cut | undefined): [number, string] {
  switch (cut) {
    case "too many bytes":
      return [413, "This request is too large."];
    case "not shown":
      return [403, "This repository does not show all of the objects that were asked for."];
    case "not gzip":
      return [400, "The body of this request is not gzip, though it says so."];
    case "idle":
    case "too long":
      return [504, "This took too long and was ended; try again."];
    case "server stops":
      return [503, "The server is stopping; try again in a moment."];
    default:
      return [500, "Git could not answer; the server's log says why."];
  }
}

/** Channel 3 of the side band: git prints it and gives up. */
function errorPacket(sentence: string): Buffer {
  const text = Buffer.from(`\u0003${sentence}\n`, "utf8");
  return Buffer.concat([Buffer.from((text.length + 4).toString(16).padStart(4, "0")), text]);
}
