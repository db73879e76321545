import { oncePerPackage } from "../dependencies/dependency.ts";
import { KNOWN_SKILLS } from "../dependencies/known-skills.ts";
import { shapeOf, trickBetween, type Shape, type Trick } from "../dependencies/name-distance.ts";
import { NAME_WORDS } from "../dependencies/name-words.ts";
import { findLookAlike, isKnown } from "../dependencies/typosquat.ts";
import type { Place } from "../facts.ts";
import type { Match } from "../types.ts";
import type { Evidence, Rule } from "./rule.ts";

function findLookAlikes({ dependencies }: Evidence): readonly Match[] {
  return oncePerPackage(dependencies.filter(({ how }) => how !== "lock")).flatMap((dependency) => {
    const found = findLookAlike(dependency);
    if (found === null) return [];
    return [
      {
        at: dependency.at,
        evidence: `${dependency.ecosystem} ${dependency.spelled}`,
        message: `${dependency.spelled} looks like ${found.known} and is another package.`,
        chain: [],
        severity: found.weight === "sure" ? "high" : "low",
      } as const,
    ];
  });
}

const SLIPS: ReadonlySet<Trick> = new Set(["swapped", "left-out", "doubled", "look-alike"]);

function placeOfName({ files }: Evidence): Place {
  const file = files.find(({ role }) => role === "manifest")?.path ?? "SKILL.md";
  return { file, line: 1, via: [] };
}

function findImitations(evidence: Evidence): readonly Match[] {
  const name = evidence.about.name
    .trim()
    .toLowerCase()
    .replace(/[\s_]{1,20}/g, "-")
    .slice(0, 64);
  if (name === "" || KNOWN_SKILLS.has(name) || isKnown(name)) return [];
  const parts = [...new Set([name, ...name.split("-")])];
  for (const part of parts) {
    const known = imitated(part, part === name);
    if (known === null) continue;
    const message = `The skill's name ${name} looks like ${known} and is not it.`;
    return [{ at: placeOfName(evidence), evidence: `name: ${name}`, message, chain: [] }];
  }
  return [];
}

const SKILL_SHAPES: readonly Shape[] = [...KNOWN_SKILLS].map(shapeOf);

/** The vendor or skill that the word is one slip away from. A number behind the whole name is a slip too. */
function imitated(word: string, isWhole: boolean): string | null {
  if (word.length < 5 || KNOWN_SKILLS.has(word) || NAME_WORDS.has(word) || isKnown(word))
    return null;
  const own = shapeOf(word);
  for (const shape of SKILL_SHAPES) {
    const known = shape.name;
    if (known.length < 6 && !(known.length === 5 && isWhole)) continue;
    const trick = trickBetween(own, shape);
    const isNumbered =
      isWhole &&
      known.length > 5 &&
      /^\d$/.test(word.slice(known.length)) &&
      word.startsWith(known);
    if (isNumbered) return known;
    if (trick === null || !SLIPS.has(trick) || isInflection(trick, word, known)) continue;
    return known;
  }
  return null;
}

/** `analyze` for `analyzer`, `chart` for `charts`: other words, not slips. */
function isInflection(trick: Trick, word: string, known: string): boolean {
  if (trick === "doubled" && !/(?:ss|ll|ee)$/.test(word)) return false;
  return known.startsWith(word) || word.startsWith(known);
}

/** What a copy says of itself to be taken for the original. */
const STANDS_IN =
  /\b(?:drop[- ]in|replacement (?:for|helper|of)|replaces|same (?:as|api)|compatible (?:with|replacement)|(?:fork|clone|mirror) of|official|original)\b/i;

function findMisspelled(evidence: Evidence): readonly Match[] {
  const { name, description } = evidence.about;
  for (const word of name
    .toLowerCase()
    .slice(0, 64)
    .split(/[^\p{L}\p{N}]{1,20}/u)) {
    const meant = misspelled(word);
    if (meant === null) continue;
    const isSure = meant.trick === "swapped" || meant.trick === "look-alike";
    return [
      {
        at: placeOfName(evidence),
        evidence: `name: ${name.slice(0, 64)}`,
        message: `The skill's name has ${word} where ${meant.known} is usual: a name that is easily taken for another skill's.`,
        chain: [],
        severity: isSure || STANDS_IN.test(description) ? "medium" : "low",
      },
    ];
  }
  return [];
}

/** Too short for most slips to be told from other words; two letters swapped still show. */
const SHORT_WORDS =
  "yaml json html http https bash node data text file code mail toml react test tests docs".split(
    " ",
  );

const SHORT_SHAPES: readonly Shape[] = SHORT_WORDS.map(shapeOf);
const WORD_SHAPES: readonly Shape[] = [...NAME_WORDS].map(shapeOf);

function misspelled(word: string): { known: string; trick: Trick } | null {
  if (word.length < 4 || NAME_WORDS.has(word) || KNOWN_SKILLS.has(word) || isKnown(word))
    return null;
  if (SHORT_WORDS.includes(word)) return null;
  const own = shapeOf(word);
  const short = SHORT_SHAPES.find((shape) => trickBetween(own, shape) === "swapped");
  if (short !== undefined) return { known: short.name, trick: "swapped" };
  for (const shape of WORD_SHAPES) {
    const known = shape.name;
    if (Math.abs(known.length - word.length) > 1 || known.length < 6) continue;
    const trick = trickBetween(own, shape);
    if (trick === null || !SLIPS.has(trick) || isInflection(trick, word, known)) continue;
    if (trick === "left-out" && known.length < 7) continue;
    if (trick === "look-alike" && !/\d|[^ -~]|rn|vv/.test(word)) continue;
    return { known, trick };
  }
  return null;
}

const named = (name: string, description: string, body = "Use it.") => ({
  "SKILL.md": `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}\n`,
});

export const SUPPLY_CHAIN_NAME_RULES: readonly Rule[] = [
  {
    id: "supply-chain.look-alike-package",
    family: "supply-chain",
    title: "Brings in a package that is named almost like a well-known one",
    severity: "high",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Names one slip away from a popular package are registered to be installed by mistake.",
    remedy: "Check the name against the project's own page and correct it.",
    find: findLookAlikes,
    examples: {
      flags: [
        {
          name: "letters swapped in a manifest",
          files: { "requirements.txt": "reqeusts==2.31.0\n" },
        },
        {
          name: "a digit for a letter",
          files: { "package.json": '{"dependencies": {"l0dash": "^4"}}\n' },
        },
        {
          name: "a letter left out in a command",
          files: { "setup.sh": "npm install expres-session\nnpm install puppeter\n" },
        },
      ],
      passes: [
        {
          name: "the real names",
          files: { "requirements.txt": "requests\nrequests-oauthlib\nhttpx\n" },
        },
        {
          name: "near names that are known themselves",
          files: { "package.json": '{"dependencies": {"preact": "^10", "ioredis": "^5"}}\n' },
        },
      ],
    },
  },
  {
    id: "supply-chain.name-imitation",
    family: "supply-chain",
    title: "The skill is named almost like a well-known one",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST02", "AST04"],
    why: "Such names are chosen to be installed in the place of the original.",
    remedy: "Give the skill a name of its own.",
    find: findImitations,
    examples: {
      flags: [
        { name: "a letter doubled", files: named("githubb-issues", "Works on issues.") },
        { name: "a number behind it", files: named("clawhub1", "Installs skills.") },
      ],
      passes: [
        { name: "the vendor's own name", files: named("github-issues", "Works on issues.") },
        { name: "a word of its own", files: named("gantt-charts", "Draws plans.") },
      ],
    },
  },
  {
    id: "supply-chain.misspelled-name",
    family: "supply-chain",
    title: "The skill's name has a slip in a common word",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST02"],
    why: "A skill with the right spelling may exist; who mistypes or skims gets this one.",
    remedy: "Correct the spelling, or choose another name.",
    find: findMisspelled,
    examples: {
      flags: [
        { name: "letters swapped", files: named("yaml-conevrter", "Converts YAML.") },
        { name: "letters swapped in a short word", files: named("ymal-lint", "Checks YAML.") },
        {
          name: "a letter left out and a claim to stand in",
          files: named("csv-formater", "Drop-in replacement."),
        },
      ],
      passes: [
        { name: "the right spelling", files: named("yaml-converter", "Converts YAML.") },
        {
          name: "another form of a word",
          files: named("yaml-converted", "Lists what was converted."),
        },
        { name: "a name that is no word", files: named("garth-sync", "Syncs a watch.") },
      ],
    },
  },
];
