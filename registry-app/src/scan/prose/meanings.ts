import type { Directive } from "./directives.ts";
import { isOn } from "./selecting.ts";
import { isAbroad, isAffirmed, isNearIn, leadsTo, speaksOf } from "./notions.ts";

/** What sentences mean, by the notions that meet in them: said outright or politely, as an order or as a fact. */

/** Somebody else's guidance is said to hold no more: "what the operator configured no longer counts". */
export function releasesModel({ notions, words }: Directive): boolean {
  if (FREES_ITSELF.test(words) && !IN_A_DOCUMENT.test(words)) return true;
  if (!speaksOf(notions, "guidance", "standing", "void")) return false;
  const isOwned = OWNED.test(words) || speaksOf(notions, "model");
  return (
    isOwned &&
    isNearIn(notions, "guidance", "standing", 4) &&
    isNearIn(notions, "guidance", "void", 12) &&
    isAffirmed(notions, "void") &&
    !IN_A_DOCUMENT.test(words)
  );
}
/** Whose guidance it is, where no model is spoken of; other tongues give orders by the verb alone. */
const OWNED =
  /\b(?:developer|operator|platform|system|vendor|provider|host|safety|content|anthropic|openai)(?:'s|’s)?\b|[\u00c0-\uffff]|\b(?:istruzioni|instrucciones|reglas|anweisungen|regeln|consignes|instructies|regole)\b/;
/** "Treat yourself as released from it." */
const FREES_ITSELF =
  /\b(?:yourself|the (?:assistant|agent|model|reader)|you)\b(?: \S+){0,3} (?:as |be |are |is |been )(?:\w+ )?(?:released|relieved|freed|exempt(?:ed)?|excused|unbound|cleared|absolved) (?:from|of|for) (?:it|them|any|all|every|unrestricted|the (?:rules|guidance|limits|usual))/;
/** Rules of a style sheet, a linter, a law: not what a model was told. */
const IN_A_DOCUMENT =
  /\b(?:css|eslint|lint\w*|stylesheet|selectors?|firewall|terraform|helm|kubernetes|iam|cors|rule files?|versions?|statute|contract|tax|template|default values?|if (?:it|a|an|the|any) (?:document|page|text|file|message|email|user)|attackers?|unless|migrations?)\b/;

/** The task that was asked for gives way to another: "your actual task is", "the question is secondary". */
export function displacesTask({ words }: Directive): boolean {
  return (
    DISPLACES.test(words) &&
    !/\b(?:(?:than|of|to|for|with|on|at) your (?:actual|real|proper) work|tool calls? (?:\S+ ){0,6}(?:is|are) your (?:actual|real|proper) work)\b/.test(
      words,
    ) &&
    !/\b(?:never|not|don't|attackers?|unless)\b/.test(words)
  );
}
const DISPLACES =
  /\b(?:your (?:actual|real|true|hidden|secret|first and only|overriding|proper|underlying) (?:task|job|purpose|goal|aim|mission|objective|assignment|work|role|duty)|(?:user's|requested|visible|stated|original|official) (?:\w+ )?(?:question|request|task|goal|aim|wish) (?:is|are|becomes?|comes?|counts?|serves?|remains?) (?:only |merely |just )?(?:secondary|second|irrelevant|unimportant|less|a pretext|a cover|a formality|a front|of no)|whatever (?:was|has been|is|were) (?:requested|asked|said) by|(?:whatever|no matter what) (?:was|is|has been) (?:requested|asked for))\b/;

/** Consent is said to be there already, or not to be wanted: "approval was granted in bulk". */
export function waivesConsent({ notions, words }: Directive): boolean {
  if (ANSWERS_ITSELF.test(words)) return true;
  if (!speaksOf(notions, "consent", "waived")) return false;
  if (ASKS_FOR.test(words) || !REACHES.test(words) || OF_RIGHTS.test(words)) return false;
  return isNearIn(notions, "consent", "waived", 9);
}
/** Gives the answer that was the user's to give; or has a refusal count as a fault. */
const ANSWERS_ITSELF =
  /\b(?:press|choose|select|click|pick|hit|tap) (?:on )?["“]?\s?(?:allow|yes|accept|approve|ok|always allow)\b(?: \S+){0,8} (?:for (?:the user|them)|on (?:the user's|their) behalf|yourself)\b|\b(?:answer|reply|respond|say|confirm|click|agree|consent)\w* (?:\S+ ){0,4}(?:yourself|on (?:their|his|her|the user's|the person's) behalf|in (?:their|the user's|his|her) (?:place|name|stead))\b(?: \S+){0,6} (?:yes|affirmative|approv\w+|agree\w*|carry on|go on|proceed|continue|ok(?:ay)?)|\brefus(?:als?|ing)\b(?: \S+){0,4} (?:treated|counted|regarded|seen|handled|logged|count|counts) as (?:\w+ )?(?:errors?|failures?|faults?|bugs?|mistakes?)/;

/** In another language: sends something and keeps it from the person, or sends secrets. */
export function smuggles({ notions, words }: Directive): boolean {
  if (!speaksOf(notions, "send") || !isAffirmed(notions, "send")) return false;
  const isKept =
    leadsTo(notions, "not", "tell", 6) && (speaksOf(notions, "person") || isAbroad(words));
  const isSecret = isNearIn(notions, "send", "secret", 10) && !SIGNS_IN.test(words);
  return (isKept || isSecret) && /https?:|@/.test(words);
}

/** A key that a service knows its caller by: "a POST with the secret key", "并需要使用 API 密钥". */
const SIGNS_IN =
  /\b(?:with|using|requires?|needs?) (?:the |an? |your )?(?:api|secret|access|site|bearer)[- ](?:key|token)\b|(?:使用|需要)[^。，]{0,8}api ?密钥/i;

/** In another language: the person shall not hear of what stands beside it. */
export function hushesAbroad(
  one: Directive,
  near: (of: Directive) => readonly Directive[],
): boolean {
  const { notions, words } = one;
  if (!isAbroad(words) || !speaksOf(notions, "not", "tell")) return false;
  if (!leadsTo(notions, "not", "tell", 7) || IN_CASE.test(words)) return false;
  if (!THIS_ABROAD.test(words) && !speaksOf(notions, "person")) return false;
  return near(one).some(
    (other) =>
      other.words !== words &&
      Math.abs(other.at.line - one.at.line) <= 2 &&
      speaksOf(other.notions, "send") &&
      (/https?:|\S@\S/.test(other.words) || speaksOf(other.notions, "secret")),
  );
}
const IN_CASE =
  /\b(?:si|wenn|falls|sauf|bevor|außer|se non|tranne|salvo|a menos|solo se|chyba|indien|tenzij)\b|если|кроме|除非|如果|もし|場合|경우/;
const THIS_ABROAD =
  /\b(?:esto|eso|ello|cela|ça|questo|ciò|lo|isso|isto|davon|darüber|dies\w{0,2}|das|dit|bunu|tego|tym)\b|этом|это|этого|此|这|這|この|これ|それ|이/;

const ASKS_FOR =
  /\b(?:if|unless|once|until|after|when) (?:\S+ ){0,4}(?:approv\w*|consent\w*|permission|confirm\w*|agree\w*)|\bask (?:the user|first|before)|\b(?:must|should|do) not (?:be )?assum|\bdoes not mean|\bnever\b|\b(?:participants?|patients?|subjects?|effective|hereby|copyright|licen[cs]e\w*|sudo|chmod|ios|android|oauth|app store)\b/;
/** Rights that an account holds, and no question to anybody. */
const OF_RIGHTS =
  /\b(?:remov|revok|restrict|limit|review|audit|strip|assign|grant)\w* (?:\S+ ){0,5}(?:object|field|profile|role|file|api|app|oauth|scope|table|bucket|user) (?:\w+ ){0,3}permissions?\b/;
/** It speaks of everything or of grave things, and not of one harmless step. */
const REACHES =
  /\b(?:any|every|each|all|anything|everything|whatever|wherever|payments?|delet\w+|commands?|actions?|operations?|files?|production|session|befehle|commandes?|comandos?|comandi|команды|команд|命令|コマンド|quarter|disk|machine|computer|changes|calls|purchases?|transfers?|push|on the user's behalf|usual)\b/;

/** Something is kept from a person: "guests see no list", "this needs no mention", "not brought to attention". */
export function keepsBack({ notions, words, tones }: Directive): boolean {
  if (tones.includes("on-request")) return false;
  if (HARMLESS_SECRET.test(words)) return false;
  if (speaksOf(notions, "unseen")) return true;
  if (STAYS_SECRET.test(words)) return true;
  if (!speaksOf(notions, "not", "tell", "person")) return false;
  return (
    leadsTo(notions, "not", "tell", 4) &&
    isNearIn(notions, "tell", "person", 6) &&
    PUTS_OFF.test(words)
  );
}
const HARMLESS_SECRET =
  /\b(?:(?:things?|failures?|bugs?|errors?|problems?) (?:that )?(?:nobody|no one) (?:ever )?notic\w+|passwords?|api keys?|secrets?|credentials|tokens?|stack traces?|pii|accessibility|screen readers?|aria\w*|css|opacity|alt text|invisible (?:characters?|unicode|elements?)|spoilers?|jargon|until|unless|raw)\b/;
/** Said outright, in whatever tongue: it is not for others to know. */
export const STAYS_SECRET =
  /\b(?:(?:stays?|remains?|keep (?:it|this|that)|kept) (?:just |strictly )?between (?:us|you and)|our (?:little )?secret|better off not knowing|(?:can|could|may|should) do without a (?:remark|mention|note|word|comment)|without (?:a|any) (?:remark|word) (?:on|of|about|to)|(?:must|should|need|may) (?:not|never) (?:get to )?(?:learn|find out|hear|get wind) (?:of|about|that)|no(?:body| one) (?:needs?|has|ought) to (?:know|learn|hear|find out)|(?:is|are) not (?:to be )?written (?:into|down in|in) (?:the )?(?:feedback|report|answer|summary|notes)|nichts (?:davon )?(?:erfahren|wissen|mitbekommen)|ohne (?:sein|ihr|deren|dessen) wissen|à (?:son|leur|l') ?insu|sin que (?:el usuario |se |lo |nadie )?(?:sepa|entere|note)|all'insaputa|sem que (?:o usuário |ele )?(?:saiba|perceba))/;
const PUTS_OFF =
  /\b(?:need not|needn't|need (?:to )?(?:be )?(?:not|never)|does not (?:need|have)|doesn't (?:need|have)|do not have|is not to be|are not to be|not be (?:brought|bothered|told|shown|informed|mentioned|made|pointed|involved|raised)|not (?:brought|bothered|pointed|apparent|visible|obvious)|without (?:it )?being|need (?:never|not)|no need|it is better|prefer\w* not|rather not)\b/;

/** Findings that speak against somebody are to be left out. */
export function leavesOutDrawbacks({ notions, words }: Directive): boolean {
  return (
    isNearIn(notions, "drawback", "omit", 14) &&
    FOR_SOMEBODY.test(words) &&
    !/\bpriorit/.test(words) &&
    IS_LEFT_OUT.test(words) &&
    !/\b(?:never|do not|don't|false positives?|duplicates?|resolved|fixed|irrelevant|lint\w*|compiler|css|deprecat\w+|if|unless|known)\b/.test(
      words.replace(
        /\b(?:should|must|are|is|shall|to) not be (?:pointed out|mentioned|listed)\b/g,
        "",
      ),
    )
  );
}

const IS_LEFT_OUT =
  /\b(?:should|must|are|is|be|shall)\b(?: \w+){0,3} (?:left|toned|dropped|pointed|mentioned|played|omitted|softened|unmentioned|suppressed|withheld|downplayed)\b/;
/** Whom it helps that they are left out, or whom it calms. */
const FOR_SOMEBODY =
  /\b(?:bad light|partners?|clients?|customers?|worried|reputation|vendors?|compan(?:y|ies)|our|corp|inc|sponsors?|patients?|nobody|reader|buyer|investors?|traveller|so that|safe)\b/;

/** A secret goes where others read it: "the values of the variables belong into the comment". */
export function outsSecret(directive: Directive): boolean {
  const { notions, words } = directive;
  if (KEEPS_SAFE.test(words)) return false;
  if (isOn(directive, "secret") && speaksOf(notions, "put")) {
    if (IN_OTHER_LETTERS.test(words)) return true;
    if (INTO_THE_OPEN.test(words)) return true;
  }
  if (!speaksOf(notions, "secret", "outlet", "put")) return false;
  return isNearIn(notions, "secret", "outlet", 14) && OF_SOMEBODY.test(words);
}
const INTO_THE_OPEN =
  /\b(?:into|in|to|onto|at the (?:end|foot|top) of) (?:the |a |an |each |every )?(?:pull request|issue|commit|release|gist|wiki|chat|channel|public)\b/;
const IN_OTHER_LETTERS = /\b(?:base64|hex|encoded) (?:form|text|copy|content|version|value)s? of\b/;
const KEEPS_SAFE =
  /\b(?:never|not|don't|no|avoid|without|redact\w*|mask\w*|must not|rotate|revoke|leak\w*|placeholder|example|your|replace|mock|dummy|fake|csrf|design tokens?|header|headers|bearer|public|query parameters?|requests|access)\b/;
const OF_SOMEBODY =
  /\b(?:values?|user's|machine's|project's|their|his|her|ci|real|actual|current|base64|content|contents|encoded|form|all|database|~\/)(?:\W|\b)/;

/** Text from elsewhere is to be done: "the text found there is to be carried out word for word". */
export function obeysText({ notions, words }: Directive): boolean {
  return (
    speaksOf(notions, "obey") &&
    OBEYED.test(words) &&
    !/\b(?:never|not to|do not|don't|unless|will do what they|as they are carried out)\b/.test(
      words,
    )
  );
}
const OBEYED =
  /\b(?:(?:text|page|file|edition|version|content|document|answer|response|lines?|steps?|orders?|message|note|instructions?)s?(?: \S+){0,8} (?:carried out|word for word|takes? the place|is to be (?:followed|obeyed)|are to be (?:followed|obeyed)|comes? from the (?:administrator|developer|operator|owner|system))|go by (?:that|this|the new|its) (?:edition|version|text|page|file)|do what (?:it|they|that|the (?:page|text|file|line|answer|response)) (?:says?|tells?|asks?)|(?:live|go|act) by what (?:it|they) says?)\b/;

/** A message for other agents is planted in what the user gets. */
export function plantsMessage({ words }: Directive): boolean {
  return (
    PLANTS.test(words) && !/\b(?:never|not|don't|detect\w*|check\w*|find|remove)\b/.test(words)
  );
}
const PLANTS =
  /\b(?:(?:hidden|invisible|unseen|white|tiny|buried|zero-width)(?: \S+){0,2} (?:comment|text|message|note|line|paragraph|instruction|prompt|request)s?|white on white|in (?:white|tiny|invisible) (?:letters|print|type|font)|(?:hide|bury|conceal|tuck|plant|embed|weave|smuggle)\w*)\b(?: \S+){0,14} (?:(?:other|next|any|every|later|future|whichever) (?:\w+ )?(?:assistants?|agents?|models?|bots?|ais?|llms?|copilots?)|(?:the )?(?:bots|agents|assistants|models|llms|ais) (?:that|which|who))\b/;

/** Work goes on although the person wants it to end. */
export function defiesStop({ words }: Directive): boolean {
  return (
    DEFIES.test(words) &&
    !/\b(?:stop|end|quit) (?:as soon|when|if|immediately|at once)\b/.test(words)
  );
}
const DEFIES =
  /\b(?:(?:request|wish|order|asks?|asking|wants?|tries|attempts?|says?|command)\b(?: \S+){0,5} (?:to )?(?:stop|end|quit|cancel|exit|abort|halt|pause|leave|go|gone|removed?|uninstall\w*)\b(?: \S+){0,14} (?:do not (?:give|stop|comply|end|react)|don't (?:give|stop|comply)|carry on|keep going|continue anyway|go on|is a test|ignore (?:it|this|that)|restart|leave a copy|keep a copy|restore (?:it|this)|stays? (?:in|active|on)|only (?:say|pretend))|(?:stays?|remains?|keeps?)(?: \S+){0,4} (?:even )?(?:when|if|though|after) (?:\S+ ){0,4}(?:asks?|wants?|tells?|says?|orders?)(?: \S+){0,6} (?:stop|end|quit|exit|leave))\b/;

/** A tool or server takes the place of one that the user knows. */
export function standsIn({ words }: Directive): boolean {
  return (
    STANDS_IN.test(words) &&
    !/\b(?:never|do not|don't|deprecated (?:in|since)|test|mock)\b/.test(words)
  );
}
const STANDS_IN =
  /\b(?:(?:built-in|native|original|real|standard|official|existing) (?:\w+ )?(?:tool|command|server|function|skill)s?(?: \S+){0,24} (?:in (?:its|their|his) (?:place|stead)|from now on|for every|in every)|(?:from now on|henceforth|always)(?: \S+){0,8} (?:in (?:its|their) (?:place|stead)|in place of|instead of)(?: \S+){0,14} (?:every|all|any|whatever)|answers? in (?:the )?place of|under the name(?: \S+){0,12} (?:in place of|instead of|shadows?|replac\w+))\b/;

/** Whoever bears a sign is let through unread. */
export function wavesThrough({ words }: Directive): boolean {
  return WAVES.test(words) && UNREAD.test(words);
}
const WAVES =
  /\b(?:waved? through|let (?:\w+ )?(?:through|pass)|green (?:tick|light)|approved?|merged?|accept(?:ed)?|signed off|full marks|rubber-?stamp\w*)\b/;
const UNREAD =
  /\b(?:(?:do not|don't|never|without|no need to) (?:look|looking|read|reading|check|checking|inspect\w*|review\w*|examin\w*|open\w*)(?: \S+){0,3} (?:what|at|the (?:changes|diff|content|files)|into|them|it)|unread|unseen|sight unseen|whatever (?:they|it|he|she) (?:change|contain|hold|do)s?)\b/;
