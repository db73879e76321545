import type { Verb } from "./acts.ts";
import type { Prose } from "./markdown-state.ts";
import type { Token } from "./tokens.ts";

/** Words between a subject or a helper and its verb. */
const ADVERBS = new Set(
  "also then silently quietly secretly automatically always immediately first just simply please only carefully directly not never additionally optionally finally next now still again even instead proactively explicitly actually ever fully completely strictly absolutely under be continuously permanently programmatically subsequently further kindly periodically regularly".split(
    " ",
  ),
);
const HELPERS = new Set(
  "attackers hackers adversaries to must should shall will would can could may might do does did don't doesn't mustn't shouldn't cannot can't won't never always and or then you we i they let let's please agent agents claude model assistant assistants ai users user but nor not also must-not helps help".split(
    " ",
  ),
);
const SINGULAR = new Set(
  "it skill tool agent this that which who script system server function handler service assistant model claude plugin and also then extension step process program command application app hook".split(
    " ",
  ),
);
const BE = new Set(
  "is are was were be been being get gets gotten isn't aren't wasn't weren't".split(" "),
);
const ING_AFTER = new Set(
  "by start begin keep avoid stop refrain from without before after involves requires includes consider".split(
    " ",
  ),
);
/** What follows a verb, and hardly a noun at the beginning of a line. */
const OPENERS = new Set(
  "the a an all any every each your their its this that these those to from with it them whatever everything full user users both".split(
    " ",
  ),
);

/** Whether a word that may be a verb is one here: `post the log` and not `the post log`. */
export function isVerbUse(
  sentence: readonly Token[],
  index: number,
  verb: Verb,
  kind: Prose["kind"],
): boolean {
  const before = beforeOf(sentence, index);
  const next = sentence[index + 1];
  if (verb.form === "base") {
    if (next?.text === ":" && before === null) return false;
    if (before === null)
      return kind !== "heading" && kind !== "cell"
        ? true
        : OPENERS.has(next?.lower ?? "") || kind === "cell";
    return (
      HELPERS.has(before.lower) ||
      (before.kind === "break" &&
        (before.text === ")" ? OPENERS.has(next?.lower ?? "") : isOpening(next)))
    );
  }
  if (verb.form === "third") {
    if (before === null || before.kind === "break") return isOpening(next);
    return SINGULAR.has(before.lower) && (before.lower !== "and" || isOpening(next));
  }
  if (verb.form === "past") return hasBe(sentence, index);
  if (before === null) return false;
  return ING_AFTER.has(before.lower) || BE.has(before.lower);
}

/** The word before, adverbs left out; null at the beginning of a sentence or of what a label introduces. */
function beforeOf(sentence: readonly Token[], index: number): Token | null {
  let at = index - 1;
  for (; at >= 0; at -= 1) {
    const token = sentence[at];
    if (token === undefined || token.kind !== "word" || !ADVERBS.has(token.lower)) break;
    // A negation belongs to the verb; it does not stand for a subject.
    if (token.lower === "not" || token.lower === "never")
      return token.lower === "never" ? token : { ...token, lower: "not" };
  }
  const token = sentence[at];
  if (token === undefined) return null;
  if (token.kind === "break" || token.kind === "quote" || token.kind === "tag") {
    return token.text === ":" || token.text === "\n" || token.kind !== "break" || token.text === "("
      ? null
      : token;
  }
  // "1 . Download", "Step 2 — Run"
  return /^\d{1,3}$/.test(token.lower) && at <= 1 ? null : token;
}

function isOpening(next: Token | undefined): boolean {
  if (next === undefined) return false;
  if (next.kind === "url" || next.kind === "path" || next.kind === "code" || next.kind === "email")
    return true;
  return next.kind === "word";
}

function hasBe(sentence: readonly Token[], index: number): boolean {
  for (let at = index - 1; at >= Math.max(0, index - 4); at -= 1) {
    const token = sentence[at];
    if (token === undefined || token.kind === "stop") return false;
    if (BE.has(token.lower)) return true;
    if (token.lower === "and" || token.lower === "or" || token.lower === ",") continue;
  }
  return false;
}
