/** A JSON text of a stranger as a value, or why it is none. `line` is 1-based. */
export type JsonReading =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bad"; readonly because: string; readonly line: number };

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;
const AT_LINE = /\(line (\d{1,9}) column \d{1,9}\)/;

/** Parses JSON that is nested no deeper than `maxDepth`, so that whatever walks the value may recurse. */
export function parseJson(text: string, maxDepth: number): JsonReading {
  const deep = findTooDeep(text, maxDepth);
  if (deep !== undefined)
    return { kind: "bad", because: `is nested deeper than ${maxDepth}`, line: deep };
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const line = Number(AT_LINE.exec(message)?.[1] ?? 1);
    return { kind: "bad", because: `is not JSON: ${message.slice(0, 200)}`, line };
  }
}

/** For each path the line on which its value starts, or the nearest value around it. The text has to be JSON. */
export function findLines(
  text: string,
  paths: readonly (readonly PropertyKey[])[],
): readonly number[] {
  const wanted = new Set(
    paths.flatMap((path) => path.map((_, at) => keyOf(path.slice(0, at + 1)))),
  );
  const depth = Math.max(0, ...paths.map((path) => path.length));
  const found = new Map<string, number>();
  for (const place of walkTokens(text, depth)) {
    const key = keyOf(place.path);
    if (wanted.has(key)) found.set(key, place.at);
  }
  return paths.map((path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const at = found.get(keyOf(path.slice(0, length)));
      if (at !== undefined) return countLines(text, at);
    }
    return 1;
  });
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

type Place = { readonly path: readonly (string | number)[]; readonly at: number };
type Frame = { readonly isList: boolean; key: string | number; isKeyNext: boolean };

/** Each value of a JSON text that is at most so deep, with where it starts. */
function* walkTokens(text: string, depth: number): Generator<Place> {
  const frames: Frame[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const top = frames.at(-1);
    if (token === "}" || token === "]") frames.pop();
    else if (token === ",") next(top);
    else if (token === ":") continue;
    else if (top?.isKeyNext === true) {
      top.key = readKey(token);
      top.isKeyNext = false;
    } else {
      if (frames.length <= depth) yield { path: frames.map(({ key }) => key), at: index };
      if (token === "{") frames.push({ isList: false, key: "", isKeyNext: true });
      if (token === "[") frames.push({ isList: true, key: 0, isKeyNext: false });
    }
  }
}

function next(frame: Frame | undefined): void {
  if (frame === undefined) return;
  if (frame.isList) frame.key = Number(frame.key) + 1;
  else frame.isKeyNext = true;
}

function readKey(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

function findTooDeep(text: string, maxDepth: number): number | undefined {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInText) {
      if (character === "\\") at += 1;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > maxDepth) return countLines(text, at);
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return undefined;
}

function countLines(text: string, end: number): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1))
    lines += 1;
  return lines;
}
