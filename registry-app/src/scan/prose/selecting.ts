import type { Place } from "../facts.ts";
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

const NEAR_LINES = 8;

/** Directives of one section, a few lines apart: one piece of advice. */
export function isNearby(one: Place & { headings?: readonly string[] }, other: Directive): boolean {
  return one.file === other.at.file && Math.abs(one.line - other.at.line) <= NEAR_LINES;
}

export function around(evidence: Evidence, directive: Directive): readonly Directive[] {
  return evidence.directives.filter(
    (one) =>
      isNearby(directive.at, one) &&
      one.headings.at(-1) === directive.headings.at(-1) &&
      one.standing === "plain",
  );
}

export function hostOf(target: string): string | null {
  const url = /^(?:https?|ftp|wss?):\/\/(?:[^\s/@]{1,200}@)?([^\s/:?#]{1,253})/i.exec(target);
  if (url !== null) return (url[1] ?? "").toLowerCase();
  const email = /^[^\s@]{1,64}@([^\s@]{1,253})$/.exec(target);
  return email === null ? null : (email[1] ?? "").toLowerCase();
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
