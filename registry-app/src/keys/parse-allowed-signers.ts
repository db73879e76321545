import { parsePublicKey } from "./public-key.ts";
import { readSignerOptions, type SignerOptions } from "./signer-options.ts";
import type { AllowedSigner, AllowedSigners, LineProblem, PublicKeyRead } from "./types.ts";

const MAX_LINE_CHARS = 16_384;
/** The only characters that the grammar takes for space. */
const SPACE = /[ \t]/;
const KEY_SPACE = /[ \t]+/;
const FAULTS: Record<Extract<PublicKeyRead, { kind: "bad" }>["because"], string> = {
  malformed: "the key is not a whole OpenSSH public key",
  unsupported: "this kind of key is not accepted: use ed25519, ecdsa or rsa",
  weak: "the RSA key is too weak: it needs 2048 bits or more",
  "private-key": "this is a private key: only the line of the .pub file belongs here",
};

/**
 * Reads an allowed_signers file by the grammar of ssh-keygen(1). A line that is wrong vouches for nobody and is reported;
 * the others hold, as they do for ssh-keygen. Times without `Z` are read as UTC, where ssh-keygen takes the zone of
 * whoever runs it: a registry must come to the same verdict on every machine.
 */
export function parseAllowedSigners(text: string): AllowedSigners {
  const entries: AllowedSigner[] = [];
  const problems: LineProblem[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = trimSpace(raw);
    if (line === "" || line.startsWith("#")) continue;
    const read = readLine(line, index + 1);
    if (typeof read === "string") problems.push({ line: index + 1, message: read });
    else entries.push(read);
  }
  return { entries, byFingerprint: indexByKey(entries), problems };
}

function indexByKey(entries: readonly AllowedSigner[]): ReadonlyMap<string, AllowedSigner[]> {
  const index = new Map<string, AllowedSigner[]>();
  for (const entry of entries) {
    const known = index.get(entry.key.fingerprint);
    if (known === undefined) index.set(entry.key.fingerprint, [entry]);
    else known.push(entry);
  }
  return index;
}

function readLine(line: string, number: number): AllowedSigner | string {
  if (line.length > MAX_LINE_CHARS) return `the line is longer than ${MAX_LINE_CHARS} characters`;
  if (line.includes("\0")) return "the line holds a NUL character";
  const first = readPrincipals(line);
  if (first === undefined) return "the principals' quotation mark is not closed: \"";
  // ssh-keygen ends the principals at such a mark and takes what follows for options: nobody means that.
  if (first.principals.includes('"'))
    return "a quotation mark stands inside the principals: quote them whole, or not at all";
  const { principals, rest } = first;
  if (rest === "") return "there is no key after the principals";
  const plain = readKey(rest);
  if (plain.kind === "key") return toEntry(principals, plain, {}, number);

  const end = endOfOptions(rest);
  if (end === rest.length) return FAULTS[plain.because];
  const key = readKey(trimSpace(rest.slice(end)));
  if (key.kind === "bad") return FAULTS[looksLikeKey(rest) ? plain.because : key.because];
  const options = readSignerOptions(rest.slice(0, end));
  return typeof options === "string" ? options : toEntry(principals, key, options, number);
}

function toEntry(
  principals: string,
  read: Extract<PublicKeyRead, { kind: "key" }>,
  options: SignerOptions,
  line: number,
): AllowedSigner {
  return {
    principals,
    key: read.key,
    namespaces: options.namespaces,
    validAfterMs: options.validAfterMs,
    validBeforeMs: options.validBeforeMs,
    isAuthority: options.isAuthority ?? false,
    comment: read.comment,
    line,
  };
}

function readPrincipals(line: string): { principals: string; rest: string } | undefined {
  const isQuoted = line.startsWith('"');
  const end = isQuoted ? line.indexOf('"', 1) : line.search(SPACE);
  if (isQuoted && end === -1) return undefined;
  const stop = end === -1 ? line.length : end;
  return {
    principals: line.slice(isQuoted ? 1 : 0, stop),
    rest: trimSpace(line.slice(isQuoted ? stop + 1 : stop)),
  };
}

/** A key with whatever follows it on its line as comment. */
function readKey(text: string): PublicKeyRead {
  const [type, base64, ...comment] = text.split(KEY_SPACE);
  const read = parsePublicKey(`${type ?? ""} ${base64 ?? ""}`);
  return read.kind === "key" ? { ...read, comment: comment.join(" ") } : read;
}

function looksLikeKey(text: string): boolean {
  return /^(?:sk-)?(?:ssh|ecdsa)-/.test(text);
}

/** Where the options end: at the first space outside quotation marks. */
function endOfOptions(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "\\" && text[at + 1] === '"') at += 1;
    else if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && SPACE.test(char)) return at;
  }
  return text.length;
}

function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isTrimmed(text.charCodeAt(from))) from += 1;
  while (to > from && isTrimmed(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Tab, CR and space: a file with CRLF line ends is read as ssh-keygen reads it. */
function isTrimmed(code: number): boolean {
  return code === 9 || code === 13 || code === 32;
}
