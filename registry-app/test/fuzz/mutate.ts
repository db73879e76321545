/** Numbers that look random and are the same in every run. */
export type Chance = (below: number) => number;

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  return (below) => {
    // Mulberry32: small, and good enough to pick bytes.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What parsers trip over: ends, marks of other formats, characters that hide, names of prototypes. */
const WORDS = [
  "",
  "\0",
  "\n",
  "\r\n",
  "\n\n",
  " ",
  "\t",
  "---\n",
  "---js\n",
  "\u202e",
  "\ufeff",
  "é",
  "😀",
  "\ud800",
  "__proto__",
  "constructor",
  "-----BEGIN SSH SIGNATURE-----\n",
  "-----END SSH SIGNATURE-----\n",
  "-----BEGIN PGP SIGNATURE-----\n",
  "&a [*a, *a]",
  "!!js/function 'x'",
  "*a",
  "{",
  "}",
  "[",
  '"',
  "'",
  ": ",
  "#",
  "99999999999999999999",
  "-1",
  "1e309",
  "NaN",
  "null",
  "../../x",
  "$(id)",
  "%00",
];
const BYTES = [0x00, 0x01, 0x0a, 0x0d, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
const MAX_BYTES = 96 * 1024;

/** One to four changes of a valid input. */
export function mutate(chance: Chance, seeds: readonly Buffer[], words: readonly string[]): Buffer {
  const pick = <T>(all: readonly T[], otherwise: T) => all[chance(all.length)] ?? otherwise;
  let bytes = Buffer.from(pick(seeds, Buffer.alloc(0)));
  for (let left = 1 + chance(4); left > 0; left -= 1) {
    const at = chance(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const word = () => Buffer.from(pick([...WORDS, ...words], ""), "utf8");
    switch (chance(9)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = pick(BYTES, 0);
        break;
      case 2:
        bytes = Buffer.concat([before, word(), after]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(chance(after.length + 1))]);
        break;
      case 4:
        bytes = Buffer.from(before);
        break;
      case 5: {
        const part = after.subarray(0, chance(64));
        bytes = Buffer.concat([
          before,
          ...Array.from({ length: 1 + chance(20) }, () => part),
          after,
        ]);
        break;
      }
      case 6: {
        const other = pick(seeds, bytes);
        bytes = Buffer.concat([before, other.subarray(chance(other.length + 1))]);
        break;
      }
      case 7:
        bytes = Buffer.concat([
          before,
          word(),
          after.subarray(Math.min(after.length, 1 + chance(8))),
        ]);
        break;
      default:
        // Deep or long, as no author writes.
        bytes = Buffer.concat([
          before,
          Buffer.from(pick(["[", "{a: ", "a", "- ", "\n", "(", "<"], "a").repeat(chance(3_000))),
          after,
        ]);
    }
  }
  return bytes.subarray(0, MAX_BYTES);
}
