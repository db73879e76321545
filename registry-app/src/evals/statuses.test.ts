import { tuple, array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvalCaseStatus } from "../db/index.ts";
import type { PassRule } from "./format/types.ts";
import { computeLift, sayLift } from "./lift.ts";
import { flipRate, foldTrials, statusOfRun, toOutcome, type JudgedCase } from "./statuses.ts";

const WORDS: Readonly<Record<string, EvalCaseStatus>> = {
  p: "passed",
  f: "failed",
  t: "timeout",
  e: "errored",
  s: "skipped",
  u: "ungraded",
};
const spell = (letters: string): EvalCaseStatus[] =>
  [...letters].flatMap((one) => WORDS[one] ?? []);
const all: PassRule = { kind: "all" };
const any: PassRule = { kind: "any" };
const majority: PassRule = { kind: "majority" };
const two: PassRule = { kind: "at-least", passes: 2 };

describe("the trials of a case", () => {
  it.each<[string, PassRule, EvalCaseStatus, boolean]>([
    ["p", all, "passed", false],
    ["f", all, "failed", false],
    ["t", all, "timeout", false],
    ["e", all, "errored", false],
    ["s", all, "skipped", false],
    ["u", all, "ungraded", false],
    ["ppp", all, "passed", false],
    ["ppf", all, "failed", true],
    ["ppt", all, "timeout", true],
    ["tf", all, "failed", false],
    ["ppe", all, "errored", false],
    ["pfe", all, "failed", true],
    ["ppu", all, "ungraded", false],
    ["pps", all, "skipped", false],
    ["eu", all, "errored", false],
    ["ffp", any, "passed", true],
    ["fff", any, "failed", false],
    ["ffe", any, "errored", false],
    ["pe", any, "passed", false],
    ["ppf", majority, "passed", true],
    ["pf", majority, "failed", true],
    ["pff", majority, "failed", true],
    ["ppe", majority, "passed", false],
    ["pfe", majority, "errored", true],
    ["ppf", two, "passed", true],
    ["pff", two, "failed", true],
    ["pfu", two, "ungraded", true],
  ])("%s by %j come to %s, flaky: %s", (letters, rule, status, isFlaky) => {
    expect(foldTrials(spell(letters), rule)).toMatchObject({ status, isFlaky });
  });

  it("come to passed only if whatever the missing verdicts had been it would have passed, and so for failed", () => {
    const letters = array(constantFrom(..."pfteu"), { minLength: 1, maxLength: 6 });
    const rules = constantFrom(all, any, majority, two);
    assert(
      property(letters, rules, (given, rule) => {
        const { status } = foldTrials(spell(given.join("")), rule);
        const worlds = (["p", "f"] as const).map((filling) => {
          const filled = given.map((one) => (one === "e" || one === "u" ? filling : one));
          return foldTrials(spell(filled.join("")), rule).status === "passed";
        });
        const isDecided = status === "passed" || status === "failed" || status === "timeout";
        const said = isDecided ? [status === "passed", status === "passed"] : worlds;
        expect(worlds).toEqual(said);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

// R and r: required, or evidence; x: left out by its author; b: of a baseline. Then the letter of its status.
const judged = (text: string): JudgedCase[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((word) => ({
      isRequired: word.startsWith("R"),
      isLeftOut: word.includes("x"),
      arm: word.includes("b") ? "no-skill" : "with-skill",
      status: WORDS[word.at(-1) ?? ""] ?? "skipped",
    }));

describe("what a run says to the decision", () => {
  it.each([
    ["Rp Rp", "pass", "passed"],
    ["Rp rp", "pass", "passed"],
    ["rp", "pass", "passed"],
    ["Rf Rp Re Ru", "block", "failed"],
    ["Rt Rp", "block", "failed"],
    ["Re Rp Ru rf", "errored", "errored"],
    ["Ru Rp rf", "incomplete", "ungraded"],
    ["Rs Rp rf", "skipped", "skipped"],
    ["Rs Rs", "skipped", "skipped"],
    ["Rp rf", "review", "failed"],
    ["Rp rt", "review", "failed"],
    ["rf rp", "review", "failed"],
    ["Rp re", "pass", "passed"],
    ["Rp ru rs", "pass", "passed"],
    ["re rs", "errored", "errored"],
    ["ru", "skipped", "skipped"],
    ["rs", "skipped", "skipped"],
    ["", "skipped", "skipped"],
    ["Rxs Rp", "pass", "passed"],
    ["Rxs", "skipped", "skipped"],
    ["Rp rbf", "pass", "passed"],
    ["rbp rs", "skipped", "skipped"],
  ])("of %j is %s", (cases, outcome, status) => {
    expect(toOutcome(judged(cases))).toBe(outcome);
    expect(statusOfRun(toOutcome(judged(cases)))).toBe(status);
  });

  it("is pass only where a case passed and nothing required is without a verdict", () => {
    const word = tuple(
      constantFrom("R", "r"),
      constantFrom("", "x", "b"),
      constantFrom(..."pfteus"),
    ).map((parts) => parts.join(""));
    assert(
      property(array(word, { maxLength: 6 }), (words) => {
        const cases = judged(words.join(" "));
        if (toOutcome(cases) !== "pass") return;
        const counted = cases.filter(({ arm, isLeftOut }) => arm === "with-skill" && !isLeftOut);
        expect(counted.some(({ status }) => status === "passed")).toBe(true);
        expect(counted.every((one) => !one.isRequired || one.status === "passed")).toBe(true);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe("lift", () => {
  const arms = (own: string, other: string) => [
    { caseId: "a", arm: "with-skill", statuses: spell(own) } as const,
    { caseId: "a", arm: "no-skill", statuses: spell(other) } as const,
  ];
  it.each<[string, string, string, number, number]>([
    ["pppp", "ffff", "not enough evidence", 4, 4],
    ["ppppp", "fffff", "improved", 5, 5],
    ["fffff", "ppppp", "regressed", 5, 0],
    ["pppppf", "fffffp", "no credible change", 6, 5],
    ["pppppppp", "pppppppp", "not enough evidence", 8, 0],
    ["ppppppe", "ffffftt", "improved", 6, 6],
    ["ppp", "f", "not enough evidence", 1, 1],
  ])("of %s against %s is %s, with n", (own, other, verdict, pairs, better) => {
    const lift = computeLift(arms(own, other), "no-skill");
    expect(lift).toMatchObject({ verdict, pairs, better });
    expect(lift && sayLift(lift)).toContain(`n = ${pairs} pairs`);
  });

  it("is not spoken of without a baseline", () => {
    expect(computeLift(arms("p", "p").slice(0, 1), "no-skill")).toBeUndefined();
    expect(computeLift(arms("p", "p"), "previous-version")).toBeUndefined();
  });

  it("has the p of the sign test: 5 of 5 is 1 in 32, 6 of 7 is 8 in 128", () => {
    expect(computeLift(arms("ppppp", "fffff"), "no-skill")?.p).toBeCloseTo(1 / 32);
    expect(computeLift(arms("ppppppf", "ffffffp"), "no-skill")?.p).toBeCloseTo(8 / 128);
  });
});

describe("flakiness", () => {
  it.each<[string, number | null]>([
    ["", null],
    ["p", null],
    ["es", null],
    ["pp", 0],
    ["pf", 1],
    ["pfp", 1],
    ["pppf", 1 / 3],
    ["ft", 0],
    ["pef", 1],
  ])("of the history %j is %j", (letters, rate) => {
    expect(flipRate(spell(letters))).toBe(rate);
  });
});
