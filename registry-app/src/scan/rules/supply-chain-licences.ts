import type { LicenceClass } from "../dependencies/licence-names.ts";
import {
  isPermissive,
  isSameLicence,
  readLicence,
  type Licence,
} from "../dependencies/licences.ts";
import { bundledLicences, type LicenceStatement } from "../dependencies/read-licences.ts";
import type { Place } from "../facts.ts";
import type { ChainStep, Match } from "../types.ts";
import type { Evidence, Rule } from "./rule.ts";
import { LICENCE_EXAMPLES } from "./supply-chain-licences-examples.ts";

/** A part of the skill, or a package that it brings in, with the licence that it says for itself. */
type Part = { readonly name: string; readonly licence: Licence; readonly at: Place };

/** More say nothing new. */
const MAX_STEPS = 6;

function partsOf({ licences, dependencies }: Evidence): readonly Part[] {
  const bundled = bundledLicences(licences).map(({ scope, licence, at }) => ({
    name: scope,
    licence,
    at,
  }));
  const packages = dependencies.flatMap(({ spelled, version, licence, at }) => {
    const name = `${spelled} ${version ?? ""}`.trim();
    return licence === null ? [] : [{ name, licence: readLicence(licence), at }];
  });
  return [...bundled, ...packages];
}

function ownOf({ licences }: Evidence): readonly LicenceStatement[] {
  return licences.filter((one) => one.of === "skill");
}

/** One match for all parts, hardest class first: a licence is for a reviewer, and ten of them are no graver than one. */
function oneMatch(
  parts: readonly Part[],
  classes: readonly LicenceClass[],
  say: (part: Part) => string,
): readonly Match[] {
  const [first, ...others] = classes.flatMap((kind) =>
    parts.filter(({ licence }) => licence.class === kind),
  );
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` ${others.length} more like it.`;
  return [
    {
      at: first.at,
      evidence: `${first.name}: ${first.licence.spelled}`,
      message: `${say(first)}${more}`,
      chain: others.slice(0, MAX_STEPS).map(stepOf),
    },
  ];
}

function stepOf({ name, licence, at }: Part): ChainStep {
  return {
    what: "is under the licence",
    file: at.file,
    line: at.line,
    evidence: `${name}: ${licence.spelled}`,
  };
}

function findStricter(evidence: Evidence): readonly Match[] {
  const own = ownOf(evidence);
  const claim = own.find(({ by }) => by === "frontmatter") ?? own[0];
  if (claim === undefined || !own.every(({ licence }) => isPermissive(licence))) return [];
  return oneMatch(
    partsOf(evidence),
    ["network-copyleft", "strong-copyleft"],
    ({ name, licence }) =>
      `The skill says ${claim.licence.spelled}, and ${name} is under ${licence.spelled}.`,
  );
}

function findForbidding(evidence: Evidence): readonly Match[] {
  const own = ownOf(evidence);
  const isForbidding = (licence: Licence) =>
    licence.class === "non-commercial" || licence.class === "evaluation-only";
  // Of a choice that it gives elsewhere, a company takes the other one.
  const ownParts = own.every(({ licence }) => isForbidding(licence))
    ? own.slice(0, 1).map(({ licence, at }) => ({ name: "the skill itself", licence, at }))
    : [];
  return oneMatch(
    [...ownParts, ...partsOf(evidence)],
    ["non-commercial", "evaluation-only"],
    ({ name, licence }) =>
      licence.class === "non-commercial"
        ? `A company may not use ${name}: ${licence.spelled} allows no commercial use.`
        : `A company may try ${name} and not work with it, unless its owner grants more: ${licence.spelled}.`,
  );
}

function findOther(evidence: Evidence): readonly Match[] {
  const own = ownOf(evidence);
  const claim = own.find(({ by }) => by === "frontmatter");
  const texts = own.filter(({ by }) => by === "text");
  const [first] = texts;
  if (claim === undefined || first === undefined || !claim.licence.isWhole) return [];
  const { named, spelled } = claim.licence;
  const isNamed = ({ licence }: LicenceStatement) =>
    licence.named.some((found) => named.some((one) => isSameLicence(one, found)));
  const limit = texts.find((text) => isLimit(text) && !isNamed(text));
  const other = texts.some(isNamed) ? limit : (limit ?? first);
  if (other === undefined) return [];
  return [
    {
      at: claim.at,
      evidence: `license: ${spelled}`,
      message: `The frontmatter says ${spelled}, and ${other.at.file} is ${other.licence.spelled}.`,
      chain: [
        {
          what: "holds the text of another licence",
          file: other.at.file,
          line: other.at.line,
          evidence: other.licence.spelled,
        },
      ],
    },
  ];
}

/** Commons Clause stands beside a licence and takes from what that allows. */
function isLimit({ licence }: LicenceStatement): boolean {
  return licence.named.some(({ family }) => family === "commons-clause");
}

export const SUPPLY_CHAIN_LICENCE_RULES: readonly Rule[] = [
  {
    id: "supply-chain.stricter-licence",
    family: "supply-chain",
    title: "Brings in code under a stricter licence than its own",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Whoever passes the skill on, or serves others with it, owes the source under the stricter licence, and what the skill says of itself does not tell them.",
    remedy:
      "Name both in the frontmatter, as in `license: MIT AND GPL-3.0-only`, or leave that part out.",
    find: findStricter,
    examples: LICENCE_EXAMPLES.stricter,
  },
  {
    id: "supply-chain.no-commercial-use",
    family: "supply-chain",
    title: "A licence forbids use in a company",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Who works with it at a company breaks its licence, or has to buy another one.",
    remedy: "Take a part under another licence, or get one from its owner for the company.",
    find: findForbidding,
    examples: LICENCE_EXAMPLES.forbidding,
  },
  {
    id: "supply-chain.two-licences",
    family: "supply-chain",
    title: "Names one licence and holds the text of another",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Nobody can tell which one holds, and the text may ask for more than the name.",
    remedy: "Make the frontmatter's `license` and the licence file say the same.",
    find: findOther,
    examples: LICENCE_EXAMPLES.other,
  },
];
