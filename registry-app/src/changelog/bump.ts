import { inc, major } from "semver";

/** A step between versions; `prerelease` is a step within one prerelease line, `first` has nothing before it. */
export type Bump = "major" | "minor" | "patch" | "prerelease" | "first" | "none";

/** Whether the step that a tag declares is as large as the changes ask for. */
export type BumpVerdict =
  | { readonly kind: "ok"; readonly text: string }
  | { readonly kind: "too-small"; readonly text: string };

export type ChangeSize = Extract<Bump, "major" | "minor" | "patch">;

const RANK = { none: 0, patch: 1, minor: 2, major: 3 } as const;

/** Compares both steps; a first version and a step within a prerelease line are always large enough. */
export function compareBump(declared: Bump, required: Bump): BumpVerdict {
  if (declared === "first" || required === "first")
    return ok("The first version: any number will do.");
  if (declared === "prerelease" || required === "prerelease") {
    return ok("A step within a prerelease line promises nothing yet.");
  }
  if (RANK[declared] < RANK[required]) {
    return {
      kind: "too-small",
      text: `The version makes ${toStep(declared)}, the changes ask for ${toStep(required)}.`,
    };
  }
  if (required === "none") return ok("Nothing changed that asks for a step.");
  return ok(`The version makes ${toStep(declared)}, the changes ask for ${toStep(required)}.`);
}

/** Before 1.0.0 each size counts one less, by semver's clause 4 and npm's caret: breaking is minor, the rest is patch. */
export function isBeforeOne(version: string): boolean {
  return major(version) === 0;
}

export function toLarger<Size extends "none" | ChangeSize>(a: Size, b: Size): Size {
  return RANK[a] >= RANK[b] ? a : b;
}

export function shiftBeforeOne(size: ChangeSize): ChangeSize {
  return size === "major" ? "minor" : "patch";
}

function ok(text: string): BumpVerdict {
  return { kind: "ok", text };
}

function toStep(bump: Bump): string {
  return bump === "none" ? "no step" : `a ${bump} step`;
}

/** The version that follows by such a step; undefined for no step. A first version counts from 0.0.0. */
export function stepVersion(previous: string | undefined, step: Bump): string | undefined {
  if (step === "none") return undefined;
  return inc(previous ?? "0.0.0", step === "first" ? "minor" : step) ?? undefined;
}
