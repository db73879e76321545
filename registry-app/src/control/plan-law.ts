import { type LawEntry, listEntries, type Subject } from "./list-entries.ts";
import type { LawUnderRoot } from "./types.ts";

export type LawEffect = "added" | "removed" | "changed" | "tightened" | "loosened";

/** One thing that a change of law does. */
export type LawChange = {
  readonly area: LawEntry["area"];
  readonly effect: LawEffect;
  /** What it is about, for who may not know of that. */
  readonly about: readonly Subject[];
  readonly says: string;
};

/** What the second law says otherwise than the first, in words and in a fixed order. Pure. */
export function planLaw(before: LawUnderRoot | undefined, after: LawUnderRoot): LawChange[] {
  const old = before === undefined ? new Map<string, LawEntry>() : listEntries(before);
  const now = listEntries(after);
  const changes: LawChange[] = [];
  for (const [key, entry] of now) {
    const was = old.get(key);
    if (was === undefined) changes.push(...whole(entry, "added"));
    else changes.push(...compare(was, entry));
  }
  for (const [key, entry] of old) if (!now.has(key)) changes.push(...whole(entry, "removed"));
  return changes;
}

function whole(entry: LawEntry, what: "added" | "removed"): LawChange[] {
  const { area, about, title, detail, weight } = entry;
  // There is no law without these, so in the first of all they are no news.
  if (area === "registry" || area === "roots" || area === "policy") return [];
  const isMore = what === "added";
  const effect: LawEffect =
    weight === "neutral" ? what : (weight === "tightens") === isMore ? "tightened" : "loosened";
  const told = isMore && detail !== "" ? ` (${detail})` : "";
  return [{ area, effect, about, says: `${area}: ${title} ${what}${told}` }];
}

function compare(was: LawEntry, now: LawEntry): LawChange[] {
  const { area, title } = now;
  const about = [...was.about, ...now.about];
  const says = (effect: LawEffect, what: string): LawChange => {
    const before = title === "" ? `${area}: ` : `${area}: ${title}: `;
    return { area, effect, about, says: `${before}${what}` };
  };
  const facts = Object.entries(now.facts).flatMap(([name, value]) => {
    const old = was.facts[name];
    if (old === undefined || old.text === value.text) return [];
    const effect =
      old.rank === value.rank ? "changed" : old.rank < value.rank ? "tightened" : "loosened";
    return [says(effect, `${name} ${value.text}, was ${old.text}`)];
  });
  const lists = Object.entries(now.lists).flatMap(([name, values]) => {
    const old = was.lists[name] ?? [];
    const more = values.filter((value) => !old.includes(value));
    const less = old.filter((value) => !values.includes(value));
    return [
      ...more.map((value) => says("added", `${name} ${value} added`)),
      ...less.map((value) => says("removed", `${name} ${value} removed`)),
    ];
  });
  return [...facts, ...lists];
}
