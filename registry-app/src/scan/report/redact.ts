/** Makes evidence fit to be shown: secrets gone, nothing invisible, one line, no longer than a person reads. */

const MAX_SHOWN = 200;
/** How much is looked at, so that a secret at the edge of what is shown is still seen whole. */
const MAX_READ = 1_000;

const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,900}/g,
  /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{16,200}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,255}|\bgithub_pat_\w{20,255}|\bglpat-[\w-]{16,64}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,45}|\bya29\.[\w-]{20,300}/g,
  /\bxox[abposr]-[\w-]{10,250}|\bnpm_[A-Za-z0-9]{30,50}|\bpypi-[\w-]{30,300}|\bhf_[A-Za-z0-9]{20,60}/g,
  /\beyJ[\w-]{10,400}\.[\w-]{10,400}(?:\.[\w-]{0,400})?/g,
  /(?<=:\/\/[^\s:/@]{1,80}:)[^\s@/]{1,200}(?=@)/g,
];

/** `AWS_SECRET_ACCESS_KEY=…`, `"password": "…"` and the like: name, quote, value. */
const ASSIGNED =
  /((?:password|passwd|secret|token|api[-_]?key|access[-_]?key|credential)[\w-]{0,40}["']?\s{0,3}[=:]\s{0,3})(["']?)([^\s"'`,;&<>(){}[\]]{6,300})/gi;
/** A value that says where the secret is to be had, and is none. */
const REFERENCE = /^(?:[$%<]|process\.|os\.|env\.|import|https?:|\.{0,2}\/|~)/;

function hideValue(whole: string, name: string, quote: string, value: string): string {
  const isBare = quote === "" && !(value.length >= 12 && /\d/.test(value));
  return isBare || REFERENCE.test(value) ? whole : `${name}${quote}[redacted]`;
}

/** Characters that a reader does not see, or that turn the text around. */
const UNSEEN = /[^\P{Cc}\t]|[\p{Cf}\p{Variation_Selector}\u2028\u2029]/gu;

/** The text as a report shows it: at most 200 characters. */
export function redact(text: string): string {
  let own = text.slice(0, MAX_READ);
  for (const pattern of SECRETS) own = own.replaceAll(pattern, "[redacted]");
  own = own.replaceAll(ASSIGNED, hideValue);
  own = makeVisible(own.replaceAll(/\s{1,1000}/g, " ").trim());
  return own.length <= MAX_SHOWN ? own : `${own.slice(0, MAX_SHOWN - 1).toWellFormed()}…`;
}

/** Control characters and those that nobody sees or that turn a text around, written out. */
export function makeVisible(text: string): string {
  return text
    .replaceAll(UNSEEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
    .toWellFormed();
}
