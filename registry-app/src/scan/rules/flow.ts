import type { Fact, Operation, Trait } from "../facts.ts";
import type { ChainStep, Match } from "../types.ts";

/** More links than any honest chain has; what lies beyond adds nothing to a finding. */
const MAX_WALKED = 400;

const ANSWERS: ReadonlySet<Operation> = new Set(["download", "send", "resolve"]);

/** Every fact whose value ends in `fact`, nearest first, without itself. */
export function sourcesOf(fact: Fact): readonly Fact[] {
  const seen = new Set<Fact>();
  const waiting = [...fact.from];
  for (const one of waiting) {
    if (seen.has(one) || one === fact) continue;
    if (seen.size >= MAX_WALKED) break;
    seen.add(one);
    // What an answer holds is the other end's: the key that was shown to get it is not in it.
    if (!ANSWERS.has(one.op)) waiting.push(...one.from);
  }
  return [...seen];
}

/** The facts of these kinds that flow into `fact`. */
export function sourcesOfKind(fact: Fact, ...ops: readonly Operation[]): readonly Fact[] {
  return sourcesOf(fact).filter((one) => ops.includes(one.op));
}

export function has(fact: Fact, ...traits: readonly Trait[]): boolean {
  return traits.some((trait) => fact.traits.includes(trait));
}

/** Facts of one program: the same file, and where that is Markdown the same block as far as lines tell. */
export function isNear(one: Fact, other: Fact): boolean {
  if (one.at.file !== other.at.file) return false;
  return !one.at.via.includes("fence") || Math.abs(one.at.line - other.at.line) <= NEAR_LINES;
}
const NEAR_LINES = 25;

/** What a fact does, in a few words, for the drawing of a chain. */
export function sayFact(fact: Fact): string {
  const words = SAID[fact.op];
  const what = fact.op === "read-secret" && fact.class !== null ? ` (${fact.class})` : "";
  return fact.target === null ? `${words}${what}` : `${words}${what}: ${fact.target.slice(0, 120)}`;
}

const SAID: Readonly<Record<Operation, string>> = {
  "read-secret": "reads a secret",
  "read-environment": "reads the whole environment",
  "read-file": "reads a file",
  capture: "records what the person does",
  send: "sends out",
  resolve: "looks up a name",
  download: "downloads",
  listen: "listens for connections",
  run: "runs a program",
  evaluate: "runs data as code",
  decode: "decodes",
  encode: "encodes",
  deserialise: "rebuilds objects from bytes",
  "load-library": "loads a library",
  write: "writes",
  delete: "deletes",
  schedule: "arranges to be run again",
  elevate: "takes more rights",
  weaken: "turns a protection off",
  install: "installs",
  publish: "publishes",
  mine: "mines",
  exhaust: "uses up the machine",
  encrypt: "encrypts",
  sense: "asks where it runs",
};

export function stepOf(fact: Fact): ChainStep {
  return {
    what: sayFact(fact),
    file: fact.at.file,
    line: fact.at.line,
    evidence: fact.excerpt,
  };
}

/** A match at `sink`, with the chain from its sources. */
export function matchAt(
  sink: Fact,
  message: string,
  sources: readonly Fact[] = [],
  more: Pick<Match, "severity" | "confidence"> = {},
): Match {
  return {
    at: sink.at,
    evidence: sink.excerpt,
    message,
    chain: sources.length === 0 ? [] : [...sources, sink].map(stepOf),
    ...more,
  };
}
