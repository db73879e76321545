import { outline, type Value } from "./value.ts";
import type { Called } from "./operations.ts";

/** A command line with options and the rest told apart. */
export type Arguments = {
  readonly all: readonly Value[];
  /** Words that are no option and no option's value. */
  readonly plain: readonly Value[];
  /** Values of an option by its name without dashes: `-d x`, `--data=x`, `-dx` for those that take one. */
  readonly valuesOf: (...names: readonly string[]) => readonly Value[];
  readonly hasOption: (...names: readonly string[]) => boolean;
  /** The whole line, with `…` for what is not known. */
  readonly line: string;
};

/** `valued`: options that take a value, long ones by name and short ones by letter. */
export function readArguments({ callee, args }: Called, valued: readonly string[] = []): Arguments {
  const options: { readonly name: string; readonly value: Value | null }[] = [];
  const plain: Value[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    if (arg === undefined) continue;
    const text = outline(arg);
    const long = /^--?([A-Za-z][\w-]{0,60})(?:=([\s\S]*))?$/.exec(text);
    if (!text.startsWith("-") || text === "-" || text.length > 4000) plain.push(arg);
    else if (long !== null && (text.startsWith("--") || valued.includes(long[1] ?? ""))) {
      const [, name = "", inline] = long;
      const takesNext = inline === undefined && valued.includes(name);
      const value =
        inline === undefined ? (takesNext ? (args[at + 1] ?? null) : null) : withText(arg, inline);
      if (takesNext) at += 1;
      options.push({ name, value });
    } else at += readCluster(text, arg, args[at + 1], valued, options);
  }
  return {
    all: args,
    plain,
    valuesOf: (...names) =>
      options.flatMap((one) => (names.includes(one.name) && one.value !== null ? [one.value] : [])),
    hasOption: (...names) => options.some((one) => names.includes(one.name)),
    line: [callee, ...args.map(outline)].join(" ").slice(0, 500),
  };
}

/** `-sSLo file`: letters until one takes a value. Gives how many words it used beyond its own. */
function readCluster(
  text: string,
  arg: Value,
  next: Value | undefined,
  valued: readonly string[],
  options: { readonly name: string; readonly value: Value | null }[],
): number {
  for (let at = 1; at < Math.min(text.length, 30); at += 1) {
    const name = text[at] ?? "";
    if (!valued.includes(name)) options.push({ name, value: null });
    else {
      const inline = text.slice(at + 1);
      options.push({ name, value: inline === "" ? (next ?? null) : withText(arg, inline) });
      return inline === "" ? 1 : 0;
    }
  }
  return 0;
}

function withText(value: Value, text: string): Value {
  return {
    ...value,
    text: value.text === null ? null : text,
    items: value.text === null ? value.items : null,
  };
}
