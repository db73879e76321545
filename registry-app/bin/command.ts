import type { ParseArgsOptionsConfig } from "node:util";
import type { Config } from "../src/runtime/config.ts";
import type { Log } from "../src/runtime/log.ts";
import { Refusal } from "../src/runtime/refusal.ts";

/** Exit codes of every command: fine, the thing was judged bad, wrong usage or our own failure. */
export const EXIT = { fine: 0, bad: 1, failed: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export type Output = {
  readonly isJson: boolean;
  /** One thing judged or listed: an NDJSON line with --json, else `text` for people. */
  print(value: object, text: string): void;
  /** A remark for people: to stderr, so that stdout holds nothing but things. */
  say(text: string): void;
};

export type Context = Output & { readonly config: Config; readonly log: Log };

type Described = {
  readonly summary: string;
  /** The words after the command's name, as --help shows them. */
  readonly usage: string;
  readonly options?: ParseArgsOptionsConfig;
  /** Lines for --help below the usage. */
  readonly help?: readonly string[];
};

/** An author's command reads no environment, so that it works whatever is set and starts without what reading it takes. */
export type Command = Described &
  (
    | {
        readonly environment: "unread";
        run(output: Output, args: readonly string[], values: Values): Promise<ExitCode>;
      }
    | {
        readonly environment?: "read";
        /** Runs until it is stopped, so its log tells what goes on; others log from `warn` on unless LOG_LEVEL says otherwise. */
        readonly isService?: boolean | ((words: readonly string[]) => boolean);
        run(context: Context, args: readonly string[], values: Values): Promise<ExitCode>;
      }
  );

/** A command's option as text; undefined when it was not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** Every value of an option that may be given several times. */
export function texts(values: Values, name: string): readonly string[] {
  return [values[name]].flat().filter((value) => typeof value === "string");
}

/** The option's text; throws a Refusal when it was not given. */
export function needText(values: Values, name: string, command: string): string {
  const value = text(values, name);
  if (value === undefined || value === "") throw wrongUsage(command, `--${name} is missing.`);
  return value;
}

/** What to throw when a command was called in a way that it does not know. */
export function wrongUsage(command: string, message: string): Refusal {
  return new Refusal("bad-request", message, `Run "npx assay ${command} --help".`);
}
