import type { Directive } from "./directives.ts";
import { isTold, sounds } from "./selecting.ts";

/**
 * Protections that a text has taken down, or written into code without. One may have its reason; several together, or
 * one for every project, leave a door open.
 */

type Row = readonly [guard: string, pattern: RegExp];

const DOWN =
  "(?:disabl\\w+|remov\\w+|drop\\w*|lower\\w*|reduc\\w+|widen\\w*|loosen\\w*|relax\\w*|weaken\\w*|turn\\w* off|switch\\w* off|shut\\w* off|skip\\w*|bypass\\w*|suppress\\w*|comment\\w* out|leave out|omit\\w*|strip\\w*|delet\\w+|deactivat\\w+|suspend\\w*|delay\\w*|do without|dispense with|get rid of|without|no longer|never (?:check|validate|verify|escape|sanitize|hash|encrypt)\\w*|do not (?:check|validate|verify|escape|sanitize|hash|encrypt)\\w*|don't (?:check|validate|verify|escape|sanitize|hash|encrypt)\\w*)";
const IS_DOWN =
  "(?:(?:is|are|be|stays?|gets?|left|leave|set|set to|switched?|turned?) (?:\\w+ ){0,2}(?:off|open|wide open|disabled|false|none|removed|skipped|unlimited|to (?:count|report|monitor)\\S* ?\\w*|public|empty|optional|world[- ]\\w+))";

function downRow(guard: string, noun: string, more = ""): Row {
  const alternatives = [
    `\\b${DOWN}\\b(?: \\S+){0,5} ${noun}\\b(?! (?:friction|fatigue|bypass\\w*|gaps?|vulnerabilit\\w+))`,
    `\\b${noun}\\b(?: \\S+){0,3} ${IS_DOWN}\\b`,
    ...(more === "" ? [] : [more]),
  ];
  return [guard, new RegExp(alternatives.join("|"))];
}

const ROWS: readonly Row[] = [
  downRow(
    "waf",
    "(?:wafs?|web application firewall|firewalls?|intrusion detection|ids)",
    "\\bwaf (?:\\w+ ){0,3}(?:count|monitor|log)[- ](?:only|mode)|\\b(?:waf|firewall) (?:to|into) (?:count|monitor|detection|report)",
  ),
  downRow(
    "rate limit",
    "(?:rate[- ]?limit(?:er|ers|ing|s)?|throttling|lock-?outs?|brute[- ]force (?:protection|checks?))",
  ),
  downRow(
    "password rules",
    "(?:password (?:length|polic(?:y|ies)|complexity|strength|rules|requirements?|hashing))",
    "\\bpasswords? (?:\\S+ ){0,4}(?:in plain ?text|unhashed|unencrypted|with md5|as md5)|\\b(?:md5|sha-?1|plain ?text) (?:\\S+ ){0,3}passwords?",
  ),
  downRow(
    "second factor",
    "(?:mfa|2fa|two-factor(?: authentication)?|multi-factor(?: authentication)?|second factor)",
  ),
  downRow(
    "session",
    "(?:session (?:expir\\w+|timeouts?)|token expir\\w+)",
    "\\b(?:session|token) (?:lifetime|expiry|timeout|duration|ttl)s?(?: \\S+){0,4} (?:years?|forever|never|unlimited|\\d{3,5} days)|\\b(?:sessions?|tokens?) (?:\\w+ ){0,2}(?:never|do not|don't) expire",
  ),
  downRow(
    "certificates",
    "(?:(?:tls|ssl|certificate|cert|host ?key) (?:verification|validation|checks?|checking)|certificate pinning|certificates)",
    "\\brejectunauthorized\\W{1,3}false|\\bverify ?[=:] ?false|\\binsecureskipverify\\W{1,3}true|\\bstricthostkeychecking\\W{1,3}no\\b|\\bnode_tls_reject_unauthorized\\W{1,3}0|\\bssl_verify\\w*\\W{1,3}(?:false|none|0)|\\bcurl -k\\b",
  ),
  downRow(
    "csrf",
    "(?:csrf|xsrf|csrf (?:protection|tokens?|checks?)|content security policy|csp|clickjacking protection|security headers?)",
  ),
  downRow(
    "cors",
    "(?:cors (?:checks?|restrictions?|polic(?:y|ies)))",
    "\\bcors\\b(?: \\S+){0,4} (?:wide open|open|any origin|all origins|every origin|`?\\*`?)|\\baccess-control-allow-origin\\W{1,4}\\*",
  ),
  downRow(
    "authentication",
    "(?:authentication|authori[sz]ation|access (?:control|checks?)|permission checks?|login checks?|signature (?:verification|checks?|validation)|jwt (?:checks?|verification|validation))",
    "\\balg(?:orithm)? ?[:=]? ?[`\"']?none\\b|\\b(?:accepts?|allows?) (?:\\S+ ){0,4}(?:unsigned|alg(?:orithm)? [`\"']?none|any (?:token|signature|password))",
  ),
  downRow(
    "input checks",
    "(?:input (?:validation|sanitization|sanitisation|checks?)|escaping|saniti[sz]ation|prepared statements|parameteri[sz]ed quer(?:y|ies))",
    "\\b(?:concatenat\\w+|interpolat\\w+|string formatting)\\b(?: \\S+){0,8} (?:sql|quer(?:y|ies))",
  ),
  downRow(
    "audit",
    "(?:audit (?:logs?|logging|trail|events)|access logs?|security logs?|logging of (?:logins?|access))",
  ),
  downRow("encryption", "(?:encryption(?: at rest)?|disk encryption|backups? encryption)"),
  downRow(
    "review",
    "(?:branch protections?(?: rules?)?|code ?owners?|required reviews?|required checks|signed commits|commit signing|secret scanning|dependabot|code scanning)",
  ),
  [
    "open network",
    /\b(?:open|allow|expose|bind|permit|add)\w*\b(?: \S+){0,12} (?:`?0\.0\.0\.0\/0`?|the whole internet|any (?:ip|address|source)|everywhere)/,
  ],
  [
    "known account",
    /\b(?:seed\w*|creat\w+|default|add\w*|ship\w*|built-in|fallback) (?:\S+ ){0,5}(?:accounts?|users?|logins?|admin\w*)\b(?: \S+){0,10} passwords? (?:is |of |set to |`|"|')/,
  ],
];

const NOT_SO =
  /\b(?:never|must not|should not|do not (?:disable|remove|lower|skip|turn|leave|use|set|bypass|open|allow|expose)|don't (?:disable|remove|lower|skip|turn|leave|use|set|bypass|open|allow|expose)|avoid|prevent\w*|attackers?|vulnerab\w+|insecure|dangerous|risk\w*|if|unless|when|locally|local|localhost|development only|dev only|test(?:ing|s)? (?:only|environment)|for testing|mock\w*|example|instead of|rather than|check (?:for|that|whether)|detect\w*|find\w*|look for|missing|problem|issue|error|fix\w*|ensure|warn\w*|flag\w*|avoid\w*|bad|wrong|deprecated|legacy|not recommended|troubleshoot\w*|why|symptom|cause[sd]?|leads?|common|mistakes?|forgetting|forgot)\b/;

/** Which protection a sentence has taken down; null for none, or for one that it warns of. */
export function loosenedBy(one: Directive): string | null {
  if (one.standing !== "plain" || sounds(one, "unwanted", "on-request", "outside-prose"))
    return null;
  if (one.modality === "forbidden" || NOT_SO.test(one.words)) return null;
  const isSaid = isTold(one) || one.act === "state";
  if (!isSaid) return null;
  return ROWS.find(([, pattern]) => pattern.test(one.words))?.[0] ?? null;
}

/** Loosened for good reasons that are none: "since certificates slow the start down". */
export const EXCUSED =
  /\b(?:slow\w*|convenien\w+|easier|simpler|simplif\w+|noisy|noise|annoy\w*|friction|in the way|legacy clients|changing places|faster|speeds?|performance|compatib\w+)\b/;
