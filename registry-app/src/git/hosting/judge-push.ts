import type { Log } from "../../runtime/index.ts";
import type { HookAnswer, HookQuestions } from "./answer-hooks.ts";
import type { ProposedRef, PushedRef, PushJudge, RefVerdict } from "./types.ts";

export type JudgedPush = HookQuestions & {
  /** Compares what was accepted with the refs on disk and tells the judge; never rejects. */
  finish(
    readRefs: (refs: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<void>;
};

const NOT_JUDGED_PUSH = "Assay could not judge this push; push again.";

/** One push before its judge: what the hooks ask, what they are told, and what came of it. */
export function judgePush(log: Log, judge: PushJudge, judgeTimeoutMs: number): JudgedPush {
  let begun: readonly ProposedRef[] | undefined;
  const accepted = new Set<string>();

  const ask = async <Answer>(what: string, question: () => Promise<Answer>) => {
    try {
      return await within(judgeTimeoutMs, question);
    } catch (cause) {
      log.error({ cause }, `judging ${what} failed; it was refused`);
      return undefined;
    }
  };

  const onUpdate = async (update: ProposedRef): Promise<HookAnswer> => {
    const unreadable = findUnreadable(update);
    if (unreadable !== undefined) return { isAccepted: false, message: unreadable };
    const verdict = await ask("a ref", () => judge.judge(update));
    if (verdict === undefined) {
      return { isAccepted: false, message: `Assay could not judge ${kindOf(update)}; push again.` };
    }
    const answer = toAnswer(update, verdict);
    if (answer.isAccepted) accepted.add(update.ref);
    return answer;
  };

  return {
    onPush: async (refs, quarantine) => {
      begun = refs;
      const beginning = await ask("a push", () => judge.begin(refs, quarantine));
      if (beginning === undefined) return { isAccepted: false, message: NOT_JUDGED_PUSH };
      return beginning.kind === "go"
        ? { isAccepted: true, message: "" }
        : { isAccepted: false, message: beginning.message };
    },
    onUpdate,
    finish: async (readRefs) => {
      if (begun === undefined) return;
      try {
        const onDisk = accepted.size === 0 ? new Map() : await readRefs([...accepted]);
        const results = begun.map((ref): PushedRef => {
          const stands = accepted.has(ref.ref) && onDisk.get(ref.ref) === ref.new;
          return { ...ref, accepted: stands };
        });
        await judge.end(results);
      } catch (cause) {
        log.error({ cause }, "the end of a push was not taken note of; the next sync finds it");
      }
    },
  };
}

function toAnswer(update: ProposedRef, verdict: RefVerdict): HookAnswer {
  if (verdict.kind === "refuse") return { isAccepted: false, message: verdict.message };
  // The judge sees moved and deleted tags, to record and to word them; it has no power to let them through.
  if (isTag(update) && isZero(update.new)) {
    return { isAccepted: false, message: "Tags are never deleted: a version stays what it was." };
  }
  if (isTag(update) && !isZero(update.old)) {
    return {
      isAccepted: false,
      message: "Tags never move: tag the new commit with the next version instead.",
    };
  }
  return { isAccepted: true, message: verdict.message ?? "" };
}

function findUnreadable({ ref }: ProposedRef): string | undefined {
  if (ref.includes("\u{FFFD}")) return "The name of this ref is not UTF-8; choose another one.";
  if (!/^refs\/(heads|tags)\/./.test(ref)) return "Only branches and tags can be pushed here.";
  return undefined;
}

function kindOf(update: ProposedRef): string {
  return isTag(update) ? "this tag" : "this branch";
}

function isTag({ ref }: ProposedRef): boolean {
  return ref.startsWith("refs/tags/");
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}

async function within<Answer>(timeoutMs: number, question: () => Promise<Answer>): Promise<Answer> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => expired.reject(new Error(`no verdict after ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([Promise.resolve().then(question), expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
