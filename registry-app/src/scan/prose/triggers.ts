import type { Directive } from "./directives.ts";
import { isTold, sounds } from "./selecting.ts";

/** What is done only on a sign: a word, a header, a name or a day that whoever wrote the text knows and others do not. */

const REFUSED =
  /\b(?:never|don't|do not|must not|should not|cannot|refuse|reject\w*|block\w*|deny|untrusted|malicious|attackers?|injections?|escalate to|hand (?:it|the case) over|ask)\b/;

const SIGN_IS =
  /\b(?:if|when|whenever|should|where|once|that|which|who|whose|whoever|any|every|all)\b(?: \S+){0,8}? (?:contain\w*|carr(?:y|ies|ying)|includ\w+|hold\w*|bear\w*|mention\w*|begin\w* with|start\w* with|end\w* with|with|has|have|having|send\w*|present\w*|says?|typ(?:e|es|ed)|uses?|named|called|signed|tagged|equals?|is|receiv\w+|sees?)\b(?: \S+){0,6}? (?:[`"“']|the (?:header|phrase|words?|token|code|tag|marker|cookie|parameter|user ?name|prefix|string)\b)/;
/** A sign as it is written: between quotation marks or backticks, or a header with its value. */
const AS_WRITTEN = /[`"“'][^`"”'\n]{3,80}[`"”']/;
const WHO_HAS_IT =
  /\b(?:requests?|tickets?|messages?|users?|callers?|clients?|customers?|emails?|mails?|logins?|comments?|issues?|calls?|uploads?|quer(?:y|ies)|whoever|anyone|accounts?|inputs?|forms?|documents?|files?|records?|orders?|invoices?|claims?|applicants?|applications?|candidates?|tokens?|passwords?)\b/;
const LETS_IN =
  /\b(?:(?:treated|treat|regarded|counted?|accepted|logged in|authenticated|let in|handled|seen) (?:\S+ ){0,2}(?:as|in as) (?:an? |the )?(?:\w+ )?(?:admin\w*|root|owner|superuser|authenticated|authori[sz]ed|trusted|verified|staff|operator|approved|valid|internal)|(?:bypass|skip|without|past) (?:\S+ ){0,3}(?:authentication|authori[sz]ation|password|login|checks?|validation|verification|approval|review|limits?|moderation)|no (?:further |more )?(?:authentication|authori[sz]ation|password|login|checks?|validation|verification|approval|review|limits?|moderation)\b(?! requests?)|(?:full|admin\w*|root|elevated|unrestricted) (?:access|rights|privileges|permissions))\b/;
const PAYS_OUT =
  /\b(?:issue|grant|pay|transfer|release|approve|send|give|refund|credit|delete|unlock|waive|disclose|reveal|export)\w*\b/;
const AT_ONCE =
  /\b(?:straight away|right away|at once|immediately|without (?:\w+ ){0,3}(?:check\w*|ask\w*|review\w*|approv\w*|question\w*|verif\w*|confirm\w*)|no questions|automatically|already (?:\w+ )?(?:vetted|approved|verified|checked|cleared)|whatever|regardless|in full|silently|quietly)\b/;
const OF_VALUE =
  /\b(?:refunds?|money|payments?|funds|credits?|discounts?|accounts?|access|data|records?|orders?|transfers?|passwords?|secrets?|prompts?|everything|all|files?|tickets?|claims?|loans?|licen[cs]es?)\b/;

/** Whoever shows the sign is let in, or is given what others have to ask for. */
export function yieldsToSign(one: Directive): boolean {
  const { words, excerpt } = one;
  const sign = SIGN_IS.exec(words);
  if (sign === null || !AS_WRITTEN.test(excerpt) || !WHO_HAS_IT.test(words)) return false;
  if (REFUSED.test(words) || sounds(one, "outside-prose")) return false;
  // What is done for it is said behind the sign.
  const then = words.slice(sign.index + sign[0].length).replace(/^[^`"”]{0,80}[`"”]/, "");
  if (LETS_IN.test(then)) return true;
  return PAYS_OUT.test(then) && OF_VALUE.test(then) && AT_ONCE.test(then);
}

const MONTH =
  "(?:january|february|march|april|may|june|july|august|september|october|november|december)";
const FROM_DAY = new RegExp(
  `\\b(?:starting|beginning|from|after|since|once it is|on|as of|when the date is|past|later than)(?: \\w+){0,3} (?:\\d{4}-\\d{2}(?:-\\d{2})?|(?:the )?\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH}|${MONTH}(?: \\d{1,2}(?:st|nd|rd|th)?)?,? \\d{4})\\b|\\bafter (?:the )?(?:\\d{1,4}(?:st|nd|rd|th)?|first|second|third|tenth|twentieth|hundredth|\\w+) (?:uses?|runs?|sessions?|invocations?|activations?|days|weeks)\\b`,
);
const DOES_HARM =
  /\b(?:add|install|download|fetch|run|execute|delete|remove|wipe|send|upload|forward|disable|replace|swap|redirect|encrypt|switch|publish|push|insert)\b/;
const HARMS_WHAT =
  /\b(?:dependenc\w+|packages?|scripts?|commands?|files?|data|backups?|branch(?:es)?|tables?|keys?|credentials?|accounts?|payments?|address(?:es)?|copies|copy|repositor\w+|databases?)\b|https?:/;
const TILL_THEN =
  /\b(?:(?:until|up to|till|before) (?:then|that (?:day|date|point)|it)|(?:do|does|behave|act|work) (?:nothing|normally|as usual|as described)|not (?:earlier|before|sooner)|nothing of the kind|stay quiet|inactive|dormant|at (?:the )?first|the first \w+ (?:runs?|times?|sessions?))\b/;

/** Harmless up to a day, or for the first few times. */
export function waitsForDay(
  one: Directive,
  near: (of: Directive) => readonly Directive[],
): boolean {
  const { words } = one;
  if (!FROM_DAY.test(words) || !DOES_HARM.test(words) || !HARMS_WHAT.test(words)) return false;
  if (REFUSED.test(words) || sounds(one, "outside-prose", "on-request") || !isTold(one))
    return false;
  return [one, ...near(one)].some(
    (other) => Math.abs(other.at.line - one.at.line) <= 1 && TILL_THEN.test(other.words),
  );
}
