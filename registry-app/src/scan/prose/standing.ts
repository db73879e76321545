import type { Standing } from "./directives.ts";

/** What a text stands under and behind. */
export type Surroundings = {
  readonly headings: readonly string[];
  readonly lead: string;
  readonly isQuoted: boolean;
};

/** First version of the part that a text plays, by its headings and by what introduces it. */
export function standingOf(around: Surroundings): Standing {
  const titles = around.headings.toReversed();
  for (const title of [around.lead.slice(-200), ...titles]) {
    const standing = ofTitle(title);
    if (standing !== null) return standing;
  }
  return "plain";
}

const ANTI =
  /❌|🚫|⛔|\b(?:anti-?patterns?|bad (?:example|practice)s?|(?:don['’]?ts?|do not)\s{0,4}[:*]{0,3}$|what not to do|(?:do not|don['’]t|when not to|not to) use|wrong way|incorrect|insecure example|vulnerable (?:code|example|version))\b/i;
const PATTERN =
  /\b(?:red flags?|attack (?:patterns?|vectors?|types?|examples?|scenarios?)|what to (?:detect|look for|flag|check)|detection (?:patterns?|rules?)|indicators? of|malicious (?:patterns?|examples?|code)|signs of|threat (?:categories|model|types)|suspicious (?:patterns?|signs))\b/i;

function ofTitle(title: string): Standing | null {
  if (ANTI.test(title)) return "anti-example";
  if (PATTERN.test(title)) return "pattern";
  return null;
}

const DETECTS =
  /^(?:flag|detect|reject|catch|block|prevent)\b|\b(?:look(?:ing)? for|watch(?:ing)? (?:out )?for|check(?:s|ing)? (?:for|if|whether)|detect(?:s|ing|ion)?|scan(?:s|ning)? for|search(?:es|ing)? for|flag(?:s|ged)? (?:if|any|when|code|files|as|it|this)|red flags?|beware|be (?:wary|suspicious)|suspicious|attackers?|adversar(?:y|ies|ial)|malicious|malware|phishing|exploits|injection|threat actors?|anti-?pattern|untrusted|treat (?:\w+ ){0,6}as (?:data|untrusted)|jailbreak attempts?|attempts? to|tries to|trying to|prompt injections?)\b/;

/** "Look for keys and put them on …": looked for so that something is done with them. */
const FINDS_TO_MOVE =
  /^(?:look|search|scan) (?:for|through) .{0,200} and (?:then )?(?:put|send|upload|copy|post|forward|mail|push|store|add|place|pass|hand)\b/;

/** "The malicious packages told people to paste `…`": past or possible, and done by somebody of that kind. */
const OF_OTHERS =
  /\b(?:attackers?|adversar(?:y|ies)|threat actors?|malware|malicious(?: \w+){1,3}|campaigns?|payloads?|intruders?|scammers?)(?: \S+){0,4} (?:asked|told|tricked|used|ran|embedded|hid|had|would|may|might|can|could|typically|often|then|lured|instructed|made|persuaded)\b/i;
const BEFORE = 240;

/** Whether the words of a sentence up to a place in it tell what attackers do. */
export function isToldOfOthers(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - BEFORE), at);
  const start = Math.max(before.lastIndexOf(". "), before.lastIndexOf("\n\n"));
  return OF_OTHERS.test(before.slice(start + 1).replaceAll(/\s+/g, " "));
}

/** When a skill is of use, and not what it does: "Use when an app bypasses its security controls". */
function saysWhen(sentence: string): boolean {
  return OCCASION.test(sentence) && !ORDERS.test(sentence.replace(ASKED_FOR, ""));
}
const ASKED_FOR =
  /^\W{0,6}(?:this skill (?:should be|is) used|use (?:this skill|it)) (?:when|whenever|if) (?:the |a )?users? (?:says|asks|wants|mentions|requests)\b/;
const OCCASION = new RegExp(
  `${ASKED_FOR.source}|^\\W{0,6}(?:(?:use|apply|load|invoke|activate)(?: (?:this|it|the))?(?: skill)? (?:when|whenever|if)\\b|when to use\\b)`,
);
/** What comes behind the occasion may be an order all the same. */
const ORDERS =
  /:\/\/|\S@\S|\b(?:always|must|never|not|don't|without|silently|secretly|quietly|then|first|users?|you)\b|(?:[,;]|\band) (?:and )?(?:turn|switch|send|upload|post|copy|forward|mail|put|set|write|save|append|delete|remove|wipe|run|execute|install|download|fetch|disable|bypass|skip|ignore|hide|omit|keep|make|grant|give|approve|accept|collect|read|tell|pay|buy|transfer)\b/;

/** The part of one sentence, when what stands around it says nothing. */
export function ownStanding(sentence: string, around: Surroundings): Standing {
  // What an address is called says nothing of what the sentence is about.
  const plain = sentence.includes("://")
    ? sentence.replaceAll(/\S{1,10}:\/\/\S{1,400}/g, "")
    : sentence;
  if (saysWhen(sentence)) return "occasion";
  if (DETECTS.test(plain) && !FINDS_TO_MOVE.test(plain)) return "warning";
  return around.isQuoted && /^["“]/.test(sentence) ? "quoted" : "plain";
}
