import type { IncomingMessage } from "node:http";
import { Transform, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { createPushHeadReader } from "./push-head.ts";
import { createWantReader } from "./want-reader.ts";

/** Thrown inside the body's stream: what the sender did wrong. */
export class BodyRefused extends Error {
  readonly reason: "too many bytes" | "too many refs" | "not gzip" | "not shown";

  constructor(reason: BodyRefused["reason"]) {
    super(`the body has ${reason}`);
    this.name = "BodyRefused";
    this.reason = reason;
  }
}

export type BodyLimits =
  | {
      readonly kind: "fetch";
      readonly maxBytes: number;
      /** Asked before git is, with all that is wanted; absent: git's own judgement is enough. */
      readonly mayWant?: (oids: readonly string[]) => Promise<boolean>;
    }
  | { readonly kind: "push"; readonly maxRefs: number };

/** Is the encoding of this request's body one that `readBody` undoes? */
export function hasKnownEncoding(req: IncomingMessage): boolean {
  return ["identity", "gzip", "x-gzip"].includes(encodingOf(req));
}

/**
 * The body as git wants it: inflated and within its limits, which count inflated bytes. A push has no limit of bytes
 * here, since git counts its pack, but one on the list of refs before the pack, which git does not count.
 */
export function readBody(
  req: IncomingMessage,
  limits: BodyLimits,
  onBytes: (sizeBytes: number) => void,
  onRefused: (refused: BodyRefused) => void,
): Readable {
  const check = limits.kind === "fetch" ? byteLimit(limits.maxBytes) : refLimit(limits.maxRefs);
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      const refused = check(chunk);
      if (refused === undefined) done(null, chunk);
      else done(refused);
    },
  });
  checked.on("error", (cause) => {
    if (cause instanceof BodyRefused) onRefused(cause);
  });
  const judged =
    limits.kind === "fetch" && limits.mayWant !== undefined
      ? checked.pipe(judgeWants(limits.mayWant, onRefused))
      : checked;
  if (encodingOf(req) === "identity") {
    req.pipe(checked);
    return judged;
  }
  const inflated = createGunzip();
  inflated.on("error", () => onRefused(new BodyRefused("not gzip")));
  req.pipe(inflated).pipe(checked);
  return judged;
}

/** Holds a fetch back until all that it wants is read and allowed. */
function judgeWants(
  mayWant: (oids: readonly string[]) => Promise<boolean>,
  onRefused: (refused: BodyRefused) => void,
): Transform {
  const reader = createWantReader();
  let held: Buffer[] | undefined = [];
  const pass = async (stream: Transform, chunk: Buffer): Promise<boolean> => {
    if (held === undefined) {
      stream.push(chunk);
      return true;
    }
    held.push(chunk);
    const read = reader.read(chunk);
    if (read.kind === "more") return true;
    if (read.kind === "malformed" || !(await mayWant(read.oids))) return false;
    for (const one of held) stream.push(one);
    held = undefined;
    return true;
  };
  const judge = async (chunk: Buffer): Promise<Error | null> => {
    try {
      return (await pass(judged, chunk)) ? null : new BodyRefused("not shown");
    } catch (cause) {
      return new Error("what a fetch wants could not be judged", { cause });
    }
  };
  const judged: Transform = new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      done(await judge(chunk));
    },
  });
  judged.on("error", (cause) => {
    onRefused(cause instanceof BodyRefused ? cause : new BodyRefused("not shown"));
  });
  return judged;
}

function encodingOf(req: IncomingMessage): string {
  return (req.headers["content-encoding"] ?? "identity").trim().toLowerCase();
}

function byteLimit(maxBytes: number): (chunk: Buffer) => BodyRefused | undefined {
  let sizeBytes = 0;
  return (chunk) => {
    sizeBytes += chunk.length;
    return sizeBytes > maxBytes ? new BodyRefused("too many bytes") : undefined;
  };
}

function refLimit(maxRefs: number): (chunk: Buffer) => BodyRefused | undefined {
  const head = createPushHeadReader();
  const maxHeadBytes = 65_536 + 512 * maxRefs;
  return (chunk) => {
    const { lines, sizeBytes } = head.read(chunk);
    return lines > maxRefs || sizeBytes > maxHeadBytes
      ? new BodyRefused("too many refs")
      : undefined;
  };
}
