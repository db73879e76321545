import type { CheckName, Checks, Outcome } from "./port.ts";

/** How one mark of the stamp is drawn. */
export type MarkFill = "filled" | "hatched" | "empty" | "struck";

export const MARKS: readonly {
  readonly check: CheckName;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}[] = [
  { check: "signature", label: "Signature", x: 32, y: 21 },
  { check: "validation", label: "Spec", x: 43, y: 32 },
  { check: "scan", label: "Scan", x: 32, y: 43 },
  { check: "evals", label: "Evals", x: 21, y: 32 },
];

export function markFill(outcome: Outcome | null): MarkFill {
  switch (outcome) {
    case "pass":
      return "filled";
    case "review":
    case "warn":
    case "incomplete":
    case "errored":
      return "hatched";
    case "block":
      return "struck";
    case "skipped":
    case null:
      return "empty";
  }
}

export function outcomeWord(outcome: Outcome | null): string {
  return outcome ?? "not run";
}

/** "Signature pass, spec pass, scan not run, evals not run" */
export function stampLabel(checks: Checks): string {
  const words = MARKS.map(({ check, label }) => `${label} ${outcomeWord(checks[check])}`);
  return words.join(", ");
}

/**
 * The engraved edge: 24 strokes, six a side, their lengths read from the twelve characters of the
 * digest that the page prints. Two versions with one edge have one digest, as far as an eye can tell.
 */
export function engraving(digest: string): string {
  const body = digest.slice(digest.indexOf(":") + 1);
  const values = Array.from({ length: 12 }, (_, index) => characterValue(body[index] ?? "0"));
  return values
    .flatMap((value) => [value >> 2, value & 3])
    .map(stroke)
    .join("");
}

function characterValue(character: string): number {
  const hex = Number.parseInt(character, 16);
  return Number.isNaN(hex) ? (character.codePointAt(0) ?? 0) & 15 : hex;
}

const SIDES = [
  { x: 32, y: 2, dx: 1, dy: 1, nx: -1, ny: 1 },
  { x: 62, y: 32, dx: -1, dy: 1, nx: -1, ny: -1 },
  { x: 32, y: 62, dx: -1, dy: -1, nx: 1, ny: -1 },
  { x: 2, y: 32, dx: 1, dy: -1, nx: 1, ny: 1 },
] as const;

function stroke(level: number, index: number): string {
  const side = SIDES[Math.floor(index / 6)];
  if (side === undefined) return "";
  const along = ((index % 6) + 1.5) * 3.75;
  const length = 0.9 + level * 0.8;
  const x = round(side.x + side.dx * along);
  const y = round(side.y + side.dy * along);
  return `M${x} ${y}l${round(side.nx * length)},${round(side.ny * length)}`.replaceAll("0.", ".");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
