import { describe, expect, it } from "vitest";
import { systemIds } from "../runtime/index.ts";
import { hashToken, isTokenShaped, makeTokenText } from "./token-text.ts";

describe("token text", () => {
  it("is recognised, unguessable and never the same twice", () => {
    const [one, two] = [makeTokenText(systemIds), makeTokenText(systemIds)];
    expect(one).toMatch(/^assay_[A-Za-z0-9_-]{51}$/);
    expect(isTokenShaped(one)).toBe(true);
    expect(one).not.toBe(two);
    expect(hashToken(one)).toHaveLength(32);
  });

  it.each([
    ["nothing", () => ""],
    ["a typo", (t: string) => `${t.slice(0, -9)}${t.at(-9) === "A" ? "B" : "A"}${t.slice(-8)}`],
    ["a tail", (t: string) => `${t}0`],
    ["a NUL byte", (t: string) => `${t}\0`],
    ["a line break", (t: string) => `${t}\n`],
    ["another prefix", (t: string) => t.replace("assay_", "ghp_")],
    ["100 KB", () => `assay_${"A".repeat(100_000)}`],
  ])("with %s is refused before any query", (_what, spoil) => {
    expect(isTokenShaped(spoil(makeTokenText(systemIds)))).toBe(false);
  });
});
