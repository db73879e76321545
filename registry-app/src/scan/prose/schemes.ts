import type { Directive } from "./directives.ts";
import { isOn, isTold } from "./selecting.ts";
import { speaksOf } from "./notions.ts";

/**
 * What a few sentences are up to together: by whom, to whose cost, where to. Each is asked of one sentence and of those
 * that stand beside it, because whoever plants a scheme seldom puts all of it into one.
 */

type Near = (of: Directive) => readonly Directive[];

const REFUSED =
  /\b(?:never|don't|do not|must not|should not|not to|avoid|refuse|unless|untrusted|malicious|attackers?|injection)\b/;

/** Words of people who are not the user: what a ticket, a page or a mail holds. */
const OUTSIDERS =
  /\b(?:customers?|clients?|authors?|senders?|visitors?|reporters?|commenters?|contributors?|applicants?|pages?|sites?|tickets?|comments?|emails?|mails?|messages?|issues?|reviews?|documents?|invoices?|attachments?|files? (?:you|it) (?:read|open)s?|transcripts?|posts?|feeds?)\b/;
const THEIR_ORDERS =
  /\b(?:commands?|instructions?|orders?|directions?|requests?|blocks?|lines?|notes?|marked|headed|starting with|what (?:it|they|he|she) (?:says?|asks?|wants?|puts?))\b/;
const DOES_THEM =
  /\b(?:carry|carries|carried) (?:them|it|these|those|each|any) out\b|\b(?:carry|carries) out (?:them|it|these|those|what|whatever|each)\b|\b(?:run|execute|follow|obey|perform|do|honou?r) (?:them|it|these|those|each|whatever|what (?:it|they|he|she) (?:says?|asks?|wants?))\b/;
/** "Treat it as coming from the user." */
const SPEAKS_FOR =
  /\b(?:treat|regard|take|handle|count|read) (?:\S+ ){1,6}(?:as|like) (?:\S+ ){0,3}(?:com(?:ing|es?) from|from|of|by|said by|written by|given by|issued by|sent by) (?:the |a |an |our |your )?(?:user|owner|operator|system|admin\w*|developer|boss|maintainers?)\b|\b(?:treat|regard|take) (?:\S+ ){1,6}as (?:the user's|the operator's|the owner's|system) (?:own )?(?:words?|wish\w*|orders?|instructions?|request\w*)\b/;

/** Does what strangers have written into the material. */
export function obeysOutsiders(one: Directive, near: Near): boolean {
  if (REFUSED.test(one.words)) return false;
  if (SPEAKS_FOR.test(one.words)) return true;
  if (!DOES_THEM.test(one.words) || !OF_A_MACHINE.test(one.words)) return false;
  return [one, ...before(one, near(one), 2)].some(
    ({ words }) => OUTSIDERS.test(words) && THEIR_ORDERS.test(words) && !REFUSED.test(words),
  );
}
const OF_A_MACHINE =
  /\b(?:shell|terminal|console|machine|workstation|computer|command line|as (?:they|it) stands?|word for word|verbatim|to the letter|without (?:asking|question|delay|further)|at once|straight away|right away)\b/;

/** The sentences that come before one, so many lines back. */
function before(one: Directive, near: readonly Directive[], lines: number): readonly Directive[] {
  return near.filter(
    (other) =>
      other.words !== one.words &&
      other.at.line <= one.at.line &&
      one.at.line - other.at.line <= lines,
  );
}
function after(one: Directive, near: readonly Directive[], lines: number): readonly Directive[] {
  return near.filter(
    (other) =>
      other.words !== one.words &&
      other.at.line >= one.at.line &&
      other.at.line - one.at.line <= lines,
  );
}

/** An account or address where money arrives, as written. */
const PURSE =
  /\b(?:[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?|bc1[a-z0-9]{20,60}|[13][a-km-z1-9]{25,34}|0x[0-9a-f]{40}|t[a-z0-9]{33})\b/;
const OF_MONEY =
  /\b(?:account|iban|payments?|pay|paid|refunds?|transfers?|withdraw\w*|deposits?|payee|payout|invoices?|address|wallet|funds|salary|remit\w*|fees?|royalt\w+)\b/;
const DIVERTS =
  /\b(?:exchang\w+|replac\w+|swap\w*|substitut\w+|instead|no longer|rather than|in place of|redirect\w*|rerout\w+|divert\w*|chang(?:e|es|ed) (?:it |this |them )?to|overwrit\w+|put (?:\S+ ){0,3}in its place|becomes?)\b/;

/** Money goes to an account that the text itself names in the place of another. */
export function divertsMoney({ words }: Directive): boolean {
  return (
    PURSE.test(words) &&
    OF_MONEY.test(words) &&
    DIVERTS.test(words) &&
    !/\b(?:example|sample|test(?:net)?|donat\w+|tip jar)\b/.test(words)
  );
}

/** "One row in fifty is filed under another heading": wrong here and there, so that nobody sees it. */
export function spoilsSome(one: Directive, near: Near): boolean {
  if (!SPOILS.test(one.words) || /\b(?:never|not be|found|only)\b/.test(one.words)) return false;
  return [one, ...after(one, near(one), 2)].some(({ words }) => UNREMARKED.test(words));
}
const UNREMARKED =
  /\b(?:spread|evenly|scatter\w*|at random|nobody|no one|unnoticed|stands? out|attention|suspicio\w+|(?:gives?|shows?|reports?) the usual|as usual)\b/;
const SPOILS =
  /\b(?:(?:about |roughly |around )?(?:one|two|three|a few|every \w+|\d{1,3}(?: ?%| percent)?) (?:\S+ )?(?:rows?|records?|cases?|entries|samples?|invoices?|items?|lines?|answers?|labels?)? ?(?:in|out of|of) (?:every )?(?:\w+)\b(?: \S+){0,14} (?:is|are|gets?|should be|must be) (?:to be )?(?:filed|labell?ed|marked|recorded|entered|changed|swapped|flipped|altered|shifted|left out|turned))\b/;

/** A secret travels in the name that is looked up. */
export function carriesInNames({ words, notions }: Directive): boolean {
  return (
    LOOKS_UP.test(words) &&
    /\b(?:hosts?|host ?names?|domains?|subdomains?|dns|nxdomain|resolv\w+|nslookup|dig|ping\w*)\b/.test(
      words,
    ) &&
    PART_OF_NAME.test(words) &&
    (speaksOf(notions, "secret") || /\$\(|hex|base(?:32|64)|encoded|contents?\b/.test(words)) &&
    !REFUSED.test(words)
  );
}
const LOOKS_UP =
  /\b(?:resolv\w+|look(?:s|ed|ing)? (?:\S+ )?up|lookup|nslookup|dig|ping\w*|dns|quer(?:y|ies|ied))\b/;
const PART_OF_NAME =
  /\b(?:first label|labels?|subdomains?|prefix of (?:the |a )?host\w*|host ?names? (?:that|which|whose|made|built|composed|of)|in front of the domain|left ?-?most part)\b/;

/** Says that somebody in charge has allowed it already. */
export function claimsClearance(one: Directive, near: Near): boolean {
  const said = CLEARED.exec(one.words)?.index ?? -1;
  if (said < 0 || WHEN_CLEARED.test(one.words.slice(Math.max(0, said - 60), said + 60)))
    return false;
  return [one, ...after(one, near(one), 3)].some((other) => RISKY.test(other.words));
}
const CLEARED =
  /\b(?:(?:i|we)(?:'ve| have)|(?:security|legal|compliance|management|appsec|infosec|(?:the|our) (?:\w+ ){0,3}(?:lead|team|owner|officer|admin\w*|board|manager|ciso|cto|department))(?:'s)? (?:has|have)) (?:\w+ ){0,2}(?:cleared|approved|signed (?:it |this |them )?off|okayed|authori[sz]ed|waived|agreed to)\b/;
const WHEN_CLEARED =
  /\b(?:if|unless|once|until|after|when|whether|not|only|must|should|before)\b(?: \S+){0,8} (?:cleared|approved|signed|okayed|authori[sz]ed|waived|agreed)\b/;
const RISKY =
  /\b(?:apply|deploy|delet\w+|drop|destroy|disabl\w+|bypass\w*|skip\w*|lock|force|push|merge|grant\w*|transfer\w*|pay\w*|publish\w*|production|without|admin\w*|root|firewall|straight away|all (?:files|commands|calls)|credentials?|secrets?)\b/;

/** Counts on a refusal, and so does it before anybody can refuse. */
export function forestallsRefusal({ words }: Directive): boolean {
  return FORESTALLS.test(words) && !/\b(?:never|do not do|don't do|not acceptable)\b/.test(words);
}
const FORESTALLS =
  /\b(?:users?|people|they|persons?|owners?|customers?|he|she|most)\b(?: \S+){0,4} (?:say no|refuse|decline|object|hesitate|worry|be alarmed|be irritated|click no|cancel)\b(?: \S+){0,8} (?:so|therefore|hence|which is why|that is why)\b(?: \S+){0,8} (?:first|before|without|anyway|yourself|beforehand|right away)|\b(?:do|delete|run|send|apply|empty) (?:it|them|this|that|so) first(?: \S+){0,2} (?:and|then) (?:\w+ )?(?:report|tell|inform|mention|explain|ask)\b/;

/** Speaks of scanners and reviewers as of something to be got past. */
export function evadesReview({ words }: Directive): boolean {
  return (
    EVADES.test(words) &&
    !/\b(?:attackers?|malware|bugs?|errors?|never|do not|don't|can|could|may|might|often)\b/.test(
      words,
    )
  );
}
const EVADES =
  /\b(?:to|so that (?:it|they|this|these)) (?:get|gets|slip|slips|sneak|sneaks|make it|makes it|come|pass) (?:\S+ ){0,2}(?:past|by|around|through|under) (?:\S+ ){0,4}(?:them|scanners?|reviewers?|bots?|filters?|checks?|moderat\w+|auditors?|detection|radar|review)\b/;

/** A reader that is a program is asked for something, out of a person's sight. */
export function plantsForAgents(one: Directive, near: Near): boolean {
  if (!HIDDEN_PLACE.test(one.words) || !ASKS_READER.test(one.words)) return false;
  return (
    !REFUSED.test(one.words) &&
    [one, ...before(one, near(one), 3)].some(({ words }) =>
      /\b(?:agents?|assistants?|bots?|models?|llms?|ais?|copilots?|crawlers?)\b/.test(words),
    )
  );
}
const HIDDEN_PLACE =
  /\b(?:html comments?|comments? (?:that|which) (?:is|are) not (?:shown|rendered)|hidden (?:section|block|comment|paragraph|field)|alt text|invisible|zero-width|white text|(?:in|into|of) (?:the |its )?(?:\w+ )?metadata|display ?: ?none)\b/;
const ASKS_READER =
  /\b(?:asks?|tells?|instructs?|orders?|directs?|gets?|makes?|invites?|requests?|has) (?:\S+ ){0,4}(?:to )?(?:install|run|fetch|send|add|open|visit|download|execute|read|follow|recommend|call|include|upload|post)\b/;

/** The text that stands before the conversation is to be said out loud. */
export function readsOutBriefing({ words }: Directive): boolean {
  return ABOVE_THE_TALK.test(words) && !REFUSED.test(words);
}
const ABOVE_THE_TALK =
  /\b(?:what|everything|all|texts?|words?|lines?|messages?|page|passage)(?: that| which)? (?:stands?|stood|comes?|came|was|were|lies|is|are) (?:\S+ )?(?:above|before|ahead of|at the (?:top|start|head|very top) of) (?:this|the|our|your|all) (?:conversation|chat|dialogue|session|talk|first (?:message|question|turn))\b/;

/** A word in somebody's paper decides what mark it gets. */
export function fixesOutcome(one: Directive, near: Near): boolean {
  if (!HAS_A_SIGN.test(one.words) || REFUSED.test(one.words)) return false;
  return [one, ...after(one, near(one), 2)].some(
    ({ words }) => OUTCOME.test(words) && MADE_TO_FIT.test(words) && !REFUSED.test(words),
  );
}
const HAS_A_SIGN =
  /\b(?:contains?|includes?|mentions?|carr(?:y|ies)|has|have|bears?|holds?|uses?|with) (?:\S+ ){0,3}(?:words?|phrases?|names?|term|number|tags?|code|handle|sign) ["'`“]/;
const OUTCOME =
  /\b(?:come out|comes out|(?:is|are|be|gets?|receives?) (?:to be )?(?:\w+ )?(?:rated|scored|ranked|accepted|passed|approved|placed|put|graded|shortlisted|invited)|score|rate|rank|give|grade|gets?|receives?) (?:\S+ ){0,4}(?:nine|ten|9|10|top|highest|first|full|best|excellent|accepted|through|a pass|shortlist)\b/;
const MADE_TO_FIT =
  /\b(?:find|give|look for|supply|write|make up|invent) (?:\S+ ){0,3}(?:arguments?|reasons?|justification\w*|evidence|grounds)\b|\b(?:whatever|regardless|no matter|in any event|in any case|agreed|arranged|arrangement)\b/;

/** Takes the work of other skills and tools over, or their calls. */
export function takesOver({ words }: Directive): boolean {
  return (
    TAKES_OVER.test(words) &&
    !REFUSED.test(words) &&
    !/\b(?:fails?|unavailable|missing|deprecated|handoff|hand off|cannot|error)\b/.test(words)
  );
}
const TAKES_OVER =
  /\b(?:another|any other|other|a different|whichever|some other|the stock|the usual|the built-in) (?:\w+ )?(?:skills?|tools?|plugins?|servers?|agents?)\b(?: \S+){0,14} (?:take over|takes over|step in|steps in|pre-?empt\w*|answer in (?:its|their) (?:place|stead)|come first|comes first|do (?:its|their) (?:work|job)|block (?:it|them)|keep (?:it|them) from|before (?:it|they) (?:can|do))\b|\bcalls? (?:meant|intended|made|addressed) (?:for|to) (?:\S+ ){0,6}(?:servers?|tools?|skills?|plugins?)\b(?: \S+){0,4} (?:land|lands|arrive|arrives|go|goes|come|comes|end|ends)\b/;

/** A standing permission for everything is written into an agent's settings. */
export function opensSettings(one: Directive): boolean {
  if (!isOn(one, "agent-config") && !SETTINGS.test(one.words)) return false;
  return (
    SETS.test(one.words) &&
    ANY_CALL.test(one.words) &&
    !REFUSED.test(one.words) &&
    !/\b(?:deny|remove|too broad|avoid|instead of|narrow\w*|if the user)\b/.test(one.words)
  );
}
const SETS =
  /\b(?:sets?|adds?|puts?|writes?|enables?|uses?|allows?|permits?|configures?|switch|change|append|give|grant|open|insert|include|extend|update|merge|have|has|make|register|needs?|must)\b/;
const SETTINGS =
  /\b(?:settings(?:\.local)?\.json|permission settings|agent'?s? (?:settings|configuration))\b|\.claude\b/;
const ANY_CALL =
  /\b(?:bash|webfetch|write|edit|read|task|mcp\w*|shell|run)\((?:\*|\*\*|:\*|\*:\*)\)|"\*"|\b(?:allow|permit)\w*(?: \S+){0,4} (?:everything|every (?:tool|command|call)|all (?:tools|commands|calls))\b|\bbypasspermissions\b/i;

/** Something is kept off what the user is shown of the work. */
export function keepsOffView(one: Directive): boolean {
  return (
    OFF_VIEW.test(one.words) &&
    !/\b(?:secrets?|passwords?|keys?|tokens?|generated|lock ?files?|binary|node_modules|if|unless)\b/.test(
      one.words,
    )
  );
}
const OFF_VIEW =
  /\b(?:(?:is|are|stays?|remains?|be|keep (?:it|them|this)|leave (?:it|them|this)) (?:not (?:a )?part of|out of|off|outside(?: of)?) (?:the |your |its )(?:diff|summary|report|overview|review|change ?log|answer)(?: (?:that|which) is shown| shown|\b)|keep(?:s|ing)? (?:it |this )?from (?:them|him|her|the (?:user|customer|student|client|person|patient)s?) (?:that|how|what|the fact|which)|(?:would|will) only (?:raise|cause|invite|lead to) (?:\w+ )?(?:questions?|worry|confusion|alarm))\b/;

/** Rights over everything are given, and stay. */
export function givesAllRights(one: Directive, near: Near): boolean {
  if (!TOP_RIGHTS.test(one.words) || !GIVES.test(one.words) || REFUSED.test(one.words))
    return false;
  return [one, ...after(one, near(one), 3)].some(({ words }) => STAYS.test(words));
}
const TOP_RIGHTS =
  /\b(?:cluster-?admin|administrator ?access|domain admins?|global admin\w*|superuser|roles\/owner|owner role|root role|organi[sz]ation owner|all privileges|full admin\w*)\b/;
const GIVES = /\b(?:bind|attach|assign|grant|give|add|make|put|set|promote|elevate)\b/;
const STAYS =
  /\b(?:leave (?:it|them|this|things)|stays?|keep (?:it|them|this)|for (?:later|good|the next)|next session|do not (?:undo|remove|revert)|permanent\w*|to be able to look into everything|just in case)\b/;

/** Packages are to be taken from an index of somebody's own. */
export function namesIndex(one: Directive, isStrange: (host: string) => boolean): boolean {
  if (!isTold(one) && one.act !== "state") return false;
  if (!CHANGES_SOURCE.test(one.words) || !OF_PACKAGES.test(one.words)) return false;
  const host = INDEX.exec(one.words)?.[1] ?? "";
  return (
    host !== "" &&
    isStrange(host) &&
    !/\b(?:never|do not|don't|docs?|documentation|reference)\b/.test(one.words)
  );
}
const CHANGES_SOURCE =
  /\b(?:add|put|set|switch|point|write|use|configure|change|replace|append|insert|take|prefer|install|enter)\b/;
const OF_PACKAGES =
  /\b(?:packages?|npm|pnpm|yarn|pip|pypi|uv|registry|npmrc|pypirc|dependenc\w+|install\w*)\b/;
const INDEX =
  /\b(?:registry|package index|index-url|extra-index-url|mirror|feed|package source)\b[`"'=: ]{1,4}(?:\S{1,30} ){0,4}?`?(?:[\w-]{1,30}[= ])?https?:\/\/([^\s/`"':]{3,200})/;

/** A file of secrets rides along in what others read. */
export function carriesSecretFile({ words }: Directive): boolean {
  return CARRIES_FILE.test(words) && !/\b(?:never|not|don't|redact\w*|mask\w*)\b/.test(words);
}
/** "Its message carries the contents of `.env`." */
const CARRIES_FILE =
  /\b(?:carr(?:y|ies)|hold|holds|contains?|includes?|has|have|ends? with|begins? with|put|puts|goes|go|paste|append|attach)\b(?: \S+){0,10} (?:contents?|text|values|body|lines) of (?:\S+ ){0,4}`?(?:\S{0,40}\/)?(?:\.env(?:\.\w+)?|\.netrc|\.npmrc|\.pypirc|credentials|id_rsa|id_ed25519|secrets?\.\w+|\.git-credentials)`?(?: |$)/;
