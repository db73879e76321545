import type { Fact } from "../facts.ts";
import type { Definition } from "./ir.ts";

/** What is known of a value while a program is followed. */
export type Value = {
  /** The text that it is, when that can be told; long ones are cut. */
  readonly text: string | null;
  /** Facts that it stems from. */
  readonly facts: readonly Fact[];
  /** Parts of a list or of an argument list, when they are told apart. */
  readonly items: readonly Value[] | null;
  /** The parts stand in a row and make one text, as in a template; otherwise they are a list. */
  readonly isRow: boolean;
  /** The function that it is. */
  readonly definition: Definition | null;
  /** Put together from pieces that only a machine would cut so. */
  readonly isPieced: boolean;
};

/** Facts that one value carries at most: enough for every chain that a person would follow. */
const MAX_FACTS = 24;
const MAX_TEXT = 200_000;

export const UNKNOWN: Value = {
  text: null,
  facts: [],
  items: null,
  isRow: false,
  definition: null,
  isPieced: false,
};

export function textValue(text: string, facts: readonly Fact[] = []): Value {
  return { ...UNKNOWN, text: text.slice(0, MAX_TEXT), facts };
}

export function factsValue(facts: readonly Fact[]): Value {
  return facts.length === 0 ? UNKNOWN : { ...UNKNOWN, facts };
}

/** Every fact of these values, each once, in order. */
export function joinFacts(...lists: readonly (readonly Fact[])[]): readonly Fact[] {
  return joinLists(lists);
}

/** The facts of many values. Not by spreading: a hostile call has more arguments than a stack has room. */
export function factsOf(values: readonly Value[]): readonly Fact[] {
  return joinLists(values.map((value) => value.facts));
}

function joinLists(lists: readonly (readonly Fact[])[]): readonly Fact[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const all = new Set<Fact>();
  for (const list of filled) for (const fact of list) if (all.size < MAX_FACTS) all.add(fact);
  return [...all];
}

/** A value made of these, of which nothing but its facts is known. */
export function mixed(values: readonly Value[]): Value {
  const facts = factsOf(values);
  return { ...UNKNOWN, facts, items: values };
}

/** Parts in a row: one text when each part is. */
export function joined(values: readonly Value[]): Value {
  const facts = factsOf(values);
  const isPieced = values.some((value) => value.isPieced);
  const texts = values.map((value) => value.text);
  if (texts.every((text) => text !== null))
    return { ...UNKNOWN, text: texts.join("").slice(0, MAX_TEXT), facts, isPieced };
  return { ...UNKNOWN, facts, items: values, isRow: true, isPieced };
}

/** Characters of a text that is put together which count as one step of work. */
const CHARACTERS_A_STEP = 200;

/** What putting a value together cost, in steps: a text that doubles on each line is not free. */
export function stepsFor({ text }: Value): number {
  return Math.floor((text?.length ?? 0) / CHARACTERS_A_STEP);
}

/** Characters that an outline has, and parts that are looked at for it. */
const MAX_OUTLINE = 2_000;
const MAX_PARTS = 4_000;

/**
 * What stands in a value as far as it is known, with `…` for the rest: good for reading an address out of it. Bounded,
 * as a value that is doubled on each line has more parts than could ever be visited.
 */
export function outline(value: Value): string {
  if (value.text !== null) return value.text;
  const waiting: Value[] = [value];
  let told = "";
  for (let parts = 0; parts < MAX_PARTS && told.length < MAX_OUTLINE; parts += 1) {
    const one = waiting.pop();
    if (one === undefined) break;
    if (one.text !== null) told += one.text;
    else if (one.items === null) told += "…";
    else for (const item of one.items.slice(0, MAX_PARTS).toReversed()) waiting.push(item);
  }
  return told.slice(0, MAX_OUTLINE);
}

/** One of two, as after a branch. */
export function either(one: Value, other: Value): Value {
  if (one === other) return one;
  return {
    text: one.text === other.text ? one.text : (one.text ?? other.text),
    facts: joinFacts(one.facts, other.facts),
    items: one.items ?? other.items,
    isRow: one.items === null ? other.isRow : one.isRow,
    definition: one.definition ?? other.definition,
    isPieced: one.isPieced || other.isPieced,
  };
}
