import type { Reader } from "./operations.ts";
import { joinFacts, joined, textValue, UNKNOWN } from "./value.ts";

/** Whole numbers are worked out; what else is reckoned with keeps its facts. */
export const reckon =
  (operator: string): Reader =>
  ({ args: [one = UNKNOWN, other = UNKNOWN] }) => {
    const [left, right] = [one, other].map(({ text }) => numberOf(text, operator));
    const facts = joinFacts(one.facts, other.facts);
    const result = reckonWith(operator, left ?? Number.NaN, right ?? Number.NaN);
    if (Number.isSafeInteger(result))
      return { drafts: [], value: textValue(String(result), facts) };
    const isJoining = operator === "+";
    return { drafts: [], value: isJoining ? joined([one, other]) : { ...UNKNOWN, facts } };
  };

/** A letter counts as its number where bits are turned: `b ^ key` over the bytes of a text. */
function numberOf(text: string | null, operator: string): number {
  if (text === null) return Number.NaN;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  return operator === "^" && [...text].length === 1
    ? (text.codePointAt(0) ?? Number.NaN)
    : Number.NaN;
}

function reckonWith(operator: string, left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "%":
      return right === 0 ? Number.NaN : ((left % right) + right) % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    default:
      return Number.NaN;
  }
}

/** The number of a character. */
export const codeOf: Reader = ({ args: [at = UNKNOWN], on }) => {
  const text = on.text ?? at.text;
  const index = on.text === null ? 0 : Number(at.text ?? "0");
  const code = text?.codePointAt(Number.isInteger(index) ? Math.max(0, index) : 0);
  const facts = joinFacts(on.facts, at.facts);
  return {
    drafts: [],
    value: code === undefined ? { ...UNKNOWN, facts } : textValue(String(code), facts),
  };
};
