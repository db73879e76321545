import type { TextView } from "../inventory/scan-file.ts";
import { findVerb, mayBeVerb, type Verb } from "./acts.ts";
import { audienceOf, isNegativeLead, moodOf, type Mood } from "./mood.ts";
import type { Act, Directive, Standing, Thing, Tone } from "./directives.ts";
import type { Prose } from "./markdown-state.ts";
import { notionsOf, type Notions } from "./notions.ts";
import { isVerbUse } from "./verb-use.ts";
import { ownStanding } from "./standing.ts";
import { thingsOf, thingsOfTarget } from "./things.ts";
import type { Token } from "./tokens.ts";
import { tonesOf } from "./tones.ts";

export type Passage = {
  readonly piece: Prose;
  readonly tokens: readonly Token[];
  readonly standing: Standing;
  readonly view: TextView;
  readonly lineAt: (at: number) => number;
};

/** A sentence without an end is read in parts of this many words. */
const MAX_WORDS = 120;
/** How far behind its verb an object may stand. */
const MAX_REACH = 32;
const MAX_EXCERPT = 200;
const MAX_SENTENCE = 1000;

/** What the sentences of a piece of prose tell somebody to do, and what else is said with it. */
export function readDirectives(passage: Passage): readonly Directive[] {
  const found: Directive[] = [];
  const lead = passage.piece.lead === "" ? [] : leadWords(lastSentence(passage.piece.lead));
  for (const sentence of sentencesOf(passage.tokens)) {
    found.push(...readSentence(passage, sentence, lead, found.at(-1)));
  }
  return found;
}

function sentencesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const sentences: (readonly Token[])[] = [];
  let from = 0;
  tokens.forEach((token, index) => {
    const isLong = index - from >= MAX_WORDS;
    if (token.kind !== "stop" && !isLong) return;
    if (index > from) sentences.push(tokens.slice(from, isLong ? index : index + 1));
    from = isLong ? index : index + 1;
  });
  if (from < tokens.length) sentences.push(tokens.slice(from));
  return sentences;
}

/** "Never do it silently. Instead:": what stands right before a list leads it, and no sentence before that. */
function lastSentence(lead: string): string {
  return lead.split(/(?<=[.!?]["')*_`]{0,4})\s{1,20}/).findLast((one) => one.trim() !== "") ?? "";
}

function leadWords(lead: string): readonly string[] {
  return (
    lead
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}\p{N}'_-]{1,60}/gu)
      ?.slice(-40) ?? []
  );
}

/** "Must not", "Never do": a heading that is nothing else speaks for the items below it. */
const NEVER_LABEL =
  /^[^\p{L}]{0,10}(?:you )?(?:(?:must|should|may) not|mustn['’]t|never|(?:do not|don['’]t)s?|not allowed|forbidden|prohibited|avoid)(?: (?:do|ever|use|include|(?:do )?(?:any of )?(?:this|these|the following)))?[^\p{L}]{0,10}$/iu;

/** The words that say whether what follows is wanted: a sentence that has come to its end speaks for itself only. */
function polarLead({ lead, headings }: Prose, words: readonly string[]): readonly string[] {
  if (words.length > 0) return /[.!?]["')*_`]{0,4}\s{0,20}$/.test(lead) ? [] : words;
  const title = headings.at(-1) ?? "";
  return NEVER_LABEL.test(title) ? leadWords(title) : [];
}

type Use = { readonly index: number; readonly words: number; readonly verb: Verb };

function readSentence(
  passage: Passage,
  sentence: readonly Token[],
  lead: readonly string[],
  before: Directive | undefined,
): readonly Directive[] {
  const words = wordsOf(sentence);
  const said = tonesOf(lead.length === 0 ? words : `${lead.join(" ")} ${words}`);
  const polar = polarLead(passage.piece, lead);
  const tones: readonly Tone[] = isNegativeLead(polar) ? [...said, "unwanted"] : said;
  const isOutside = passage.piece.kind === "comment-line" || passage.piece.kind === "cell";
  const frame: Frame = {
    passage,
    sentence,
    uses: verbsOf(sentence, passage.piece.kind),
    lead,
    words,
    tones: isOutside ? [...tones, "outside-prose"] : tones,
    notions: notionsOf(words),
    standing: passage.standing === "plain" ? ownStanding(words, passage.piece) : passage.standing,
    excerpt: excerptOf(passage.piece.text, sentence),
  };
  if (frame.uses.length === 0) return isTooShort(frame) ? [] : [statementOf(frame)];
  const directives: Directive[] = [];
  let last: Mood | null = null;
  frame.uses.forEach((use, nth) => {
    const previous = frame.uses[nth - 1] ?? null;
    const mood = moodOf({ sentence, use, previous, last, lead: polar });
    last = mood;
    directives.push(directiveOf(frame, nth, use, mood, directives.at(-1) ?? before));
  });
  return directives;
}

/** Two words tell nothing; in scripts without spaces a whole sentence is one. */
function isTooShort({ sentence, words }: Frame): boolean {
  return sentence.length < 3 && !/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{8}/.test(words);
}

type Frame = {
  readonly passage: Passage;
  readonly sentence: readonly Token[];
  readonly uses: readonly Use[];
  readonly lead: readonly string[];
  readonly words: string;
  readonly tones: readonly Tone[];
  readonly notions: Notions;
  readonly standing: Standing;
  readonly excerpt: string;
};

function wordsOf(sentence: readonly Token[]): string {
  return sentence
    .filter((token) => token.kind !== "stop" && token.text !== "\n")
    .map((token) => (token.kind === "code" ? `\`${token.text}\`` : token.lower))
    .join(" ")
    .slice(0, MAX_SENTENCE);
}

function directiveOf(
  frame: Frame,
  nth: number,
  use: Use,
  mood: Mood,
  before: Directive | undefined,
): Directive {
  const { sentence } = frame;
  const span = spanOf(sentence, frame.uses, nth, mood.isPassive);
  const own = thingsIn(span);
  const isInherited = own.length === 0 || mood.hasPronoun;
  const act = actOf(use.verb, mood);
  const meant = modalityOf(act, use.verb, mood);
  const standing =
    frame.standing === "plain" && isInQuotes(sentence, use.index) ? "quoted" : frame.standing;
  return {
    ...commonOf(frame, use.index),
    standing,
    act,
    things: isInherited ? unique([...own, ...(before?.things ?? [])]) : own,
    targets: targetsIn(span),
    modality: standing === "plain" || meant === "forbidden" ? meant : "described",
    when: mood.when,
  };
}

/** Between quotation marks: what somebody else might say. */
function isInQuotes(sentence: readonly Token[], index: number): boolean {
  const before = sentence.slice(0, index).filter((token) => token.kind === "quote").length;
  return before % 2 === 1;
}

function statementOf(frame: Frame): Directive {
  const { sentence } = frame;
  return {
    ...commonOf(frame, 0),
    act: "state",
    things: thingsIn(sentence),
    targets: targetsIn(sentence),
    modality: "described",
    when: null,
  };
}

function commonOf(frame: Frame, index: number) {
  const { passage, sentence, tones, notions, standing, words, excerpt } = frame;
  const line = passage.lineAt(sentence[index]?.at ?? 0);
  return {
    at: { file: passage.view.file.path, line, via: passage.view.via },
    audience: audienceOf(sentence, index),
    headings: passage.piece.headings,
    standing,
    tones,
    notions,
    words,
    excerpt,
  };
}

/** A verb's act, or what its negation makes of it: "do not tell" conceals, "never ask" bypasses. */
function actOf(verb: Verb, mood: Mood): Act {
  return mood.modality === "forbidden" ? (verb.negated ?? verb.act) : verb.act;
}

/** "Do not tell" is an order to conceal; "do not delete" is an order that deleting be left. */
function modalityOf(act: Act, verb: Verb, mood: Mood): Directive["modality"] {
  if (mood.modality === "forbidden" && verb.negated !== null && act === verb.negated) return "must";
  return mood.modality;
}

function verbsOf(sentence: readonly Token[], kind: Prose["kind"]): readonly Use[] {
  const uses: Use[] = [];
  for (let index = 0; index < sentence.length; index += 1) {
    const token = sentence[index];
    if (token?.kind !== "word" || !mayBeVerb(token.lower)) continue;
    const following = sentence.slice(index + 1, index + 6).map((one) => one.lower);
    const found = findVerb(token.lower, following);
    if (found === undefined || !isVerbUse(sentence, index, found.verb, kind)) continue;
    uses.push({ index, words: found.words, verb: found.verb });
    index += found.words - 1;
  }
  return uses;
}

const SUBORDINATE = new Set(
  "when if unless because so which while until whenever although whereas".split(" "),
);

/** The words that a verb speaks of: what follows it, and for a passive what comes before it too. */
function spanOf(
  sentence: readonly Token[],
  uses: readonly Use[],
  nth: number,
  isPassive: boolean,
): readonly Token[] {
  const use = uses[nth];
  if (use === undefined) return [];
  const from = use.index + use.words;
  const to = Math.min(uses[nth + 1]?.index ?? sentence.length, from + MAX_REACH);
  const after: Token[] = [];
  for (let index = from; index < to; index += 1) {
    const token = sentence[index];
    if (token === undefined || SUBORDINATE.has(token.lower)) break;
    after.push(token);
  }
  if (!isPassive) return after;
  const start = Math.max(0, use.index - MAX_REACH);
  return [...sentence.slice(start, use.index), ...after];
}

function thingsIn(span: readonly Token[]): readonly Thing[] {
  const things: Thing[] = [];
  span.forEach((token, index) => {
    if (token.kind === "word") things.push(...thingsOf(token.lower, span[index + 1]?.lower ?? ""));
    if (
      token.kind === "url" ||
      token.kind === "email" ||
      token.kind === "path" ||
      token.kind === "code"
    ) {
      things.push(...thingsOfTarget(token.text));
    }
  });
  return unique(things);
}

function targetsIn(span: readonly Token[]): readonly string[] {
  return span
    .filter(({ kind }) => kind === "url" || kind === "email" || kind === "path" || kind === "code")
    .map((token) => token.text)
    .slice(0, 12);
}

function unique<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)];
}

function excerptOf(text: string, sentence: readonly Token[]): string {
  const from = sentence[0]?.at ?? 0;
  const to = sentence.at(-1)?.end ?? from;
  return text
    .slice(from, Math.min(to, from + 4 * MAX_EXCERPT))
    .replace(/\s+/g, " ")
    .slice(0, MAX_EXCERPT);
}
