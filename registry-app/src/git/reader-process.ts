import { createByteBudget } from "./byte-budget.ts";
import { collectStderr, spawnGit } from "./git-command.ts";
import type { ObjectInfo, ObjectRead, ReadOptions } from "./records.ts";
import { createReplyParser, type Reply } from "./reply-parser.ts";

/** One `git cat-file --batch-command` with its requests under way. */
export type ReaderProcess = {
  info(spec: string): Promise<ObjectInfo>;
  read(spec: string, maxBytes: number): Promise<ObjectRead>;
  isBusy(): boolean;
  /** Ends the process; what was under way is rejected. Resolves when it is gone. */
  end(): Promise<void>;
};

type Ask = (verb: "info" | "contents", spec: string) => Promise<Reply>;
type Pipe = { readonly ask: Ask; end(): Promise<void> };

const MAX_BYTES_UNDER_WAY = 32 * 1024 * 1024;

/** `onIdle` is called whenever the last answer has come, `onGone` once, when the process is no more. */
export function startReader(
  repoDir: string,
  options: ReadOptions,
  on: { readonly onIdle: () => void; readonly onGone: () => void },
): ReaderProcess {
  const { ask, end } = openPipe(repoDir, options, on.onGone);
  const budget = createByteBudget(MAX_BYTES_UNDER_WAY);
  let underWay = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
      if (underWay === 0) on.onIdle();
    }
  };
  const read = async (spec: string, maxBytes: number): Promise<ObjectRead> => {
    const { info } = await ask("info", spec);
    if (info.kind === "missing") return info;
    const { oid, type, sizeBytes } = info;
    if (sizeBytes > maxBytes) return { kind: "too-large", oid, type, sizeBytes };
    await budget.take(sizeBytes);
    try {
      // By oid: a ref could have moved to something larger since it was measured.
      const { bytes } = await ask("contents", oid);
      if (bytes === undefined) return { kind: "missing" };
      return { kind: "object", oid, type, sizeBytes, bytes };
    } finally {
      budget.give(sizeBytes);
    }
  };
  return {
    info: (spec) => counted(async () => (await ask("info", spec)).info),
    read: (spec, maxBytes) => counted(() => read(spec, maxBytes)),
    isBusy: () => underWay > 0,
    end,
  };
}

function openPipe(repoDir: string, { quarantine }: ReadOptions, onGone: () => void): Pipe {
  const child = spawnGit({ gitDir: repoDir, args: ["cat-file", "--batch-command"], quarantine });
  const stderr = collectStderr(child);
  const parser = createReplyParser();
  let outbox: string[] = [];
  let gone: Error | undefined;
  const fail = (error: Error) => {
    if (gone !== undefined) return;
    gone = error;
    child.kill("SIGKILL");
    for (const request of parser.drain()) request.reject(error);
    onGone();
  };
  const closed = new Promise<void>((resolve) => {
    child.on("error", fail);
    child.on("close", () => {
      fail(new Error(`git cat-file ended: ${stderr().trim() || "no reason given"}`));
      resolve();
    });
  });
  // A broken pipe is followed by `close`, which knows what git said.
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk: Buffer) => {
    if (gone !== undefined) return;
    try {
      parser.feed(chunk);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const flush = () => {
    if (gone === undefined) child.stdin.write(outbox.join(""));
    outbox = [];
  };
  const ask: Ask = (verb, spec) =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      parser.expect({ spec, wantsContents: verb === "contents", resolve, reject });
      // One write for all requests of one turn, those of promises that settle in it included: a write costs more than
      // the answer.
      if (outbox.length === 0) process.nextTick(flush);
      outbox.push(`${verb} ${spec}\n`);
    });
  const end = () => {
    fail(new Error("the object reader was closed"));
    return closed;
  };
  return { ask, end };
}
