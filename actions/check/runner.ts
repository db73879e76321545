import { appendFileSync, writeSync } from "node:fs";
import { makeVisible } from "../../registry-app/src/scan/index.ts";
import { toCommand, toOutput, toQuoted } from "./speak.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The job that an action runs in: its inputs, and where it is heard. */
export type Runner = {
  /** The folder that paths are told from. */
  readonly workspace: string;
  /** The input as given, or "" */
  input(name: string): string;
  /** Text for people. */
  say(text: string): void;
  command(name: string, properties: Readonly<Record<string, string | number>>, text: string): void;
  output(name: string, value: string): void;
  /** Adds Markdown to the page of the job; false when there is none. */
  summarise(markdown: string): boolean;
};

/** Of GitHub, or of any other CI: there nobody obeys commands, so none are written. */
export function openRunner(env: Environment): Runner {
  const isGitHub = env["GITHUB_ACTIONS"] === "true";
  const append = (file: string | undefined, text: string) => {
    if (file !== undefined && file !== "") appendFileSync(file, text);
    return file !== undefined && file !== "";
  };
  return {
    workspace: env["GITHUB_WORKSPACE"] ?? process.cwd(),
    input: (name) => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim(),
    say(text) {
      const shown = text.split("\n").map(makeVisible).join("\n");
      write(isGitHub ? toQuoted(shown) : `${shown}\n`);
    },
    command(name, properties, text) {
      if (isGitHub) write(toCommand(name, properties, text));
    },
    output: (name, value) => void append(env["GITHUB_OUTPUT"], toOutput(name, value)),
    summarise: (markdown) => append(env["GITHUB_STEP_SUMMARY"], markdown),
  };
}

/** At once and whole: what is cut off could turn text into a command. */
function write(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (cause) {
      // A pipe that is full for now.
      if (!(cause instanceof Error && "code" in cause && cause.code === "EAGAIN")) throw cause;
    }
  }
}
