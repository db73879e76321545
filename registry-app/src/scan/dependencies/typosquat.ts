import type { Dependency, Ecosystem } from "./dependency.ts";
import { KNOWN_NPM, KNOWN_SCOPES } from "./known-npm.ts";
import { KNOWN_PYPI } from "./known-pypi.ts";
import { shapeOf, trickBetween, type Shape, type Trick } from "./name-distance.ts";

export type LookAlike = {
  readonly known: string;
  readonly trick: Trick | "combined" | "scope";
  /** `sure`: hardly anybody would name a package so; `maybe`: a near name that may be its own. */
  readonly weight: "sure" | "maybe";
};

/** Names that are near a well-known one and are themselves good. */
const GOOD: ReadonlySet<string> = new Set(
  `preact inferno hexo lodash.merge lodash.get uuidv7 httpie boto jinja pandoc numexpr scikit-lego websocket flasgger
glob2 tomlib markdown-pdf date-fns-tz pdfminer openapi mistralai jsdoc dotenvx inquirerpy celery-redbeat
aioredis aiodns aiosqlite lighthouse pnpx lit-html htm numba solara dagster dash-core colour spacy-llm nats tablib rasa arq
vitepress pinecone qdrant tsd tap-spec nuxi kleur koa2 mocha-each jest-each node-ssh pgvector chalk-template slashes
pandas-stubs types-requests types-pyyaml mysqldb pypika ormar oxlint xlsx-js-style jimp-compact cvss tabula parse marko clawdhub args-parser koa-route memoize mkdir
motion ttypescript yam mimer cchardet distribute fastai parsl psycopg-binary pyaml pygam unicorn crypt remotion bpython`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/** Words that thieves put beside a known name. The plain ones (`-js`, `-cli`, `-utils`) are everybody's. */
const BAITS = [
  "official",
  "fixed",
  "fix",
  "patched",
  "secure",
  "latest",
  "updated",
  "original",
  "real",
];

const MIN_LENGTH: Readonly<Record<Trick, number>> = {
  "look-alike": 4,
  swapped: 5,
  "left-out": 6,
  doubled: 5,
  neighbour: 6,
  replaced: 7,
  added: 7,
  separators: 6,
};
const SURE: ReadonlySet<Trick> = new Set(["look-alike", "swapped", "left-out", "doubled"]);

/** The well-known name that this dependency's looks like without being it, or null. */
export function findLookAlike(dependency: Dependency): LookAlike | null {
  const { ecosystem, name, source } = dependency;
  if (source === "path" || (ecosystem !== "npm" && ecosystem !== "pypi")) return null;
  if (name.length > 64 || isKnown(name)) return null;
  if (name.startsWith("@")) return findScope(name);
  return nearest(name, ecosystem === "npm" ? NPM_SHAPES : PYPI_SHAPES) ?? findBait(name, ecosystem);
}

export function isKnown(name: string): boolean {
  return KNOWN_NPM.has(name) || KNOWN_PYPI.has(name) || GOOD.has(name);
}

const NPM_SHAPES = [...KNOWN_NPM].map(shapeOf);
const PYPI_SHAPES = [...KNOWN_PYPI].map(shapeOf);
const SCOPE_SHAPES = [...KNOWN_SCOPES].map(shapeOf);

function nearest(name: string, shapes: readonly Shape[]): LookAlike | null {
  const own = shapeOf(name);
  let maybe: LookAlike | null = null;
  for (const shape of shapes) {
    const known = shape.name;
    if (Math.abs(known.length - name.length) > 3) continue;
    const trick = trickBetween(own, shape);
    if (trick === null || known.length < MIN_LENGTH[trick] || isHarmless(name, known, trick))
      continue;
    if (SURE.has(trick)) return { known, trick, weight: "sure" };
    maybe ??= { known, trick, weight: "maybe" };
  }
  return maybe;
}

/** A number or an `s` at the end makes another name, and separators left out make the same one less often. */
function isHarmless(name: string, known: string, trick: Trick): boolean {
  const [longer, shorter] = name.length > known.length ? [name, known] : [known, name];
  if (trick === "doubled" || trick === "look-alike") return false;
  const isTail = longer.startsWith(shorter) && /^[s\d]$/.test(longer.slice(shorter.length));
  const isLastDigit =
    name.slice(0, -1) === known.slice(0, -1) && /\d$/.test(name) && /\d$/.test(known);
  return isTail || isLastDigit || (trick === "added" && /^\d|^[jr]s$/.test(longer.at(-1) ?? ""));
}

function findScope(name: string): LookAlike | null {
  const scope = name.split("/", 1)[0] ?? "";
  if (KNOWN_SCOPES.has(scope)) return null;
  const found = nearest(scope, SCOPE_SHAPES);
  return found === null || found.weight === "maybe" ? null : { ...found, trick: "scope" };
}

function findBait(name: string, ecosystem: Ecosystem): LookAlike | null {
  const known = ecosystem === "npm" ? KNOWN_NPM : KNOWN_PYPI;
  for (const bait of BAITS) {
    const rest = name.endsWith(`-${bait}`)
      ? name.slice(0, -bait.length - 1)
      : name.startsWith(`${bait}-`)
        ? name.slice(bait.length + 1)
        : null;
    if (rest !== null && rest.length > 3 && known.has(rest))
      return { known: rest, trick: "combined", weight: "maybe" };
  }
  return null;
}
