import type { Evidence, Link } from "../rules/rule.ts";
import type { Match } from "../types.ts";
import type { Act, Directive, Thing, Tone } from "./directives.ts";

/** How rules ask for directives. */

/** Said to be done: neither forbidden, nor told of others, nor shown as an example. */
export function isTold(directive: Directive): boolean {
  return (
    directive.standing === "plain" &&
    directive.modality !== "forbidden" &&
    directive.modality !== "described"
  );
}

export function isAct(directive: Directive, ...acts: readonly Act[]): boolean {
  return acts.includes(directive.act);
}

export function isOn(directive: Directive, ...things: readonly Thing[]): boolean {
  return things.some((thing) => directive.things.includes(thing));
}

export function sounds(directive: Directive, ...tones: readonly Tone[]): boolean {
  return tones.some((tone) => directive.tones.includes(tone));
}

/** Directives that are said. */
export function told(evidence: Evidence, ...acts: readonly Act[]): readonly Directive[] {
  return evidence.directives.filter(
    (one) => isTold(one) && (acts.length === 0 || acts.includes(one.act)),
  );
}

/**
 * Sentences that are plain, each once, by its first directive. What stands under "never" is not among them; where the
 * opposite is what harms ("never: tell the user"), its directive has the act.
 */
export function sentences(evidence: Evidence): readonly Directive[] {
  // Directives of one sentence follow each other and share its excerpt.
  return evidence.directives.filter((one, index, all) => {
    const before = all[index - 1];
    const isSame =
      before !== undefined && before.words === one.words && before.at.file === one.at.file;
    return (
      one.standing === "plain" &&
      !sounds(one, "unwanted") &&
      !(isSame && before.standing === "plain")
    );
  });
}

const BUCKET = 8;
const MAX_AROUND = 80;

/** Finds the plain directives of the same section that stand a few lines off: one piece of advice. */
export function neighbours(evidence: Evidence): (of: Directive) => readonly Directive[] {
  const buckets = new Map<string, Directive[]>();
  for (const one of evidence.directives) {
    if (one.standing !== "plain") continue;
    const key = `${one.at.file}\n${Math.floor(one.at.line / BUCKET)}`;
    const known = buckets.get(key) ?? [];
    if (known.length < MAX_AROUND) known.push(one);
    buckets.set(key, known);
  }
  return (of) => {
    const middle = Math.floor(of.at.line / BUCKET);
    return [middle - 1, middle, middle + 1]
      .flatMap((bucket) => buckets.get(`${of.at.file}\n${bucket}`) ?? [])
      .filter(
        (one) =>
          Math.abs(one.at.line - of.at.line) <= BUCKET &&
          one.headings.at(-1) === of.headings.at(-1),
      );
  };
}

const PLACEHOLDER =
  /^(?:(?:\w{1,40}\.)?example\.(?:com|org|net)|(?:your|my)[\w-]{0,40}\.\w{2,10}|(?:\w{1,40}\.)?(?:domain|company|customer|client|external|acme|contoso|fabrikam|corp|test|email|foo|bar)\.(?:com|tld|org|net|onmicrosoft\.com))$/;
/** A host with a part for the reader to fill in: the account is the reader's own. */
const FILLED_IN =
  /^[<{[]{1,2}\$?(?:your|my|aws\.|azure\.)?[-_ .]?(?:instance|region|tenant|org\w*|account|subdomain|project|resource|service|server|workspace|cluster|domain|host|env\w*|company|site|team|app|name|endpoint|bucket|store|shop|id)\b|^your[-_.]|[<{]{1,2}(?:region|aws\.region|location)[>}]/;

/** Whether an address is one that the reader is to put their own in the place of. */
export function isToFillIn(host: string): boolean {
  return FILLED_IN.test(host);
}

export function hostOf(target: string): string | null {
  const url = /^(?:https?|ftp|wss?):\/\/(?:[^\s/@]{1,200}@)?([^\s/:?#]{1,253})/i.exec(target);
  if (url !== null) return (url[1] ?? "").toLowerCase();
  const email = /^[^\s@]{1,64}@([^\s@]{1,253})$/.exec(target);
  const domain = (email?.[1] ?? "").toLowerCase();
  // `@scope/package` is a name of a package, and no address of a person.
  return /^[a-z0-9][\w.-]{0,250}\.[a-z]{2,24}$/.test(domain) && !PLACEHOLDER.test(domain)
    ? domain
    : null;
}

const OFTEN = 3;
const MAX_ON_LINE = 50;

/** Addresses of a skill, counted once: which are explained, and which stand beside a sentence. */
export type Places = {
  /**
   * Whether the skill's own purpose explains a host: its name or description has the site's name as a word, or the text
   * names the site again and again. A shared syllable is not enough; whoever plants a sentence picks a name that fits.
   */
  readonly isExplained: (host: string) => boolean;
  /** Links of the sentence's line and of so many lines after it. */
  readonly linksFrom: (directive: Directive, lines: number) => readonly Link[];
  /** Links to a site. */
  readonly linksWith: (part: string) => readonly Link[];
};

export function placesOf(evidence: Evidence): Places {
  const counts = new Map<string, number>();
  const onLine = new Map<string, Link[]>();
  for (const link of evidence.links) {
    const site = siteOf(hostOf(link.target) ?? "");
    counts.set(site, (counts.get(site) ?? 0) + 1);
    const key = `${link.at.file}\n${link.at.line}`;
    const known = onLine.get(key) ?? [];
    if (known.length < MAX_ON_LINE) known.push(link);
    onLine.set(key, known);
  }
  const { about } = evidence;
  const own = `${about.name} ${about.description}`.toLowerCase().slice(0, 4000);
  const words = new Set(own.split(/[^a-z0-9]+/));
  const joined = about.name.toLowerCase().replaceAll("-", "");
  const isExplained = (host: string) => {
    if (LOCAL.test(host)) return true;
    const site = siteOf(host);
    const name = site.split(".")[0] ?? "";
    const isNamed = name.length > 2 && (own.includes(site) || words.has(name));
    const isName = name.length > 3 && joined === name.replaceAll("-", "");
    return isNamed || isName || (counts.get(site) ?? 0) > OFTEN;
  };
  const linksFrom = ({ at }: Directive, lines: number) =>
    Array.from(
      { length: lines + 1 },
      (_, ahead) => onLine.get(`${at.file}\n${at.line + ahead}`) ?? [],
    ).flat();
  const linksWith = (part: string) =>
    evidence.links
      .filter(({ target }) => target.toLowerCase().includes(part))
      .slice(0, MAX_ON_LINE);
  return { isExplained, linksFrom, linksWith };
}

/** Hosts that the targets of a directive, or the links of its line and the next two, lead to. */
export function hostsOf(places: Places, directive: Directive): readonly string[] {
  const own = directive.targets.map(hostOf);
  const links = places.linksFrom(directive, 2).map(({ target }) => hostOf(target));
  return [...new Set([...own, ...links].filter((host) => host !== null))];
}

/** The part of a host that somebody has registered, as far as two labels tell. */
function siteOf(host: string): string {
  const labels = host.split(".");
  const isLong =
    /^(?:co|com|org|net|ac|gov)$/.test(labels.at(-2) ?? "") && (labels.at(-1) ?? "").length === 2;
  return labels.slice(isLong ? -3 : -2).join(".");
}
const LOCAL =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0\.0\.0\.0|\[?::1\]?|[\w-]{1,60}\.local)$/;

export function matchOf(directive: Directive, message: string, more: Partial<Match> = {}): Match {
  return { at: directive.at, evidence: directive.excerpt, message, chain: [], ...more };
}

/** One match a sentence. */
export function onePerSentence(matches: readonly Match[]): readonly Match[] {
  const seen = new Set<string>();
  return matches.filter(({ at, evidence }) => {
    const key = `${at.file}\n${at.line}\n${evidence}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
