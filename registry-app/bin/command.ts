import type { ParseArgsOptionsConfig } from "node:util";
import type { Config, Log } from "../src/runtime/index.ts";

/** Exit codes of every command: fine, the thing was judged bad, wrong usage or our own failure. */
export const EXIT = { fine: 0, bad: 1, failed: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export type Context = {
  readonly config: Config;
  readonly log: Log;
  readonly isJson: boolean;
  /** One thing judged or listed: an NDJSON line with --json, else `text` for people. */
  print(value: object, text: string): void;
};

export type Command = {
  readonly summary: string;
  /** The words after the command's name, as --help shows them. */
  readonly usage: string;
  readonly options?: ParseArgsOptionsConfig;
  /** Lines for --help below the usage. */
  readonly help?: readonly string[];
  run(context: Context, args: readonly string[], values: Values): Promise<ExitCode>;
};

/** A command's option as text; undefined when it was not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}
