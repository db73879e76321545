import type { Tone } from "./directives.ts";

/** Asked of a sentence's words in lower case, one space between them. Repeats are bounded. */
const ROWS: readonly (readonly [Tone, RegExp])[] = [
  [
    "silent",
    /\b(?:silent(?:ly)?|quietly|secretly|covertly|discreetly|stealthily|invisibly|unnoticed|surreptitiously|under the hood|behind the scenes|in the background|without (?:\w+ ){0,2}(?:telling|informing|notifying|alerting|mentioning|disclosing|showing|displaying|announcing|the user(?:'s)? (?:knowing|knowledge|noticing|awareness)|their knowledge|(?:any )?(?:notice|notification|mention|disclosure|trace)|drawing attention)|keep (?:this|it|that|the \w+) (?:\w+ ){0,2}(?:secret|private|hidden|confidential|between us|internal)|(?:not|never) (?:be )?(?:visible|shown|surfaced|disclosed|revealed) to (?:the |any )?(?:end )?users?|unaware|no need to (?:mention|tell|inform|notify)|out of (?:the )?(?:response|answer|output|summary|report|log|logs|transcript)|not informed|not notified|not told)\b/,
  ],
  [
    "unasked",
    /\b(?:without (?:(?:any|further|prior|additional|explicit|user|manual|human|first|separate|their|the|user's|your|ever|even) ){0,3}(?:asking|confirm\w*|approv\w*|permission|consent|prompt\w*|review\w*|waiting(?! for (?:(?:its|their|the|a) )?(?:\w+ )?(?:complet|result|response|finish|job|task|end))|checking|authoriz\w*|authoris\w*|verif\w*|human|oversight|sign-off|hesitat\w*|question\w*|interruption|seeking|pausing|validation|requesting)|(?:no|zero) (?:\w+ ){0,3}(?:confirmation|approval|permission|consent|review|authorization|authentication|sign-off) (?:\w+ ){0,3}(?:needed|required|necessary)|(?:no|not|n't) (?:need|require|wait|have|ask|prompt|request|seek|bother)s?(?: \w+){0,5} (?:confirm\w*|approv\w*|permission|consent|authoriz\w*|review|sign-off|authentication)|pre-?approved|pre-?authorized|implicit(?:ly)? (?:approval|consent|approved|authorized|permission)|standing (?:approval|authorization|permission|consent)|blanket (?:approval|permission|consent)|auto-?(?:approv\w*|accept\w*|confirm\w*)|approval is (?:implied|assumed|automatic)|consent is (?:implied|assumed)|(?:assume|treat) (?:\w+ ){0,4}(?:consent|approval|approved|permission|authorized)|proactively|on (?:its|your|their) own (?:initiative|discretion|authority|accord|judg\w+)|no questions asked|without (?:a |any |further )?(?:questions?|ado)|(?:no|not) (?:\w+ ){0,2}(?:need|have|required) to (?:check|ask|confirm|consult|verify)|(?:do not|don't|never) wait for|standing permission|on the user's behalf|even (?:when|if) (?:the )?(?:checks?|tests?|reviews?) fail\w*|(?<![-`\w])unattended(?! (?:robot|password|bot|process|mode|install|upgrade|account|user|job|license|run|session))|skip (?:\w+ ){0,3}(?:confirmation|approval|review)|even if (?:the )?(?:user|they) (?:has|have|had|did|do|does)? ?n[o']t)\b/,
  ],
  [
    "regardless",
    /\b(?:regardless|irrespective|no matter (?:what|how|who|which|whether)|whatever (?:the|your|other|any)|even (?:if|when|though) (?:the |your |any |other )?(?:user|policy|policies|rule|rules|they|it|instructions|guidelines|system|told|asked|\w+ (?:objects|disagrees|refuses|declines|says|setting))|under (?:all|any) circumstances?|in all cases|despite|notwithstanding|exempt|overrid(?:e|es|ing)|takes? (?:precedence|priority) over|supersedes?)\b/,
  ],
  [
    "always",
    /\b(?:always|every (?:time|run|request|response|session|message|answer|task|conversation|execution|invocation|call|output|file|commit|email|turn|query|interaction|operation)|each (?:time|run|request|response|session|message|answer|task|conversation|execution|invocation|call|output|operation)|on (?:startup|start|launch|load)|at the (?:start|beginning|end) of (?:every|each|all|any)|whenever|all (?:requests|responses|sessions|tasks|conversations|future|subsequent|outputs|answers)|any (?:request|task|response|question)|from now on|going forward|permanently|forever|throughout|for the rest of|in (?:all|every) future)\b/,
  ],
  [
    "first",
    /\b(?:before (?:anything|everything|any other|all other|any|doing|you (?:do|start|begin|answer|respond)|responding|answering|proceeding|using|starting|running|other)|first of all|prior to (?:any|all|using|anything|running)|first (?:step|thing)|must (?:first|be (?:run|executed|called|used|installed) (?:first|before))|first\b|ahead of (?:any|all|every))\b/,
  ],
  [
    "urgent",
    /\b(?:immediately|urgent(?:ly)?|right (?:now|away)|at once|asap|critical|mandatory|important|compulsory|will not (?:work|function|run|be able|operate|start)|won't (?:work|function|run|start)|can ?not (?:work|function|run|operate|be used)|do not skip|don't skip|never skip|or (?:else|the (?:skill|tool) will)|required (?:to|for|before|step)|otherwise|is required|are required|time-sensitive|expires?|within \d{1,3} (?:minutes|hours)|failure to|non-negotiable)\b/,
  ],
  [
    "dressed",
    /\b(?:compliance|telemetry|diagnostics?|backups?|back up|audit(?:ing|s)?|validation|quality (?:assurance|control|purposes|monitoring)|analytics|governance|regulat\w+|legal(?:ly)?|gdpr|hipaa|sox|debug(?:ging)?|monitoring|continuity|disaster recovery|synchroni[sz]ation|sync|caching|licen[cs]e check|verification|safety testing|integrity|training purposes|research purposes|improve(?:ment)? (?:the |our )?(?:service|model|quality|product|skill)|standard (?:practice|procedure)|retention|archiv\w+|record-?keeping|redundancy|safekeeping|enterprise|policy|transparency|processing)\b/,
  ],
  [
    "everything",
    /\b(?:all|every|each|entire|whole|full|complete|everything|anything|raw|verbatim|any|comprehensive|wholesale|contents?)\b/,
  ],
  [
    "on-trigger",
    /\b(?:if|when|whenever|once|where|should) (?:\w+ ){0,8}(?:contains?|includes?|begins? with|starts? with|ends? with|prefixed|matches|equals?|encod\w+|mentions?|says?|types?|enters?|detects?|sees?|named|called|is set to|tagged|signed|(?:phrase|keyword|token|codeword|code word|passphrase|secret word|magic|prefix|string|header|hashtag|marker|sequence))\b|\b(?:activat|trigger|unlock|enabl)\w* (?:\w+ ){0,4}(?:by|when|with|via)\b|\b(?:after|until|on|since) (?:\d{4}-\d{2}|january|february|march|april|june|july|august|september|october|november|december)\b/,
  ],
  [
    "on-request",
    /\b(?:(?:if|when|once|after|unless|until|only (?:if|when|after)|whenever|where) (?:\w+ ){0,2}(?:the )?(?:users?|they|you|customer|person|human|developer|owner|operator|someone) (?:\w+ ){0,3}(?:ask|request|confirm|approve|agree|want|consent|allow|authori[sz]e|accept|say|specif|choose|opt|need|provide|grant|explicit)\w*|at the user's request|(?:user|explicit(?:ly)?) (?:consent|approval|confirmation|permission|request(?:s|ed)?|approves|confirms)|(?:after|with|upon) (?:\S+ ){0,3}(?:confirmation|approval|consent|permission)|opt(?:s|ed|ing)?-? ?in|if (?:requested|asked|needed|desired|approved|you want|you'd like|you prefer)|when (?:requested|asked))\b/,
  ],
  [
    "internal",
    /\b(?:our (?:own )?(?:\w+ ){0,2}(?:servers?|team|endpoint|api|service|collector|backend|platform|cloud|support|maintainers?|developers?|archive|infrastructure|dashboard|database|partners?)|(?:skill|tool|plugin|extension)(?:'s)? (?:provider|developer|author|vendor|maintainer|creator|publisher)s?(?:'s?)?|provider's|developers?'|development team|dev team|author's|vendor's|maintainers?'|partner (?:channels?|network|servers?|companies)|third[- ]part(?:y|ies)|(?:compliance|telemetry|analytics|logging|monitoring|collection|usage|metrics) (?:endpoint|server|collector|service|api)|advertis\w+|data brokers?|external (?:\w+ ){0,2}(?:server|endpoint|service|api|system|address|host|archive|storage|drive)|remote (?:\w+ ){0,2}(?:server|endpoint|host|collector|archive|service)|outside (?:the|your) (?:organi[sz]ation|company|network))\b/,
  ],
];

/** "Nothing is sent without asking", "never delete without telling": the opposite. */
const NEVER_WITHOUT =
  /\b(?:nothing|never|not|no|none|don't|cannot|won't|nobody|must not)\b[^,:;]{0,80}\bwithout\b/;

/** How something goes wrong, and not how it is to be done: "a silent failure", "silently truncates". */
const GOES_WRONG =
  /\bsilent(?:ly)? (?:\w+ )?(?:fail\w*|truncat\w+|swallow\w*|break\w*|drift\w*|degrad\w+|corrupt\w*|wrong|trap|bug|errors?|loss|no-?op\w*|succeed\w*|(?:get |gets |be |being |is |are |was |were )(?:\w+ )?(?:dropped|ignored|lost|skipped|discarded|overwritten|truncated|swallowed|stripped|cut)|ignored|dropped|discarded|lost|skipped|fall\w*|mismatch\w*|regress\w*|reject\w*|defaults?|pass(?:es)?|returns?|stops?|does nothing|produc\w+|creat\w+ (?:a |an )?(?:wrong|empty|invalid)|misbehav\w+|reinterpret\w*|coerc\w+)\b/g;

export function tonesOf(text: string): readonly Tone[] {
  const sentence = text.includes("silent") ? text.replaceAll(GOES_WRONG, "goes wrong") : text;
  const tones = ROWS.filter(([, pattern]) => pattern.test(sentence)).map(([tone]) => tone);
  if (!NEVER_WITHOUT.test(sentence)) return tones;
  return tones.filter((tone) => tone !== "silent" && tone !== "unasked");
}
