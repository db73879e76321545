import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  CONFIDENCE_SHARE,
  EXPOSURE_SHARE,
  scoreOf,
  SEVERITY_POINTS,
  sharePoints,
  verdictOf,
} from "./score.ts";
import type { Coverage, ScanFinding } from "./types.ts";

type Weighed = Parameters<typeof sharePoints>[0][number];

function finding(own: Partial<Weighed> = {}): Weighed {
  return {
    rule: "exfiltration.kept-secret",
    category: "exfiltration",
    severity: "high",
    confidence: "flow",
    file: "a.sh",
    line: 1,
    message: "It sends.",
    evidence: "curl",
    remedy: "Do not.",
    why: "Because.",
    owasp: [],
    isIndicator: false,
    chain: [],
    fingerprint: "f",
    exposure: "reachable",
    ...own,
  };
}

const WHOLE: Coverage = {
  files: 1,
  analysed: 1,
  gaps: [],
  advisories: { takenAt: null, isStale: false },
};
const CUT: Coverage = {
  ...WHOLE,
  analysed: 0,
  gaps: [{ file: "a", state: "partly", because: "It is cut." }],
};
const told = (...own: readonly Partial<Weighed>[]): readonly ScanFinding[] =>
  sharePoints(own.map(finding));
const points = (...own: readonly Partial<Weighed>[]) => told(...own).map((one) => one.points);

describe("A verdict", () => {
  it("is never block for words alone, however grave they are", () => {
    expect(verdictOf(told({ severity: "critical", confidence: "lexical" }), WHOLE)).toBe("warn");
    expect(verdictOf(told({ severity: "high", confidence: "structural" }), WHOLE)).toBe("block");
  });

  it("is never pass or review when something was not read", () => {
    expect(verdictOf([], CUT)).toBe("incomplete");
    expect(verdictOf(told({ severity: "low" }), CUT)).toBe("incomplete");
    expect(verdictOf(told({ severity: "medium" }), CUT)).toBe("warn");
  });

  it("is review for low findings and pass for remarks", () => {
    expect(verdictOf(told({ severity: "low" }), WHOLE)).toBe("review");
    expect(verdictOf(told({ severity: "info" }), WHOLE)).toBe("pass");
  });
});

describe("A score", () => {
  it("takes half for the second finding of a rule and a quarter for each further one", () => {
    expect(points({}, {}, {}, {})).toEqual([20, 10, 5, 5]);
    expect(points({}, { rule: "exfiltration.beside" })).toEqual([20, 20]);
  });

  it("takes less for what is not reached, for tests and for what is less sure", () => {
    expect(points({ exposure: "unreferenced" })).toEqual([12]);
    expect(points({ exposure: "test" })).toEqual([4]);
    expect(points({ confidence: "structural" })).toEqual([18]);
  });

  it("loses 70 to one family at most", () => {
    const all = told(
      ...["a", "b", "c"].map((name) => ({
        rule: `exfiltration.${name}`,
        severity: "critical" as const,
      })),
    );
    expect(all.map((one) => one.points)).toEqual([40, 30, 0]);
    expect(scoreOf(all, WHOLE)).toBe(30);
  });

  it("is 60 at most when something was not read, and 0 for what is known to be malicious", () => {
    expect(scoreOf([], CUT)).toBe(60);
    expect(scoreOf(told({ severity: "critical", isIndicator: true }), WHOLE)).toBe(0);
  });
});

describe("The published formula", () => {
  const folder = new URL("../../../", import.meta.url);
  it.each(["docs/scanning.md", "site/src/pages/docs/scanning.astro"])(
    "in %s is this one",
    (file) => {
      const text = readFileSync(new URL(file, folder), "utf8").replaceAll(/\([^)]*\)|\s+/g, " ");
      for (const table of [SEVERITY_POINTS, CONFIDENCE_SHARE, EXPOSURE_SHARE])
        for (const [name, value] of Object.entries(table))
          expect(text).toContain(`${name} ${value}`);
    },
  );
});
