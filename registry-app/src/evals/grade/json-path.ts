const STEP = /^(?:\.?([^.[\]"\s]{1,200})|\[(\d{1,9})\]|\["((?:[^"\\]|\\.){0,200})"\])/;

/**
 * Reads a path into JSON: keys with dots, places in brackets, odd keys as `["a.b"]`, `$` for the whole. This is a small
 * part of JSONPath: no wildcards, filters, slices or `..`. Undefined when it is not one.
 */
export function parseJsonPath(path: string): readonly (string | number)[] | undefined {
  let rest = path === "$" || /^\$[.[]/.test(path) ? path.slice(1) : path;
  const steps: (string | number)[] = [];
  let isFirst = rest === path;
  while (rest !== "") {
    const found = STEP.exec(rest);
    if (found === null || steps.length >= 50) return undefined;
    const [whole, key, place, quoted] = found;
    if (key !== undefined && !isFirst && !rest.startsWith(".")) return undefined;
    if (key !== undefined && isFirst && rest.startsWith(".")) return undefined;
    const step = place !== undefined ? Number(place) : (key ?? unquote(quoted ?? ""));
    if (step === undefined || step === "*") return undefined;
    steps.push(step);
    rest = rest.slice(whole.length);
    isFirst = false;
  }
  return path === "" ? undefined : steps;
}

/** The value at the path; undefined when there is none. Only keys of the value itself count. */
export function readJsonPath(value: unknown, steps: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of steps) {
    if (typeof here !== "object" || here === null) return undefined;
    if (typeof step === "number" && !Array.isArray(here)) return undefined;
    if (!Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[step];
  }
  return here;
}

/** Whether two JSON values say the same, whatever the order of keys. Goes as deep as `expected` does. */
export function isSameJson(expected: unknown, actual: unknown): boolean {
  if (expected === actual) return true;
  if (typeof expected !== "object" || typeof actual !== "object") return false;
  if (expected === null || actual === null) return false;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  const keys = Object.keys(expected);
  if (keys.length !== Object.keys(actual).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(actual, key) &&
      isSameJson(
        (expected as Readonly<Record<string, unknown>>)[key],
        (actual as Readonly<Record<string, unknown>>)[key],
      ),
  );
}

function unquote(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
