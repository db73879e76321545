import type { Model } from "../../model/index.ts";
import type { AskModel } from "../ports.ts";

const TIMEOUT_MS = 2 * 60_000;

/** A model as graders ask it. */
export function toAskModel(model: Model): AskModel {
  return {
    id: model.id,
    async ask({ system, user, maxTokens, signal }) {
      const messages = [{ role: "user", text: user }] as const;
      const answer = await model.ask({
        system,
        messages,
        maxTokens,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      return answer.kind === "answer"
        ? { kind: "said", text: answer.text }
        : { kind: "failed", because: answer.because };
    },
  };
}
