import type { Fact, Layer, Operation, Trait } from "../facts.ts";
import type { ProgramLanguage } from "./ir.ts";
import type { Value } from "./value.ts";

/** A fact before it has its place: what a table says that a call does. */
export type Draft = {
  readonly op: Operation;
  readonly target?: string | null;
  readonly class?: string | null;
  readonly traits?: readonly Trait[];
  /** What flows into it, besides what `from` of the outcome says. */
  readonly from?: readonly Fact[];
};

/** A program inside the program, to be read by itself. */
export type Inner = {
  readonly text: string;
  readonly language?: ProgramLanguage;
  readonly via: Layer;
};

export type Outcome = {
  readonly drafts: readonly Draft[];
  /** The text that the call gives, when it can be worked out. */
  readonly text?: string | null;
  /** The value that it gives, when it is one of those that went in. */
  readonly value?: Value;
  readonly inner?: readonly Inner[];
  /** A file that it leaves: the path, and what is in it. */
  readonly wrote?: { readonly path: string; readonly value: Value };
};

/** Facts that are in what a call gives back. A request that sends gives an answer, but the answer is not what was sent. */
export const GIVES: ReadonlySet<Operation> = new Set([
  "read-secret",
  "read-environment",
  "read-file",
  "capture",
  "download",
  "listen",
  "decode",
  "encode",
  "encrypt",
  "deserialise",
  "sense",
]);

/** A call with its parts worked out, and what a table may ask of the program so far. */
export type Called = {
  readonly callee: string;
  readonly on: Value;
  readonly args: readonly Value[];
  readonly named: Readonly<Record<string, Value>>;
  /** What the program has written to a path before; a value without facts when it has not. */
  readonly contentOf: (path: string | null) => Value;
  /** A variable of the program or of the environment, by its name. */
  readonly valueOf: (name: string) => Value;
};

export type Reader = (call: Called) => Outcome;

/** What a language's calls and names do. */
export type OperationTable = {
  /** The reader of a call, by its dotted name; undefined for one that is not known. */
  readonly readerOf: (callee: string) => Reader | undefined;
  /** Whether a dotted path is a function that the language's modules have; absent where there are none. */
  readonly isMember?: (path: string) => boolean;
  /** What reading a name does: `os.environ`, `$TOKEN`. */
  readonly nameOf: (name: string) => Outcome | undefined;
  /** What reading a part does: `os.environ["TOKEN"]`. */
  readonly indexOf: (of: string, key: string) => Outcome | undefined;
};
