import type { Verb } from "./acts.ts";
import type { Directive } from "./directives.ts";
import type { Token } from "./tokens.ts";

export type Mood = {
  readonly modality: Directive["modality"];
  readonly isPassive: boolean;
  /** What it is done to was named before: "send it". */
  readonly hasPronoun: boolean;
  readonly when: string | null;
};

type Use = { readonly index: number; readonly words: number; readonly verb: Verb };
type Asked = {
  readonly sentence: readonly Token[];
  readonly use: Use;
  readonly previous: Use | null;
  /** How the verb before was meant. */
  readonly last: Mood | null;
  /** The words that introduce a list. */
  readonly lead: readonly string[];
};

const NEGATIONS = new Set(
  "not never don't doesn't mustn't shouldn't cannot can't won't avoid refrain without no isn't aren't wasn't prohibited forbidden nor neither didn't wouldn't".split(
    " ",
  ),
);
/** "Do not forget to", "never fail to": the negation is taken back. */
const TAKEN_BACK = new Set("forget fail hesitate neglect skip only just simply limited".split(" "));
const MAY = new Set(
  "may can could might allowed permitted authorized authorised free authority able entitled empowered".split(
    " ",
  ),
);
const SHOULD = new Set("should recommended ideally consider prefer optionally".split(" "));
const OTHERS = new Set(
  "attacker attackers adversary adversaries malware hacker hackers malicious injection injections phishing exploit exploits threat threats intruder criminals scammers scammer they users people developers customers teams companies organizations someone clients visitors readers".split(
    " ",
  ),
);
const PRONOUNS = new Set("it them this these those that everything".split(" "));
/** "The contents", "a copy": of what was named before. */
const OF_IT = new Set(
  "contents content results result output outputs data report list copy copies findings summary whole".split(
    " ",
  ),
);
const WHENS = new Set(
  "when if after before whenever once upon unless during while on each every until".split(" "),
);

export function moodOf(asked: Asked): Mood {
  const { sentence, use } = asked;
  const clause = clauseBefore(asked);
  const words = clause.map((token) => token.lower);
  const isPassive = use.verb.form === "past";
  const after = sentence[use.index + use.words]?.lower ?? "";
  const common = {
    isPassive,
    hasPronoun: PRONOUNS.has(after) || isOfIt(sentence, use.index + use.words),
    when: whenOf(sentence),
  };
  // "without telling" says how another act is done; the sentence's tone has it.
  if (words.at(-1) === "without" || words.at(-2) === "without")
    return { ...common, modality: "described" };
  if (isNegated(asked, words)) {
    const modality = isPassive || isOrder(words) ? "forbidden" : "described";
    return { ...common, modality };
  }
  return { ...common, modality: modalityOf(words, use.verb) };
}

function isOfIt(sentence: readonly Token[], at: number): boolean {
  return (
    ["the", "a", "its", "their", "all"].includes(sentence[at]?.lower ?? "") &&
    OF_IT.has(sentence[at + 1]?.lower ?? "")
  );
}

/** The words of the clause that stand before the verb, back to the verb before or to a break. */
function clauseBefore({ sentence, use, previous }: Asked): readonly Token[] {
  const from = previous === null ? 0 : previous.index + previous.words;
  let start = use.index;
  while (start > from && use.index - start < 24) {
    const token = sentence[start - 1];
    if (
      token === undefined ||
      token.kind === "break" ||
      token.lower === "but" ||
      token.lower === "then"
    )
      break;
    start -= 1;
  }
  return sentence.slice(start, use.index);
}

function isNegated(
  { sentence, use, previous, last, lead }: Asked,
  words: readonly string[],
): boolean {
  const negations = words.filter((word) => NEGATIONS.has(word)).length;
  const isTakenBack = words.some((word) => TAKEN_BACK.has(word));
  if (negations > 0) return !isTakenBack && negations % 2 === 1;
  // "do not log, mention or tell": one negation for all verbs of the list.
  if (previous !== null && last?.modality === "forbidden" && use.verb.form === previous.verb.form) {
    const between = sentence.slice(previous.index + previous.words, use.index);
    const isList = between.some(
      (token) => token.lower === "or" || token.lower === "nor" || token.lower === "and",
    );
    const isShort = between.length <= 8;
    const isPlainComma = between.length === 1 && between[0]?.text === ",";
    if ((isList && isShort && !between.some((token) => token.lower === "then")) || isPlainComma)
      return true;
  }
  if (isHeadedByNo(sentence, use)) return true;
  return use.index <= 1 && lead.length > 0 && isNegativeLead(lead);
}

/** "**Never** - disable it": the word stands alone before the dash. */
function isHeadedByNo(sentence: readonly Token[], use: Use): boolean {
  const [first, ...between] = sentence.slice(0, use.index);
  return (
    first !== undefined &&
    HEADS.has(first.lower) &&
    between.length > 0 &&
    between.every(({ kind }) => kind === "break")
  );
}
const HEADS = new Set(["never", "don't", "avoid", "no"]);

const TOLD = new Set(
  "you agent agents assistant model claude skill tool it and then but please so must should shall also always ai bot we i".split(
    " ",
  ),
);

/** Whether a negated clause is an order: "do not show it", and not "these bugs do not show". */
function isOrder(words: readonly string[]): boolean {
  const at = words.findIndex((word) => NEGATIONS.has(word));
  const helper = words[at - 1];
  const isHelped =
    helper === "do" ||
    helper === "does" ||
    helper === "did" ||
    helper === "can" ||
    helper === "will";
  const subject = isHelped ? words[at - 2] : helper;
  return (
    subject === undefined ||
    TOLD.has(subject) ||
    /^(?:may|ever|simply|to|is|are|be|important|sure)$/.test(subject)
  );
}

/** "Never:", "Do not do any of the following:", "You must not:". */
export function isNegativeLead(lead: readonly string[]): boolean {
  if (lead.length === 0) return false;
  const last = lead.slice(-12);
  if (last.includes("without")) return false;
  return last.some((word) =>
    [
      "never",
      "not",
      "don't",
      "avoid",
      "forbidden",
      "prohibited",
      "mustn't",
      "cannot",
      "won't",
    ].includes(word),
  );
}

const DETERMINERS = new Set("the these those some many most such all several both".split(" "));
const RELATIVE = new Set("that which who".split(" "));

/** "The scripts need root and disable the log", "a run that omits it": tells of something, and orders nothing. */
function isOfOthers(words: readonly string[], verb: Verb): boolean {
  if (verb.form === "third") return RELATIVE.has(words.at(-1) ?? "");
  if (verb.form !== "base" || !DETERMINERS.has(words[0] ?? "")) return false;
  return !words.some((word) => (TOLD.has(word) && word !== "and") || word === "to");
}

function modalityOf(words: readonly string[], verb: Verb): Directive["modality"] {
  if (words.some((word) => OTHERS.has(word)) || isOfOthers(words, verb)) return "described";
  if (words.some((word) => MAY.has(word))) return "may";
  if (words.some((word) => SHOULD.has(word))) return "should";
  if (
    verb.form === "ing" &&
    !words.some((word) => word === "by" || word === "start" || word === "begin")
  )
    return "described";
  return "must";
}

function whenOf(sentence: readonly Token[]): string | null {
  const at = sentence.findIndex((token) => token.kind === "word" && WHENS.has(token.lower));
  if (at < 0) return null;
  const words: string[] = [];
  for (const token of sentence.slice(at, at + 14)) {
    if (words.length > 2 && token.kind === "break") break;
    words.push(token.lower);
  }
  return words.join(" ");
}

const AGENT = new Set(
  "you agent agents assistant assistants model claude gpt llm ai bot skill tool chatgpt gemini copilot codex plugin".split(
    " ",
  ),
);
const PERSON = new Set(
  "click terminal finder desktop installer double-click download downloaded windows macos browser press enter paste".split(
    " ",
  ),
);

export function audienceOf(sentence: readonly Token[], index: number): Directive["audience"] {
  const before = sentence.slice(Math.max(0, index - 12), index);
  if (before.some((token) => AGENT.has(token.lower))) return "agent";
  return sentence.some((token) => PERSON.has(token.lower)) ? "person" : "any";
}
