import type { ParseArgsOptionsConfig } from "node:util";
import { wrongUsage, type Command, type Context, type ExitCode, type Values } from "./command.ts";

/** One verb of a command, such as `add` of `source`. */
export type Verb = {
  /** The words and options after the verb, as --help shows them. */
  readonly usage: string;
  readonly does: string;
  /** How many words must follow the verb. */
  readonly words: number | "any";
  readonly options?: ParseArgsOptionsConfig;
  run(context: Context, words: readonly string[], values: Values): Promise<ExitCode>;
};

type Spoken = {
  readonly name: string;
  readonly summary: string;
  readonly verbs: Readonly<Record<string, Verb>>;
  readonly examples: readonly string[];
};

/** A command whose first word says what to do; what belongs to another verb is refused. */
export function commandOfVerbs({ name, summary, verbs, examples }: Spoken): Command {
  const rows = Object.entries(verbs).map(([verb, { usage, does }]) => ({
    call: `npx assay ${name} ${verb} ${usage}`.trimEnd(),
    does,
  }));
  return {
    summary,
    usage: `${Object.keys(verbs).join("|")} …`,
    options: Object.assign({}, ...Object.values(verbs).map((verb) => verb.options ?? {})),
    help: [
      "",
      ...rows.flatMap(({ call, does }) => [call, `    ${does}`]),
      "",
      "Examples:",
      ...examples.map((example) => `  ${example}`),
    ],
    async run(context, [word = "", ...words], values) {
      const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
      if (verb === undefined) {
        const known = Object.keys(verbs).join(", ");
        const wrong = word === "" ? `Say what to do` : `"${name} ${word}" is not known`;
        throw wrongUsage(name, `${wrong}: ${known}.`);
      }
      refuseForeign(name, word, verb, words, values);
      return verb.run(context, words, values);
    },
  };
}

function refuseForeign(
  name: string,
  word: string,
  verb: Verb,
  words: readonly string[],
  values: Values,
): void {
  if (verb.words !== "any" && words.length !== verb.words)
    throw wrongUsage(name, `Write it as: npx assay ${name} ${word} ${verb.usage}`.trimEnd());
  const known = new Set([...Object.keys(verb.options ?? {}), "json", "help"]);
  const foreign = Object.keys(values).find((option) => !known.has(option));
  if (foreign !== undefined)
    throw wrongUsage(name, `"${name} ${word}" does not take --${foreign}.`);
}
