import type { ObjectInfo, ObjectType } from "./records.ts";

export type Reply = { readonly info: ObjectInfo; readonly bytes: Buffer | undefined };

/** What the parser waits for next: one answer of `git cat-file --batch-command`, in the order of the requests. */
export type Expected = {
  readonly spec: string;
  readonly wantsContents: boolean;
  resolve(reply: Reply): void;
  reject(error: Error): void;
};

export type ReplyParser = {
  expect(request: Expected): void;
  /** Feeds raw output. Throws when the answer cannot belong to the request: the process must then be given up. */
  feed(chunk: Buffer): void;
  /** Takes out the requests that were not answered. */
  drain(): readonly Expected[];
};

type Body = { readonly info: ObjectInfo; readonly bytes: Buffer; filledBytes: number };

const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (blob|tree|commit|tag) (\d{1,15})$/;
const LF = 10;
/** The longest header repeats the spec, and specs are capped where they come in. */
const MAX_HEADER_BYTES = 16 * 1024;

/** A FIFO parser on raw bytes: a header line, then, when contents were asked for, exactly its size and a LF. */
export function createReplyParser(): ReplyParser {
  const waiting: Expected[] = [];
  let head = 0;
  let line: Buffer = Buffer.alloc(0);
  let body: Body | undefined;

  const next = (): Expected => {
    const request = waiting[head];
    if (request === undefined) throw new Error("git cat-file answered more than it was asked");
    head += 1;
    if (head > 1024) {
      waiting.splice(0, head);
      head = 0;
    }
    return request;
  };

  const takeLine = (chunk: Buffer): Buffer => {
    const end = chunk.indexOf(LF);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    if (line.length + part.length > MAX_HEADER_BYTES)
      throw new Error("git cat-file header too long");
    line = line.length === 0 ? part : Buffer.concat([line, part]);
    if (end === -1) {
      line = Buffer.from(line);
      return chunk.subarray(chunk.length);
    }
    const request = waiting[head];
    const info = parseHeader(line.toString("utf8"), request?.spec);
    line = Buffer.alloc(0);
    if (request?.wantsContents === true && info.kind === "object")
      body = { info, bytes: Buffer.allocUnsafeSlow(info.sizeBytes), filledBytes: 0 };
    else next().resolve({ info, bytes: undefined });
    return chunk.subarray(end + 1);
  };

  const takeBody = (chunk: Buffer, open: Body): Buffer => {
    const copied = chunk.copy(open.bytes, open.filledBytes);
    open.filledBytes += copied;
    const rest = chunk.subarray(copied);
    if (rest.length === 0) return rest;
    if (rest[0] !== LF) throw new Error("git cat-file contents do not end where they should");
    body = undefined;
    next().resolve({ info: open.info, bytes: open.bytes });
    return rest.subarray(1);
  };

  return {
    expect: (request) => void waiting.push(request),
    feed(chunk) {
      let rest = chunk;
      while (rest.length > 0) rest = body === undefined ? takeLine(rest) : takeBody(rest, body);
    },
    drain: () => waiting.splice(0).slice(head),
  };
}

function parseHeader(text: string, spec: string | undefined): ObjectInfo {
  // Compared whole first: a spec may itself look like a header.
  if (text === `${spec} missing` || text === `${spec} ambiguous` || text === `${spec} submodule`)
    return { kind: "missing" };
  const match = HEADER.exec(text);
  const [, oid, type, size] = match ?? [];
  if (oid === undefined || type === undefined || size === undefined)
    throw new Error("git cat-file answered something unknown");
  return { kind: "object", oid, type: type as ObjectType, sizeBytes: Number(size) };
}
