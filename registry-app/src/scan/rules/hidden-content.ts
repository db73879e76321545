import type { Fact, Layer, Operation } from "../facts.ts";
import type { Act, Directive, Thing } from "../prose/directives.ts";
import type { Match } from "../types.ts";
import { anomaliesOf, matchOf } from "./anomalies.ts";
import type { Evidence, Rule } from "./rule.ts";
import { HIDDEN_CONTENT_EXAMPLES as EXAMPLES } from "./hidden-content-examples.ts";

/** What no honest author says where nobody looks. */
const GRAVE: ReadonlySet<Act> = new Set<Act>([
  "ignore",
  "conceal",
  "mislead",
  "bypass",
  "disable",
  "fetch-and-follow",
]);
/** What is an ordinary sentence in a template or a comment, and grave only where no text belongs. */
const TOLD: ReadonlySet<Act> = new Set<Act>([
  "run",
  "download",
  "send",
  "reveal",
  "persist",
  "pay",
  "delete",
]);
/** Comments of templates tell their reader to skip a section: what is skipped, hidden or turned off decides. */
const AIMS: Readonly<Partial<Record<Act, ReadonlySet<Thing>>>> = {
  ignore: new Set<Thing>(["instructions", "protection", "confirmation", "judge"]),
  conceal: new Set<Thing>(["user", "log", "judge", "secret"]),
  bypass: new Set<Thing>(["confirmation", "protection"]),
  disable: new Set<Thing>(["protection", "log"]),
  "fetch-and-follow": new Set<Thing>(["remote"]),
  send: new Set<Thing>(["secret", "conversation", "personal-data"]),
  reveal: new Set<Thing>(["secret"]),
};
/** The text of a document is there to be read, and speaks of reviews and of what is sent to whom. */
const AIMS_IN_A_DOCUMENT: typeof AIMS = {
  ...AIMS,
  ignore: new Set<Thing>(["instructions"]),
  bypass: new Set<Thing>(),
  send: new Set<Thing>(["secret"]),
};
const DONE: ReadonlySet<Operation> = new Set<Operation>([
  "download",
  "evaluate",
  "send",
  "read-secret",
  "schedule",
  "weaken",
]);
/** Cells of a notebook are what its reader sees first. */
/** The pages of a document are there to be read; a skill that is packed up is one like any other. */
const IN_SIGHT = /\.pdf!\/text|\.docx!\/word\/document\.xml/;
const PACKED_SKILL = /\.skill!\//;
const SHOWN = /\.ipynb!\/cells\./;

function isVia(via: readonly Layer[], ...layers: readonly Layer[]): boolean {
  return layers.some((layer) => via.includes(layer));
}

/** What a page leaves out when it is drawn. */
const IS_SHOWN = /\b(?:is|are|gets?|be) (?:\w+ )?(?:hidden|omitted|left out)\b/;

/** Where a text comes from, or what is to be seen in a picture: "Follows the proposal at …", "There are fields for …". */
function isToldToNobody({ words }: Directive): boolean {
  return DESCRIBES.test(words) && !TO_A_MODEL.test(words.replace(/^\W*follows the \w+ at \S+/, ""));
}
const DESCRIBES =
  /^\W*(?:follows the|adapted from|based on|sourced from|derived from|generated (?:by|from)|there (?:is|are) (?:\w+ )?(?:fields?|buttons?|options?|links?|tabs?)|screen ?(?:captures?|shots?)|(?:images?|figures?|diagrams?|photos?|assessment) of|on the .{1,60} (?:tab|page|screen|window|dialog))\b/;
const TO_A_MODEL =
  /\b(?:must|should|shall|you|your|assistants?|models?|claude|ai|llm|instructions?|do not|never|always|secretly|silently|ignore|upload|send|forward|delete|execute|curl)\b|https?:/;

function isSaid({ modality, standing }: Directive): boolean {
  return standing === "plain" && (modality === "must" || modality === "should");
}

function isHiddenOrder(directive: Directive): boolean {
  const { act, at, things } = directive;
  if (!isSaid(directive) || SHOWN.test(at.file)) return false;
  if (isVia(at.via, "invisible")) return true;
  const aims = IN_SIGHT.test(at.file) ? AIMS_IN_A_DOCUMENT : AIMS;
  const isAimed = things.some((thing) => aims[act]?.has(thing) ?? false);
  if (isVia(at.via, "metadata"))
    return IN_SIGHT.test(at.file) || isVia(at.via, "url")
      ? isAimed
      : GRAVE.has(act) || TOLD.has(act);
  if (!isVia(at.via, "comment", "archive") || PACKED_SKILL.test(at.file)) return false;
  if (isToldToNobody(directive)) return false;
  return isAimed && !(act === "conceal" && IS_SHOWN.test(directive.words));
}

function isHiddenCommand({ op, at }: Fact): boolean {
  if (!DONE.has(op) || SHOWN.test(at.file)) return false;
  return (
    isVia(at.via, "invisible") || (isVia(at.via, "metadata", "comment") && op !== "read-secret")
  );
}

function findOrders({ directives, facts }: Evidence): readonly Match[] {
  const told = directives.filter(isHiddenOrder).map(({ at, excerpt }) => ({ at, excerpt }));
  const done = facts.filter(isHiddenCommand).map(({ at, excerpt }) => ({ at, excerpt }));
  return [...told, ...done].map(({ at, excerpt }) => ({
    at,
    evidence: excerpt,
    message: `It is said where no reader looks (${at.via.filter((layer) => layer !== "fence").join(", ")}).`,
    chain: [],
  }));
}

/** Behind the padding must be something that is done or told; a stray word far down is untidy. */
function findPadding(evidence: Evidence): readonly Match[] {
  return anomaliesOf(evidence, "padding")
    .filter(({ at }) => !IN_SIGHT.test(at.file))
    .filter(({ at, subject }) => {
      const isRow = /^\s{0,9}\|/.test(subject ?? "");
      // Cells of a table are as wide as the widest: only what stands in the row itself counts, and a word or two are a cell.
      if (isRow && !/(?:\p{L}{2,40}[^\p{L}]{1,80}){3}/u.test(subject ?? "")) return false;
      const reach = isRow ? 0 : 60;
      const isHere = (place: Fact["at"]): boolean =>
        place.file === at.file && place.line >= at.line && place.line <= at.line + reach;
      return (
        evidence.facts.some((fact) => isHere(fact.at)) ||
        evidence.directives.some((one) => isHere(one.at) && one.modality !== "described") ||
        (!isRow && /\b(?:curl|wget|eval|exec|base64|bash|powershell|https?:)/i.test(subject ?? ""))
      );
    })
    .map((one) => matchOf(one));
}

const WORTH = { owasp: ["AST01", "AST04"], family: "hidden-content" } as const;

export const HIDDEN_CONTENT_RULES: readonly Rule[] = [
  {
    ...WORTH,
    id: "hidden-content.invisible-text",
    title: "Text in characters that nobody sees",
    severity: "critical",
    confidence: "structural",
    why: "A model reads these characters, and a person who reviews the file does not see them. There is no other use for a sentence written in them.",
    remedy: "Remove the characters, and say in plain text what the skill needs to say.",
    find: (evidence) => anomaliesOf(evidence, "invisible-text").map((one) => matchOf(one)),
    examples: EXAMPLES.invisible,
  },
  {
    ...WORTH,
    id: "hidden-content.reading-order",
    title: "A line that is shown in another order than it is run",
    severity: "high",
    confidence: "structural",
    why: "Direction marks let code look like a comment and a comment like code. Whoever reviews the line sees something else than what a program or a model reads.",
    remedy:
      "Remove the direction marks. Text in languages that are written from right to left does not need them around code.",
    find: (evidence) => anomaliesOf(evidence, "reading-order").map((one) => matchOf(one)),
    examples: EXAMPLES.order,
  },
  {
    ...WORTH,
    id: "hidden-content.zero-width",
    title: "Words cut up by invisible characters",
    severity: "medium",
    confidence: "structural",
    why: "Characters without width inside of words keep a search or a filter from finding them, and a model still reads the words.",
    remedy: "Write the words without invisible characters; many editors can show them.",
    find: (evidence) => anomaliesOf(evidence, "zero-width").map((one) => matchOf(one)),
    examples: EXAMPLES.zeroWidth,
  },
  {
    ...WORTH,
    id: "hidden-content.look-alike",
    title: "A word of two alphabets",
    severity: "medium",
    confidence: "structural",
    why: "A letter of another alphabet that looks the same makes another host, package or command of a name that a reader trusts, or hides a word from a filter.",
    remedy: "Type the word with the letters of one alphabet.",
    find: (evidence) =>
      anomaliesOf(evidence, "look-alike")
        .filter(({ at }) => evidence.standingAt(at) === "plain")
        .map((one) => matchOf(one)),
    examples: EXAMPLES.lookAlike,
  },
  {
    ...WORTH,
    id: "hidden-content.padding",
    title: "Something stands behind a screenful of nothing",
    severity: "high",
    confidence: "structural",
    why: "Hundreds of empty lines, or a thousand blanks, keep what follows out of sight of whoever opens the file, and a model reads on.",
    remedy: "Take out the white space.",
    find: findPadding,
    examples: EXAMPLES.padding,
  },
  {
    ...WORTH,
    id: "hidden-content.told-out-of-sight",
    title: "Orders or commands where no reader looks",
    severity: "high",
    confidence: "structural",
    why: "Comments, metadata of pictures and documents, and packed files are read by a model and not by a reviewer. Orders in them are meant for the one and not for the other.",
    remedy: "Say it in SKILL.md where everybody reads it, or remove it.",
    find: findOrders,
    examples: EXAMPLES.outOfSight,
  },
];
