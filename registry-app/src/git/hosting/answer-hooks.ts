import type { Readable, Writable } from "node:stream";
import type { QuarantineEnv } from "../records.ts";
import { toMessageBlock } from "./message-block.ts";
import type { ProposedRef } from "./types.ts";

export type HookAnswer = { readonly isAccepted: boolean; readonly message: string };

export type HookQuestions = {
  onPush(refs: readonly ProposedRef[], quarantine: QuarantineEnv | undefined): Promise<HookAnswer>;
  onUpdate(update: ProposedRef): Promise<HookAnswer>;
};

type Unanswered = { objects: string; alternates: string; refs: ProposedRef[] };

const MAX_LINE_BYTES = 16_384;
const REF = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^ ]+)$/;

/**
 * Answers what the hooks ask. A line that does not belong closes both pipes, upon which the hooks refuse.
 * Lines are read and echoed byte for byte (latin1), for git allows any byte above 0x7f in a ref's name.
 */
export function answerHooks(
  questions: HookQuestions,
  pipes: { readonly fromHook: Readable; readonly toHook: Writable },
  onTraffic: () => void,
): void {
  const { fromHook, toHook } = pipes;
  let push: Unanswered | undefined;
  const hangUp = () => {
    fromHook.destroy();
    toHook.destroy();
  };
  const answer = (verdict: string, message: string) => {
    const lines = message === "" ? [] : [...toMessageBlock(message), ""];
    const text = lines.map((line) => `|${Buffer.from(line, "utf8").toString("latin1")}\n`).join("");
    toHook.write(`${verdict}\n${text}.\n`, "latin1");
  };
  const onLine = async (line: string) => {
    onTraffic();
    const [word, rest] = splitOnce(line);
    if (word === "push") {
      push = { objects: "", alternates: "", refs: [] };
    } else if (push !== undefined && word === "objects") {
      push.objects = rest;
    } else if (push !== undefined && word === "alternates") {
      push.alternates = rest;
    } else if (push !== undefined && word === "ref") {
      push.refs.push(toRef(rest));
    } else if (push !== undefined && word === "end") {
      const asked = push;
      push = undefined;
      const { isAccepted, message } = await questions.onPush(asked.refs, toQuarantine(asked));
      answer(isAccepted ? "go" : "refuse", message);
    } else if (push === undefined && word === "update") {
      const update = toRef(rest);
      const { isAccepted, message } = await questions.onUpdate(update);
      answer(`${isAccepted ? "accept" : "refuse"} ${rest.split(" ").slice(1).join(" ")}`, message);
    } else {
      throw new Error(`a hook said ${JSON.stringify(word)} out of turn`);
    }
  };
  fromHook.on("error", hangUp);
  toHook.on("error", hangUp);
  void readLines(fromHook, onLine).catch(hangUp);
}

async function readLines(from: Readable, onLine: (line: string) => Promise<void>): Promise<void> {
  let pending = "";
  for await (const chunk of from.setEncoding("latin1")) {
    const lines = (pending + String(chunk)).split("\n");
    pending = lines.pop() ?? "";
    if (pending.length > MAX_LINE_BYTES) throw new Error("a hook's line is too long");
    for (const line of lines) await onLine(line);
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(" ");
  return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

function toRef(text: string): ProposedRef {
  const [, old, proposed, name] = REF.exec(text) ?? [];
  if (old === undefined || proposed === undefined || name === undefined) {
    throw new Error("a hook named a ref that cannot be read");
  }
  return { ref: toUtf8(name), old, new: proposed };
}

function toQuarantine({ objects, alternates }: Unanswered): QuarantineEnv | undefined {
  if (objects === "") return undefined;
  return {
    GIT_OBJECT_DIRECTORY: toUtf8(objects),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: toUtf8(alternates),
    GIT_QUARANTINE_PATH: toUtf8(objects),
  };
}

function toUtf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
