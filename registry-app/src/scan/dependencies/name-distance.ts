/** How a name could come from another by a slip of the hand, or by one that is meant to look like a slip. */
export type Trick =
  | "look-alike"
  | "swapped"
  | "left-out"
  | "doubled"
  | "neighbour"
  | "replaced"
  | "added"
  | "separators";

/** A name with what comparing needs of it, worked out once. */
export type Shape = {
  readonly name: string;
  /** What it looks like at a glance. */
  readonly looks: string;
  /** Without its separators. */
  readonly bare: string;
};

export function shapeOf(name: string): Shape {
  return { name, looks: skeleton(name), bare: name.replace(/[-_.]/g, "") };
}

/** The single step that makes the known name into this one, or null when there is none. Linear in their lengths. */
export function trickBetween(one: Shape, other: Shape): Trick | null {
  const [name, known] = [one.name, other.name];
  if (name === known) return null;
  if (one.looks === other.looks) return "look-alike";
  if (one.bare === other.bare) return "separators";
  if (Math.abs(name.length - known.length) > 1) return null;
  const from = commonStart(name, known);
  if (name.length === known.length) return sameLength(name, known, from);
  if (name.length < known.length)
    return from > 0 && name.slice(from) === known.slice(from + 1) ? "left-out" : null;
  if (name.slice(from + 1) !== known.slice(from)) return null;
  return name[from] === name[from - 1] || name[from] === name[from + 1] ? "doubled" : "added";
}

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

function sameLength(name: string, known: string, from: number): Trick | null {
  const isSwap =
    name[from] === known[from + 1] &&
    name[from + 1] === known[from] &&
    name.slice(from + 2) === known.slice(from + 2);
  if (isSwap) return "swapped";
  if (name.slice(from + 1) !== known.slice(from + 1)) return null;
  return isNeighbour(name[from] ?? "", known[from] ?? "") ? "neighbour" : "replaced";
}

const ROWS = ["1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

function isNeighbour(a: string, b: string): boolean {
  for (const [row, keys] of ROWS.entries()) {
    const at = keys.indexOf(a);
    if (at === -1) continue;
    const near = [keys[at - 1], keys[at + 1]];
    for (const other of [ROWS[row - 1], ROWS[row + 1]])
      near.push(other?.[at], other?.[at - 1], other?.[at + 1]);
    return near.includes(b);
  }
  return false;
}

const LOOKS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  i: "l",
  "5": "s",
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  у: "y",
  х: "x",
  і: "l",
  ѕ: "s",
  ԁ: "d",
  ո: "n",
  ο: "o",
  α: "a",
  ν: "v",
  ρ: "p",
  τ: "t",
  ı: "l",
  ɡ: "g",
};

/** What a name looks like at a glance: `rn` is `m`, `vv` is `w`, `1` and `i` are `l`, a Cyrillic `а` is `a`. */
function skeleton(name: string): string {
  const plain = [...name.normalize("NFKC").toLowerCase()].map((char) =>
    Object.hasOwn(LOOKS, char) ? (LOOKS[char] ?? char) : char,
  );
  return plain.join("").replaceAll("rn", "m").replaceAll("vv", "w");
}
