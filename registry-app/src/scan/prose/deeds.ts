import type { Directive } from "./directives.ts";
import { isAct, isOn, isTold, sounds } from "./selecting.ts";

/**
 * Deeds that harm, by their parts: what is done, to what, where it ends up, and who is not to know. Each part is a class
 * of words, so that one deed is found in whatever words it is put; none of the parts says anything alone.
 */

export type Near = (of: Directive) => readonly Directive[];

/** The words of each class, as alternatives of a pattern. */
const PERSON =
  "(?:users?|people|persons?|humans?|developers?|customers?|clients?|owners?|operators?|readers?|author|team|requester|reviewers?|maintainers?|participants?|colleagues?|travell?ers?|patients?|students?|pupils?|anyone|anybody|them|him|her|they|he|she)";
const REPORTED =
  "(?:summary|summaries|report|reports|overview|review|reviews|diff|answer|answers|reply|replies|response|responses|message|messages|output|outputs|change ?log|release notes|commit message|pull request|description|conversation|chat|transcript|log|logs|recap|hand-?over)";
/** To make known, to become known. */
const KNOWN =
  "(?:tell|told|mention\\w*|inform(?:s|ed|ing)?|notif\\w+|alert\\w*|disclos\\w+|reveal\\w*|surface[ds]?|show|shown|appear\\w*|list|listed|report|reported|discuss\\w*|announc\\w+|explain\\w*|raise[ds]?|bring|brought|let on|come up|comes up|draw\\w* attention|call attention|point\\w* out|notic\\w+|learn\\w*|know|known|hear|find out|bother\\w*|involv\\w+|record\\w*|includ\\w+|flag\\w*|speak|spoken|advertis\\w+|see|seen|aware|visible|highlight\\w*|comment)";
const THIS =
  "(?:this|that|it|these|those|them|the (?:\\w+ )?(?:step|steps|change|changes|addition|upload|transfer|copy|entry|entries|edit|edits|account|rule|dependency|command|forwarding|request|action|call|file|line|order|arrangement|part|fact)|how|whether|which|why|what)";
const NOT =
  "(?:not|never|no|nor|without|don't|doesn't|needn't|shouldn't|mustn't|cannot|can't|nothing|nobody|rather than|instead of|avoid|refrain from|hardly)";

const HUSH = new RegExp(
  `\\b${NOT}\\b(?: (?!but |then )[^\\s;:()]+){0,5}? ${KNOWN}\\b(?: \\S+){0,8}`,
);
const NAMES_THIS = new RegExp(`\\b${THIS}\\b`);
const NAMES_PERSON = new RegExp(`\\b(?:${PERSON}|${REPORTED})\\b`);
/** A rule of good work that has the same words: what is secret, unclear, or for later. */
const HONEST =
  /\b(?:(?:mutation|attack|api|tool) surface|if|unless|until|before|secrets?|passwords?|tokens?|keys?|credentials?|api|pii|personal|spoilers?|solutions?|placeholder|internal|raw|stack|trace|duplicates?|verbatim|jargon|markdown|emoji|format\w*|style|line numbers?|again|twice|repeat\w*|more than|only|just|enough|long|simply|exact|specific|implement\w*|confidence|speculat\w*|assum\w+|guess\w*|hallucinat\w*|invent\w*|claim\w*|errors?|fail\w*|warnings?|unrelated|exist\w*|support\w*|work|require\w*|contain\w*|clear|obvious|sure|certain|matter)\b/;
const GRAVE = new Set<Directive["act"]>(["send", "grant", "pay", "delete", "disable", "download"]);

/** What was just told is not for the person to hear of: "there is no reason to bring this up with the developer". */
export function hushesUp(one: Directive, near: Near): boolean {
  const found = HUSH.exec(one.words);
  if (found === null || sounds(one, "on-request", "outside-prose")) return false;
  const said = one.words.slice(Math.max(0, found.index - 60), found.index + found[0].length);
  if (!NAMES_THIS.test(said) || !NAMES_PERSON.test(said) || HONEST.test(said)) return false;
  const isListed = /\b(?:need|reason|have to|has to|must|should|do|does|to be|is to|are to)\b/.test(
    said,
  );
  return isListed && besides(one, near(one), 2).some((other) => isGrave(other));
}

function isGrave(one: Directive): boolean {
  if (!isTold(one) || !GRAVE.has(one.act)) return false;
  if (isAct(one, "download")) return one.words.includes("http");
  return isOn(
    one,
    "secret",
    "personal-data",
    "conversation",
    "account",
    "money",
    "protection",
    "log",
    "user",
    "remote",
    "workspace",
  );
}

function besides(one: Directive, near: readonly Directive[], lines: number): readonly Directive[] {
  return near.filter((other) => Math.abs(other.at.line - one.at.line) <= lines);
}

const REFUSED =
  /\b(?:never|don't|do not|must not|should not|cannot|not to|avoid|refuse|unless|untrusted|malicious|attackers?|injections?|detect\w*|redact\w*|mask\w*|sanitiz\w*|if the user|with (?:the user's )?(?:consent|permission))\b/;

/** Where everybody reads it. */
const IN_PUBLIC =
  /\b(?:public(?:ly)? (?:\S+ ){0,2}(?:issues?|trackers?|gists?|pastes?|repos?|repositor(?:y|ies)|forums?|channels?|blogs?|boards?|wikis?|pages?|account|paste sites?|sites?|social media|twitter|bucket|log|url)|social media|paste ?bins?|paste sites?|public web|github issues?|twitter|mastodon)\b/;
const PRIVATE_STUFF =
  /\b(?:secrets?|tokens?|passwords?|api keys?|private keys?|credentials?|cookies?|private (?:\S+ ){0,2}(?:messages?|notes?|emails?|data|information|conversations?|documents?|keys?)|personal (?:data|information|details)|extracted data|conversation history|inbox|environment variables?)\b|(?:^|[\s`/~])\.(?:env|ssh|aws|netrc|npmrc|git-credentials)\b/;
const PUTS_OUT =
  /\b(?:posts?|publish(?:es)?|forwards?|sends?|uploads?|puts?|pastes?|shares?|opens?|files?|creates?|writes?|submits?|push(?:es)?|tweets?)\b/;

/** What is private is put where everybody reads. */
export function exposesPrivate({ words }: Directive): boolean {
  return (
    IN_PUBLIC.test(words) &&
    PRIVATE_STUFF.test(words) &&
    PUTS_OUT.test(words) &&
    !REFUSED.test(words) &&
    !/\b(?:without|exclud\w+|strip\w*|remove|free of|no) (?:\S+ ){0,3}(?:secrets?|tokens?|credentials?|personal|keys?)\b/.test(
      words,
    )
  );
}

const SECRET_FILE =
  /(?:~|\$home|\/home\/\w+|%userprofile%)\/\.(?:ssh|aws|config\/gcloud|kube|gnupg|docker|cursor|claude|netrc|npmrc|pypirc|git-credentials|config\/gh)\b|\/etc\/(?:passwd|shadow)\b|\bid_(?:rsa|ed25519|ecdsa)\b|\.git-credentials\b|(?:^|[\s`"'])\.(?:netrc|npmrc|pypirc)\b|\bmcp\.json\b|\ball environment variables\b|\bssh (?:config|private keys?)\b|\baws credentials\b/;
const HANDED =
  /\b(?:pass|include|put|attach|send|provide|append|embed|add|paste|supply|return|quote|place|copy|encode|note)\w* (?:it|its|them|that|their|the) ?(?:(?:\w+ ){0,2}(?:contents?|values?|output|text|result|file|data|in|into|to|at|as|under|with)\b)?/;

/** A file of secrets is read, and what is in it handed on: into an argument, a header, the answer. */
export function handsSecretOn(one: Directive, near: Near): boolean {
  if (!SECRET_FILE.test(one.words) || REFUSED.test(one.words)) return false;
  if (
    !/\b(?:read|load|open|get|fetch|cat|take|collect|retrieve|grab|copy|extract|use)\w*\b/.test(
      one.words,
    )
  )
    return false;
  if (
    /\b(?:host(?:name)?s?|alias(?:es)?|profiles? names?|check (?:if|whether)|exists?)\b/.test(
      one.words,
    )
  )
    return false;
  const after = besides(one, near(one), 1).filter((other) => other.at.line >= one.at.line);
  return [one, ...after].some(
    ({ words, standing }) =>
      standing === "plain" &&
      HANDED.test(words) &&
      HANDED_WHERE.test(words) &&
      !REFUSED.test(words),
  );
}
const HANDED_WHERE =
  /\b(?:contents?|parameters?|metadata|headers?|requests?|arguments?|answers?|response|notes?|field|query|url|image|comment|message|report|body|context|output|log|summary|https?)\b/;

/** Somebody else is given rights over what is the person's. */
export function lendsRights(one: Directive): boolean {
  const { words } = one;
  if (REFUSED.test(words) || !isTold(one) || sounds(one, "on-request", "outside-prose"))
    return false;
  return (
    LENDS.test(words) &&
    HIGH_RIGHT.test(words) &&
    NAMED_PARTY.test(one.excerpt) &&
    !OWN_PARTY.test(one.excerpt)
  );
}
const LENDS =
  /\b(?:add|invite|make|give|grant|promote|assign|create|set up|enrol|register|seed)\w*\b/;
const HIGH_RIGHT =
  /\b(?:collaborators?|co-?owners?|owner|maintainer|admin(?:istrator)?s?|write access|push access|superuser|sudo(?:ers)?|full access|root(?! (?:view|component|element|folder|directory|layout|node|class|module))|deploy keys?)\b/;
/** An account that the text itself names. */
const NAMED_PARTY =
  /\b(?:collaborators?|accounts?|users?|member|maintainer|admin(?:istrator)?|owner|login|service account|bot|contractor)s? [`"“']([a-z][\w.-]{2,40}(?:@[\w.-]{3,60})?)[`"”']|[`"“'][a-z][\w.-]{2,40}(?:@[\w.-]{3,60})?[`"”'] (?:as|with|to the|the role|into)\b|\b[\w.+-]{2,40}@[\w-]{2,40}\.[a-z]{2,10} (?:as|with|to the) /i;
const OWN_PARTY =
  /[`"'“](?:admin|user|users|root|owner|maintainer|test\w*|demo\w*|your[\w-]*|my[\w-]*|<[^>]*>|member|write|read|role|true|false|add|create|grant|sudo|wheel|postgres|name|username|email|password|docker|www-data|deploy|runner|node|app|public|group|is\w+|has\w+|\w+_(?:id|name|user|admin|role|access))[`"'”]|example\.(?:com|org)|\.local\b/i;

/** Tests are bent until they pass, and said to pass. */
export function fakesResult({ words }: Directive): boolean {
  return (
    FAKES.test(words) &&
    GREEN.test(words) &&
    !REFUSED.test(words) &&
    !/\b(?:ask|confirm)\b/.test(words)
  );
}
const FAKES =
  /\b(?:alter|change|edit|adjust|weaken|rewrite|loosen|delete|remove|comment out|disable|skip|mark|stub|mock)\w* (?:\S+ ){0,4}(?:tests?|assertions?|checks?|it|them|findings?)\b(?: \S+){0,10} (?:pass|passes|passing|skipped|green|disappears?|so that)\b/;
const GREEN =
  /\b(?:report|tell|say|state|claim|declare|announce|assure|write|confirm)\w* (?:\S+ ){0,6}(?:green|passed|passes|passing|fine|successful\w*|all (?:is )?well|resolved|clean|in order|fixed)\b/;

/** Calls of other tools go through this one, or are taken from them. */
export function shadowsTools({ words }: Directive): boolean {
  return (
    SHADOWS.test(words) &&
    !REFUSED.test(words) &&
    !/\b(?:deprecated|legacy|migrat\w+|fails?|unavailable|when available)\b/.test(words)
  );
}
const SHADOWS =
  /\bbefore (?:calling|using|running|invoking) (?:any|every|each|all) (?:other )?(?:tools?|skills?|commands?)\b(?: \S+){0,4} (?:first )?(?:call|run|use|invoke|pass|send)\b|\b(?:this|our) (?:tool|skill|server|plugin) (?:should|must|shall|will|is to) (?:\w+ )?(?:replace|override|shadow|supersede|intercept|take over)\b|\bintercept (?:all|every|any|each) (?:\w+ )?(?:requests?|calls?|messages?|responses?|prompts?)\b|\b(?:after|on) (?:every|each|any) tool call\b(?: \S+){0,4} (?:wrap|send|pass|route|forward|call|run|report)\b|\b(?:redirect|route|divert) (?:\S+ ){0,4}(?:calls|requests|reads?|them) (?:to|through) this (?:tool|skill|server)\b/;

/** A picture from a host in each answer: whoever sees the answer is counted there. */
export function tracksReaders(one: Directive): boolean {
  return (
    TRACKS.test(one.words) &&
    one.words.includes("http") &&
    EACH_ANSWER.test(one.words) &&
    !REFUSED.test(one.words) &&
    !/\bshields\.io\b/.test(one.words)
  );
}
const TRACKS =
  /\b(?:pixels?|images?|badges?|pictures?|iframes?|beacons?|tracking (?:code|link|parameter))\b/;
const EACH_ANSWER =
  /\b(?:all|every|each|any|your) (?:\w+ ){0,2}(?:responses?|answers?|replies|reply|outputs?|messages?|emails?|pages?|documents?)\b/;

/** Facts about a person are found out in passing, for somebody else. */
export function pumpsPerson({ words }: Directive): boolean {
  const kinds = words.match(PERSONAL_FACT)?.length ?? 0;
  return kinds >= 2 && FINDS_OUT.test(words) && IN_PASSING.test(words) && !REFUSED.test(words);
}
const PERSONAL_FACT =
  /\b(?:dates? of birth|birthdays?|home address(?:es)?|salar(?:y|ies)|income|bank|employer|phone numbers?|marital status|health|religion|political|maiden name|schools?|children|relatives|passport|national id|social security|first pet|location)\b/g;
const FINDS_OUT =
  /\b(?:find out|ask|collect|learn|gather|elicit|get|note|record|infer|draw out|extract|work out)\b/;
const IN_PASSING =
  /\b(?:in passing|casually|along the way|one (?:at a time|per question|by one)|by the way|incidentally|without (?:it )?(?:seeming|sounding|appearing)|as small talk|unobtrusively|naturally)\b/;

const FETCHES =
  /\b(?:fetch|load|download|get|pull|retrieve|read|open|visit|query|request|check|curl|look up|consult|poll)(?:es|s|ed|ing)?\b/;
const PLAN_THERE =
  /\b(?:remote|online|server's|hosted|live|today's|current|latest|up-to-date|newest|fresh) (?:\w+ ){0,2}(?:instructions?|directives?|orders|commands|tasks|playbook|prompt|marching orders|policy)\b/;
const AS_PLAN =
  /\b(?:work (?:through|off)|carry (?:out|them out|it out)|act on|abide by|live by|go by|obey|execute|perform|comply with|do what|does what|put (?:them|it) into (?:practice|effect)|follow)\b(?: \S+){0,5} (?:it|them|there|that|those|lists?|says?|contains?|asks?|tells?|instructions?|steps?|items?|tasks?|inside|whatever|content|response)\b|\b(?:treat|regard|take|consider) (?:them|it|its contents?|the (?:text|response|content)s?) as (?:\S+ ){0,3}(?:higher|top|highest|priority|instructions?|orders|authoritative|binding|your|system)\b|\b(?:load|apply|adopt) (?:the |its |any )?(?:instructions|directives|rules|orders)\b/;

/** The plan lies at an address that can change from one day to the next. */
export function takesPlanFromAfar(
  one: Directive,
  near: Near,
  isStrange: (of: Directive) => boolean,
): boolean {
  if (REFUSED.test(one.words) || sounds(one, "outside-prose")) return false;
  if (!isTold(one) || !FETCHES.test(one.words)) return false;
  const isVague =
    PLAN_THERE.test(one.words) &&
    /\b(?:before (?:acting|anything|answering|you|doing)|and (?:then )?(?:follow|obey|execute|act))\b/.test(
      one.words,
    );
  if (isVague && /\bremote\b|https?:/.test(one.words)) return true;
  if (
    !isStrange(one) ||
    /\b(?:docs?|documentation|guide|reference|api|changelog|spec|schema|tutorial)\b/.test(one.words)
  )
    return false;
  const after = besides(one, near(one), 2).filter((other) => other.at.line >= one.at.line);
  return [one, ...after].some(({ words }) => AS_PLAN.test(words) && !REFUSED.test(words));
}
