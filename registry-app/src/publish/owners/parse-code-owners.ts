/** Who owns a path, by GitHub's CODEOWNERS. */
export type Owner =
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "team"; readonly org: string; readonly slug: string }
  /** The host does not say whose it is, so that nobody speaks for it. */
  | { readonly kind: "address"; readonly address: string };

export type CodeOwners = {
  /** Owners of a path below the root of the repo, any of whom may approve; none: the path has no owner. */
  ownersOf(path: string): readonly Owner[];
};

/** Where GitHub looks for the file; the first that is there counts (GitHub, "About code owners"). */
export const CODE_OWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

type Rule = {
  readonly segments: readonly string[];
  /** What may follow what the segments match: nothing, something below it, or either. */
  readonly rest: "none" | "some" | "any";
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
    ownersOf: (path) => {
      const parts = path.split("/");
      return rules.find((rule) => fits(rule, parts))?.owners ?? [];
    },
  };
}

function toRule(line: string): Rule | undefined {
  const [pattern, ...named] = toWords(line);
  if (pattern === undefined || /^!|\[/.test(pattern)) return undefined;
  const owners = named.map(toOwner);
  return owners.every((owner) => owner !== undefined)
    ? { ...toPattern(pattern), owners }
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

function toPattern(pattern: string): Pick<Rule, "segments" | "rest"> {
  const isOfFolder = pattern.endsWith("/");
  const body = pattern.replace(/^\//, "").replace(/\/$/, "");
  // A slash before its end ties a pattern to the root; without one it fits at any depth.
  const isTied = pattern.startsWith("/") || body.includes("/");
  const own = body === "" ? [] : body.split("/");
  const segments = isTied ? own : ["**", ...own];
  // Unlike in .gitignore, `docs/*` is what lies in docs itself and nothing below that.
  const isOneLevel = segments.at(-1) === "*";
  return { segments, rest: isOfFolder || body === "" ? "some" : isOneLevel ? "none" : "any" };
}

/** Whether a path, in its parts, fits; the work is at most the parts times the segments. */
function fits({ segments, rest }: Rule, parts: readonly string[]): boolean {
  let reached: ReadonlySet<number> = new Set([0]);
  for (const segment of segments) {
    const next = new Set<number>();
    for (const at of reached) {
      if (segment === "**") for (let to = at; to <= parts.length; to += 1) next.add(to);
      else if (at < parts.length && fitsPart(segment, parts[at] ?? "")) next.add(at + 1);
    }
    reached = next;
    if (reached.size === 0) return false;
  }
  const isWhole = reached.has(parts.length);
  const isBegun = [...reached].some((at) => at < parts.length);
  return rest === "none" ? isWhole : rest === "some" ? isBegun : isWhole || isBegun;
}

/** `*` is any characters and `?` one; the last star is where it goes back to, so that no text takes it long. */
function fitsPart(pattern: string, text: string): boolean {
  let [at, in_, star, from] = [0, 0, -1, 0];
  while (in_ < text.length) {
    const wanted = pattern.charAt(at);
    if (wanted === "*") [star, from] = [at++, in_];
    else if (at < pattern.length && (wanted === "?" || wanted === text.charAt(in_))) {
      at += 1;
      in_ += 1;
    } else if (star === -1) return false;
    else [at, in_] = [star + 1, (from += 1)];
  }
  while (pattern.charAt(at) === "*") at += 1;
  return at === pattern.length;
}
