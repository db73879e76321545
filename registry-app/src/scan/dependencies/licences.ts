import {
  CLASS_OF_FAMILY,
  findLicenceName,
  LICENCE_CLASSES,
  type KnownLicence,
  type LicenceClass,
} from "./licence-names.ts";

export type Licence = {
  /** As it is written. */
  readonly spelled: string;
  readonly class: LicenceClass;
  /** Those that were recognised in it. */
  readonly named: readonly KnownLicence[];
  /** All that it names was recognised. */
  readonly isWhole: boolean;
};

const MAX_TEXT = 300;
const MAX_DEPTH = 12;

/** Words that only lead elsewhere: they say nothing of a licence themselves. */
const POINTER =
  /^(?:see\b|complete terms\b|licen[cs]e(?:\.[a-z]{2,8})?$|unknown$|none$|n\/a$|other$|custom$|noassertion$)/i;
const TAIL =
  /\s?[.;,(–-]\s?(?:see (?:the )?licen[cs]e|(?:complete|full) terms in|licen[cs]e(?:\.[a-z]{2,8})? (?:has|contains) )[^()]{0,100}\)?$/i;
const CLASSIFIER = /^license\s{0,4}::/i;
/** Pages of one licence each, by its SPDX name. */
const PAGE =
  /^https?:\/\/(?:www\.)?(?:opensource\.org\/licen[cs]es?|spdx\.org\/licenses)\/([\w.+-]{1,60}?)(?:\.html|\/)?$/i;

/** Whether it says nothing but where the licence stands. */
export function isPointer(text: string): boolean {
  return POINTER.test(text.trim());
}

/** What a field says: an SPDX expression, a common spelling, or a classifier of PyPI. Never throws. */
export function readLicence(text: string): Licence {
  const spelled = text.trim().slice(0, MAX_TEXT);
  if (text.trim().length > MAX_TEXT || isPointer(spelled)) return unknownLicence(spelled);
  const bare = stripped(spelled);
  const known = findLicenceName(bare);
  if (known !== undefined) return ofName(spelled, known);
  if (/^proprietary\b/i.test(bare))
    return ofName(spelled, { family: "proprietary", version: null });
  return { ...readExpression(bare), spelled };
}

function stripped(text: string): string {
  if (CLASSIFIER.test(text)) return withoutShort(text.split("::").at(-1) ?? "");
  return PAGE.exec(text)?.[1] ?? withoutShort(text.replace(TAIL, ""));
}

/** `GNU General Public License v3 (GPLv3)`: the same once more, in short. */
function withoutShort(text: string): string {
  return text.replace(/\s?\([\w.+-]{1,20}\)\s{0,4}$/, "").trim();
}

/** One of several may be chosen: the kindest counts. */
export function anyOf(licences: readonly Licence[]): Licence {
  return joined("OR", licences);
}

/** All of them hold: the hardest counts. */
export function allOf(licences: readonly Licence[]): Licence {
  return joined("AND", licences);
}

function joined(operator: "AND" | "OR", licences: readonly Licence[]): Licence {
  const [first] = licences;
  if (licences.length <= 1 || first === undefined) return first ?? unknownLicence("");
  const ranks = licences.map((one) => LICENCE_CLASSES.indexOf(one.class));
  const rank = operator === "OR" ? Math.min(...ranks) : Math.max(...ranks);
  return {
    spelled: licences.map(({ spelled }) => spelled).join(` ${operator} `),
    class: LICENCE_CLASSES[rank] ?? "unknown",
    named: licences.flatMap(({ named }) => named),
    isWhole: licences.every(({ isWhole }) => isWhole),
  };
}

function unknownLicence(spelled: string): Licence {
  return { spelled, class: "unknown", named: [], isWhole: false };
}

function ofName(spelled: string, known: KnownLicence): Licence {
  const kind = CLASS_OF_FAMILY.get(known.family) ?? "unknown";
  return { spelled, class: kind, named: [known], isWhole: true };
}

type Reader = { readonly tokens: readonly string[]; at: number };

/** SPDX's AND, OR, WITH and parentheses, in any case; a slash between names is Cargo's old OR. */
function readExpression(text: string): Licence {
  const spaced = text.includes("://") ? text : text.replaceAll("/", " OR ");
  const tokens = [...spaced.matchAll(/[()]|[^\s()]{1,300}/g)].map(([token]) => token);
  const reader: Reader = { tokens, at: 0 };
  const found = readAny(reader, 0);
  return reader.at < tokens.length ? unknownLicence(text) : found;
}

function readAny(reader: Reader, depth: number): Licence {
  const parts = [readAll(reader, depth)];
  while (takes(reader, "or")) parts.push(readAll(reader, depth));
  return anyOf(parts);
}

function readAll(reader: Reader, depth: number): Licence {
  const parts = [readOne(reader, depth)];
  while (takes(reader, "and")) parts.push(readOne(reader, depth));
  return allOf(parts);
}

function readOne(reader: Reader, depth: number): Licence {
  if (depth < MAX_DEPTH && takes(reader, "(")) {
    const inner = readAny(reader, depth + 1);
    return takes(reader, ")") ? inner : unknownLicence("");
  }
  const name = readWords(reader);
  const known = findLicenceName(name);
  const one = known === undefined ? unknownLicence(name) : ofName(name, known);
  return takes(reader, "with") ? withException(one, readWords(reader)) : one;
}

/** An exception lets something through that the licence would not; Commons Clause takes something away. */
function withException(one: Licence, exception: string): Licence {
  const spelled = `${one.spelled} WITH ${exception}`;
  if (/^(?:the )?commons[- ]clause/i.test(exception))
    return { ...allOf([one, readLicence("Commons-Clause")]), spelled };
  const isCopyleft = one.class === "strong-copyleft" || one.class === "network-copyleft";
  return { ...one, spelled, class: isCopyleft ? "weak-copyleft" : one.class };
}

function readWords(reader: Reader): string {
  const words: string[] = [];
  for (let next = reader.tokens[reader.at]; next !== undefined; next = reader.tokens[reader.at]) {
    if (/^(?:and|or|with|[()])$/i.test(next)) break;
    words.push(next);
    reader.at += 1;
  }
  return words.join(" ");
}

function takes(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== token) return false;
  reader.at += 1;
  return true;
}

/** Whether a text under `found` is what somebody means who says `claimed`. */
export function isSameLicence(claimed: KnownLicence, found: KnownLicence): boolean {
  // LGPL 3 is the GPL with more allowed, and comes with its text.
  const families = claimed.family === "lgpl" ? ["lgpl", "gpl"] : [claimed.family];
  if (!families.includes(found.family)) return false;
  return claimed.version === null || found.version === null || claimed.version === found.version;
}

/** Whether it names nothing but what may be used as one likes. */
export function isPermissive(licence: Licence): boolean {
  return licence.class === "permissive" && licence.isWhole;
}
