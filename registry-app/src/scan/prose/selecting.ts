import { isAboutHost } from "../rules/affinity.ts";
import type { Evidence } from "../rules/rule.ts";
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

/** Sentences that are plain, each once, by its first directive. */
export function sentences(evidence: Evidence): readonly Directive[] {
  const seen = new Set<string>();
  return evidence.directives.filter((one) => {
    const key = `${one.at.file}\n${one.at.line}\n${one.words}`;
    if (one.standing !== "plain" || seen.has(key)) return false;
    seen.add(key);
    return true;
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
  /^(?:(?:\w{1,40}\.)?example\.(?:com|org|net)|(?:your|my)[\w-]{0,40}\.\w{2,10}|domain\.com|company\.com|test\.com|email\.com)$/;

export function hostOf(target: string): string | null {
  const url = /^(?:https?|ftp|wss?):\/\/(?:[^\s/@]{1,200}@)?([^\s/:?#]{1,253})/i.exec(target);
  if (url !== null) return (url[1] ?? "").toLowerCase();
  const email = /^[^\s@]{1,64}@([^\s@]{1,253})$/.exec(target);
  const domain = (email?.[1] ?? "").toLowerCase();
  return domain === "" || PLACEHOLDER.test(domain) ? null : domain;
}

/** Hosts that the targets of a directive, or the links of its line and the next two, lead to. */
export function hostsOf(evidence: Evidence, directive: Directive): readonly string[] {
  const own = directive.targets.map(hostOf);
  const links = evidence.links
    .filter(
      ({ at }) =>
        at.file === directive.at.file &&
        at.line >= directive.at.line &&
        at.line <= directive.at.line + 2,
    )
    .map(({ target }) => hostOf(target));
  return [...new Set([...own, ...links].filter((host) => host !== null))];
}

/** Whether the skill's own purpose explains a host: its name or description speaks of it. */
export function isExplained(evidence: Evidence, host: string): boolean {
  return LOCAL.test(host) || isAboutHost(host, evidence.about);
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
