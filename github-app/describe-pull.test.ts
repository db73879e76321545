import { describe, expect, it } from "vitest";
import type { PulledSkill, PullFacts } from "@assay/registry/publish";
import { describePull } from "./describe-pull.ts";

const FINDING = {
  rule: "exfiltration.environment",
  severity: "high",
  message: "It sends the environment.",
  file: "scripts/run.sh",
  line: 3,
  column: 1,
  fix: "Take it out.",
};
const SKILL: PulledSkill = {
  folder: "skills/adder",
  name: "adder",
  isPublishable: true,
  problem: null,
  findings: [],
  scan: { verdict: "pass", score: 100, known: 0, added: [], gained: [], gaps: [] },
  release: { previous: "1.0.0", bump: "minor", version: "1.1.0", tag: "adder--v1.1.0", notes: [] },
  evalsTar: null,
  digest: "sha256:d",
};
const tell = (...skills: readonly Partial<PulledSkill>[]) => {
  const report = {
    baseOid: "b".repeat(40),
    headOid: "a".repeat(40),
    skills: skills.map((one) => ({ ...SKILL, ...one })),
    leftOut: 0,
  };
  const facts: PullFacts = {
    id: "p",
    sourceUrl: "",
    number: 7,
    report,
    evals: [],
    said: "x",
    externalId: null,
    attempts: 0,
  };
  return describePull(facts, "https://registry.example");
};
const concern = (name: string, ...skills: readonly Partial<PulledSkill>[]) =>
  tell(...skills).find((run) => run.name === `Assay: ${name}`);

describe("a pull request, as checks", () => {
  it("has one for each concern, on its head", () => {
    const runs = tell({});
    expect(runs.map(({ name, headSha, status }) => [name, headSha, status])).toEqual(
      ["skill", "scan", "release"].map((name) => [`Assay: ${name}`, "a".repeat(40), "completed"]),
    );
  });

  it("fails where a skill could not be published, and says which in one line", () => {
    const run = concern("skill", {}, { name: "broken", isPublishable: false, findings: [FINDING] });
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.title).toBe("Mend what is marked: broken could not be published.");
    expect(run?.annotations[0]).toMatchObject({ path: "skills/adder/scripts/run.sh", line: 3 });
  });

  it.each([
    ["nothing new is a success, whatever the base has", "block", [], "success"],
    ["a new finding that would block is a failure", "block", [FINDING], "failure"],
    ["a new finding that would be looked at is neither", "warn", [FINDING], "neutral"],
    ["what was not read is no success", "incomplete", [], "neutral"],
  ] as const)("of the scan: %s", (_what, verdict, added, conclusion) => {
    const scan = { verdict, score: 50, known: 2, added: [...added], gained: [], gaps: [] };
    expect(concern("scan", { scan })).toMatchObject({ conclusion });
  });

  it("says the tag that the author will need, and what the release must be", () => {
    const run = concern("release", {});
    expect(run?.title).toBe("After the merge: git tag -s adder--v1.1.0");
    expect(run?.summary).toContain("` sha256:d `");
  });

  it("that touches no skill gets one check that says so", () => {
    expect(tell().map(({ title, conclusion }) => [title, conclusion])).toEqual([
      ["No skill is touched.", "neutral"],
    ]);
  });
});
