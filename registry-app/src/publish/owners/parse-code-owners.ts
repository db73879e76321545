/** Who owns a path, by GitHub's CODEOWNERS. */
export type Owner =
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "team"; readonly org: string; readonly slug: string }
  /** The host does not say whose it is, so that nobody speaks for it. */
  | { readonly kind: "address"; readonly address: string };

export type CodeOwners = {
  /** Lines that name a pattern: what each path is held against. */
  readonly lines: number;
  /** Owners of a path below the root of the repo, any of whom may approve; none: the path has no owner. */
  ownersOf(path: string): readonly Owner[];
};

/** Where GitHub looks for the file; the first that is there counts (GitHub, "About code owners"). */
export const CODE_OWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

type Rule = {
  /** The parts of a path that fits; `**` is any number of them. */
  readonly parts: readonly string[];
  readonly owners: readonly Owner[];
};

const TEAM = /^@([A-Za-z0-9_-]{1,100})\/([A-Za-z0-9._-]{1,100})$/;
const PERSON = /^@([A-Za-z0-9_-]{1,100})$/;
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/**
 * Reads the file as GitHub does: the last line that fits a path counts, patterns are those of `.gitignore` without `!` and
 * `[…]`, and a line that cannot be read counts as not there. Never throws.
 */
export function parseCodeOwners(text: string): CodeOwners {
  const rules = text
    .split(/\r?\n/)
    .flatMap((line) => toRule(line) ?? [])
    .toReversed();
  return {
    lines: rules.length,
    ownersOf: (path) => {
      const parts = path.split("/");
      return rules.find((rule) => fits(rule.parts, parts, "**", fitsPart))?.owners ?? [];
    },
  };
}

function toRule(line: string): Rule | undefined {
  const [pattern, ...named] = toWords(line);
  if (pattern === undefined || /^!|\[/.test(pattern)) return undefined;
  const owners = named.map(toOwner);
  return owners.every((owner) => owner !== undefined)
    ? { parts: toParts(pattern), owners }
    : undefined;
}

/** Words between spaces, up to a comment; a backslash makes the character behind it a plain one. */
function toWords(line: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === "\\") word += line.charAt((at += 1));
    else if (char === "#" && word === "") break;
    else if (char !== " " && char !== "\t") word += char;
    else {
      if (word !== "") words.push(word);
      word = "";
    }
  }
  return word === "" ? words : [...words, word];
}

function toOwner(word: string): Owner | undefined {
  const [, org, slug] = TEAM.exec(word) ?? [];
  if (org !== undefined && slug !== undefined) return { kind: "team", org, slug };
  const login = PERSON.exec(word)?.[1];
  if (login !== undefined) return { kind: "person", login };
  return ADDRESS.test(word) ? { kind: "address", address: word } : undefined;
}

function toParts(pattern: string): readonly string[] {
  const body = pattern.replace(/^\//, "").replace(/\/$/, "");
  // A slash before its end ties a pattern to the root; without one it fits at any depth.
  const isTied = pattern.startsWith("/") || body.includes("/");
  const parts = [...(isTied ? [] : ["**"]), ...(body === "" ? [] : body.split("/"))];
  if (pattern.endsWith("/")) return once([...parts, "*", "**"]);
  // Unlike in .gitignore, `docs/*` is what lies in docs itself and nothing below that.
  return once(parts.at(-1) === "*" ? parts : [...parts, "**"]);
}

/** Stars that follow each other are one. */
function once(parts: readonly string[]): readonly string[] {
  return parts.filter((part, index) => part !== "**" || parts[index - 1] !== "**");
}

function fitsPart(pattern: string, text: string): boolean {
  return fits(pattern, text, "*", (wanted, char) => wanted === "?" || wanted === char);
}

/** Whether all of a text fits; after a miss it goes on behind the last star, so that no pattern takes it long. */
function fits(
  pattern: ArrayLike<string>,
  text: ArrayLike<string>,
  star: string,
  isLike: (wanted: string, given: string) => boolean,
): boolean {
  let [wantedAt, givenAt, starAt, resumeAt] = [0, 0, -1, 0];
  while (givenAt < text.length) {
    const wanted = pattern[wantedAt];
    if (wanted === star) [starAt, resumeAt] = [wantedAt++, givenAt];
    else if (wanted !== undefined && isLike(wanted, text[givenAt] ?? "")) {
      wantedAt += 1;
      givenAt += 1;
    } else if (starAt === -1) return false;
    else [wantedAt, givenAt] = [starAt + 1, (resumeAt += 1)];
  }
  while (pattern[wantedAt] === star) wantedAt += 1;
  return wantedAt === pattern.length;
}
