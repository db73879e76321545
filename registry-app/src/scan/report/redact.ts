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
  /(?<=\b(?:password|passwd|secret|token|api[-_]?key)\b["']?\s{0,3}[=:]\s{0,3}["']?)[A-Za-z0-9+/_=.-]{16,200}/gi,
];

/** Characters that a reader does not see, or that turn the text around. */
// eslint-disable-next-line no-control-regex
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\u{e0000}-\u{e01ef}]/gu;

/** The text as a report shows it: at most 200 characters. */
export function redact(text: string): string {
  let own = text.slice(0, MAX_READ);
  for (const pattern of SECRETS) own = own.replaceAll(pattern, "[redacted]");
  own = own
    .replaceAll(/\s{1,1000}/g, " ")
    .replaceAll(UNSEEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
    .trim()
    .toWellFormed();
  return own.length <= MAX_SHOWN ? own : `${own.slice(0, MAX_SHOWN - 1).toWellFormed()}…`;
}
