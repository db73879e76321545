/** What GitHub calls what it was told the last time, by name: check runs, a comment, an upload. */
export type Told = ReadonlyMap<string, string>;

/** As it is kept in a row: a line for each. */
export function formatTold(told: Told): string {
  return [...told].map(([name, id]) => `${name}=${id}`).join("\n");
}

/** The names of tags may hold an equals sign; what GitHub calls something does not. */
export function parseTold(lines: readonly string[]): Told {
  return new Map(
    lines.flatMap((line): readonly (readonly [string, string])[] => {
      const at = line.lastIndexOf("=");
      return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}
