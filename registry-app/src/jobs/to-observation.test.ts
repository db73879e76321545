import { expect, it } from "vitest";
import { toObservation } from "./to-observation.ts";

const observation = {
  hosts: [],
  secretsRead: [],
  leaks: [],
  programs: [{ argv: ["sh", "-c", "a\u0000\u202eb"] }],
  writesOutsideWork: [] as string[],
  traceState: "whole" as const,
  notes: [],
};

it("what a case did is kept without a character that nobody sees", () => {
  const [one] = toObservation({
    cases: [{ caseId: "c", file: "SKILL.md", observation }],
    unwatched: 2,
  }).cases;
  expect(one?.programs).toEqual(["sh -c a\\u{0}\\u{202e}b"]);
});

it("a case that does more than is kept counts as cut, so that nothing hides behind the rest", () => {
  const writesOutsideWork = Array.from({ length: 501 }, (_, nth) => `/home/${nth}`);
  const long = { ...observation, writesOutsideWork };
  const [one] = toObservation({
    cases: [{ caseId: "c", file: "SKILL.md", observation: long }],
    unwatched: 0,
  }).cases;
  expect([one?.writesOutsideWork.length, one?.traceState]).toEqual([500, "cut"]);
});
