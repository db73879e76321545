/** The line on which each JSON key first stands, found in one pass; line 1 for what is not found. */
export function keyLines(text: string): (key: string) => number {
  const lines = new Map<string, number>();
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/"([^"\\\n]{1,250})"\s{0,8}:/g)) {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < match.index;) {
      line += 1;
      counted = at + 1;
      at = text.indexOf("\n", counted);
    }
    const key = match[1] ?? "";
    if (!lines.has(key)) lines.set(key, line);
  }
  return (key) => lines.get(key) ?? 1;
}

/** A JSON value that may have any shape: own fields only, so that `__proto__` is a key like another. */
export type Loose = { readonly [key: string]: unknown };

export function readJson(text: string): Loose | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isLoose(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isLoose(value) ? Object.entries(value) : [];
}

export function stringOr(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
