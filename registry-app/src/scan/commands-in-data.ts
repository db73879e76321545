/** Commands that stand in data: hooks of a settings file, scripts of a manifest, steps of a workflow. */

const KEYS = new Set(
  "command cmd run exec script preinstall install postinstall prepare prepublish start build test hook onload entrypoint args statusLine".split(
    " ",
  ),
);
const MAX_NODES = 20_000;
const MAX_DEPTH = 40;

export type DataCommand = { readonly text: string; readonly line: number };

/** `source` is the text of a JSON file; a file that is no JSON has none. */
export function commandsInJson(source: string): readonly DataCommand[] {
  const root = parse(source);
  const commands: DataCommand[] = [];
  const waiting: {
    readonly value: unknown;
    readonly isCommand: boolean;
    readonly depth: number;
  }[] = [{ value: root, isCommand: false, depth: 0 }];
  for (let nodes = 0; waiting.length > 0 && nodes < MAX_NODES; nodes += 1) {
    const one = waiting.pop();
    if (one === undefined) break;
    if (typeof one.value === "string") {
      if (one.isCommand) commands.push({ text: one.value, line: lineOf(source, one.value) });
    } else if (typeof one.value === "object" && one.value !== null && one.depth < MAX_DEPTH) {
      for (const [key, value] of Object.entries(one.value)) {
        const isList = Array.isArray(one.value);
        const isCommand = isList ? one.isCommand : KEYS.has(key) || one.isCommand;
        waiting.push({ value, isCommand: isCommand || key === "scripts", depth: one.depth + 1 });
      }
    }
  }
  return commands.toReversed();
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}

function lineOf(source: string, text: string): number {
  const at = source.indexOf(JSON.stringify(text).slice(1, 60));
  return at < 0 ? 1 : source.slice(0, at).split("\n").length;
}
