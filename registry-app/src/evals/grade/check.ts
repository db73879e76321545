import { printable } from "../../skill/index.ts";

/** One comparison, as it is kept and shown. What a stranger wrote stands in it cut and made visible. */
export type Check = {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
  readonly weight: number;
  readonly isRequired: boolean;
};

/** What a grader came to. */
export type Grade =
  | { readonly kind: "graded"; readonly checks: readonly Check[] }
  /** Nothing could decide. */
  | { readonly kind: "ungraded"; readonly because: string }
  /** Our own side failed. */
  | { readonly kind: "errored"; readonly because: string };

const SHOWN_LENGTH = 300;

/** A check that counts like any other. */
export function makeCheck(
  name: string,
  passed: boolean,
  expected: string,
  actual: string,
  own: { readonly weight?: number; readonly isRequired?: boolean } = {},
): Check {
  return {
    name: plain(name, 100),
    passed,
    expected: plain(expected, SHOWN_LENGTH),
    actual: plain(actual, SHOWN_LENGTH),
    weight: own.weight ?? 1,
    isRequired: own.isRequired ?? true,
  };
}

/** A text in quotes, cut, with everything invisible written as an escape. */
export function quote(text: string): string {
  const cut = text.slice(0, SHOWN_LENGTH - 30).toWellFormed();
  const more = text.length - cut.length;
  return `${JSON.stringify(cut)}${more > 0 ? ` and ${more} more` : ""}`;
}

/** A value as JSON, cut. */
export function quoteValue(value: unknown): string {
  if (value === undefined) return "nothing";
  try {
    return (JSON.stringify(value) ?? "nothing").slice(0, SHOWN_LENGTH - 30);
  } catch {
    return "a value that is nested too deep to show";
  }
}

/** Words of a stranger on one line, cut. */
export function plain(text: string, length: number): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return printable(cut.toWellFormed());
}
