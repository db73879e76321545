import { lineCounter } from "./views/lines.ts";

/** Commands that stand in data: hooks of a settings file, scripts of a manifest, steps of a workflow. */

const KEYS = new Set(
  "command cmd run exec script scripts preinstall install postinstall prepare prepublish start build test hook onload entrypoint args statusLine initializeCommand onCreateCommand updateContentCommand postCreateCommand postStartCommand postAttachCommand".split(
    " ",
  ),
);
/** More than a file of the size that a skill may have holds, unless it was made for it. */
const MAX_NODES = 500_000;
const MAX_COMMANDS = 500;
const MAX_DEPTH = 40;

export type DataCommand = { readonly text: string; readonly line: number };
export type DataReading = {
  readonly commands: readonly DataCommand[];
  /** False when there was more than is looked at. */
  readonly isWhole: boolean;
};

type Node = { readonly value: unknown; readonly isCommand: boolean; readonly depth: number };

/** `source` is the text of a JSON file; a file that is no JSON has none. */
export function commandsInJson(source: string): DataReading {
  const waiting: Node[] = [{ value: parse(source), isCommand: false, depth: 0 }];
  const texts: string[] = [];
  let nodes = 0;
  let isWhole = true;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    nodes += 1;
    if (nodes > MAX_NODES || texts.length >= MAX_COMMANDS || one.depth > MAX_DEPTH) isWhole = false;
    else if (typeof one.value === "string" && one.isCommand) texts.push(one.value);
    else for (const inner of innerOf(one)) waiting.push(inner);
    if (nodes > MAX_NODES) break;
  }
  return { commands: placed(source, texts), isWhole };
}

/** What stands in a list or an object, last first, so that the first is read next. */
function innerOf({ value, isCommand, depth }: Node): readonly Node[] {
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value)
    .slice(0, MAX_NODES)
    .toReversed()
    .map(([key, inner]) => ({
      value: inner,
      isCommand: isCommand || (!isList && KEYS.has(key)),
      depth: depth + 1,
    }));
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}

/** Each command with its line. They come in the order of the file, so that each is looked for behind the one before. */
function placed(source: string, texts: readonly string[]): readonly DataCommand[] {
  const lineAt = lineCounter(source);
  let from = 0;
  return texts.map((text) => {
    const found = source.indexOf(JSON.stringify(text).slice(1, 60), from);
    if (found >= 0) from = found;
    return { text, line: lineAt(from) };
  });
}
