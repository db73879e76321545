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
const SMALL = { ...FINDING, severity: "low" };
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
const FACTS: PullFacts = {
  id: "p",
  source: "acme-skills",
  headOid: "a".repeat(40),
  sourceUrl: "",
  number: 7,
  report: null,
  evals: [],
  failures: [],
  signer: null,
  said: "x",
  externalId: null,
  attempts: 0,
};
type Rest = Partial<Pick<PullFacts, "evals" | "failures" | "signer">>;
const tellWith = (rest: Rest, ...skills: readonly Partial<PulledSkill>[]) => {
  const report = {
    baseOid: "b".repeat(40),
    headOid: "a".repeat(40),
    skills: skills.map((one) => ({ ...SKILL, ...one })),
    leftOut: 0,
  };
  return describePull({ ...FACTS, report, ...rest }, "https://registry.example");
};
const tell = (...skills: readonly Partial<PulledSkill>[]) => tellWith({}, ...skills);
const concern = (name: string, ...skills: readonly Partial<PulledSkill>[]) =>
  tell(...skills).find((run) => run.name === `Assay: ${name}`);

describe("a pull request, as checks", () => {
  it("has one for each concern, on its head", () => {
    const runs = tell({});
    expect(runs.map(({ name, headSha, status }) => [name, headSha, status])).toEqual(
      ["summary", "skill", "scan", "release"].map((name) => [
        `Assay: ${name}`,
        "a".repeat(40),
        "completed",
      ]),
    );
  });

  it("fails where a skill could not be published, and says which in one line", () => {
    const run = concern("skill", {}, { name: "broken", isPublishable: false, findings: [FINDING] });
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.title).toBe("Mend what is marked: broken could not be published.");
    expect(run?.annotations[0]).toMatchObject({ path: "skills/adder/scripts/run.sh", line: 3 });
  });

  it.each([
    ["nothing to hold it is a success", "review", [SMALL], "success", "1 new finding."],
    [
      "what the base has too is not the change's fault, and no success",
      "block",
      [],
      "neutral",
      "Nothing new was found; a release would be blocked for what the base has too.",
    ],
    [
      "a small one beside it is not what blocks",
      "block",
      [SMALL],
      "neutral",
      "1 new finding; a release would be blocked for what the base has too.",
    ],
    [
      "a new finding that would block is a failure",
      "block",
      [FINDING, SMALL],
      "failure",
      "2 new findings: a release would be blocked.",
    ],
    [
      "a new finding that would be looked at is neither",
      "warn",
      [FINDING],
      "neutral",
      "1 new finding; a release would wait for a person.",
    ],
    [
      "what was not read is no success",
      "incomplete",
      [],
      "neutral",
      "Nothing new was found; a release would wait for a person.",
    ],
  ] as const)("of the scan: %s", (_what, verdict, added, conclusion, title) => {
    const scan = { verdict, score: 50, known: 2, added: [...added], gained: [], gaps: [] };
    expect(concern("scan", { scan })).toMatchObject({ conclusion, title });
  });

  it("says the tag that the author will need, and what the release must be", () => {
    const run = concern("release", {});
    expect(run?.title).toBe("After the merge: git tag -s adder--v1.1.0");
    expect(run?.summary).toContain("` sha256:d `");
  });

  it.each([
    ["ready", "After the merge: git tag -s adder--v1.1.0"],
    ["unready", "After the merge: git tag -s adder--v1.1.0, by somebody who may sign"],
  ] as const)("says who has to sign it, where its author is %s", (kind, title) => {
    const signer = { kind, says: "About the @key.", help: "npx assay key add" };
    const run = tellWith({ signer }, {}).find(({ name }) => name === "Assay: release");
    expect(run?.title).toBe(title);
    expect(run?.summary).toContain("` About the @key. `");
    expect(run?.summary).toContain("npx assay key add");
  });

  it("sums up in one check what to do first, good unless another is bad", () => {
    const summary = (rest: Rest, ...skills: readonly Partial<PulledSkill>[]) =>
      tellWith(rest, ...skills).find(({ name }) => name === "Assay: summary");
    expect(summary({}, {})).toMatchObject({
      conclusion: "success",
      title: "After the merge: git tag -s adder--v1.1.0",
    });
    const scan = { verdict: "warn", score: 50, known: 0, added: [FINDING], gained: [], gaps: [] };
    expect(summary({}, { scan })).toMatchObject({
      conclusion: "success",
      title: "1 new finding; a release would wait for a person.",
    });
    expect(summary({}, { scan }, { name: "broken", isPublishable: false })).toMatchObject({
      conclusion: "failure",
      title: "Mend what is marked: broken could not be published.",
    });
    const run = { ...RUN, state: "running" as const, outcome: null };
    expect(summary({ evals: [run] }, {})).toMatchObject({
      conclusion: null,
      status: "in_progress",
      title: "The cases run.",
    });
  });

  it("of a fork that nobody has vouched for is no check that a branch could take for good", () => {
    const fork = { ...FACTS, report: null };
    expect(describePull(fork, "https://registry.example")).toMatchObject([
      {
        name: "Assay: summary",
        conclusion: "action_required",
        actions: [{ identifier: "judge" }],
      },
    ]);
  });

  it("that touches no skill gets one check that says so", () => {
    expect(tell().map(({ title, conclusion }) => [title, conclusion])).toEqual([
      ["No skill is touched.", "success"],
    ]);
  });

  it("leads to its page, where all of it stands", () => {
    const page = "https://registry.example/sources/acme-skills/pulls/7";
    for (const run of tell({})) {
      expect(run.detailsUrl).toBe(page);
      expect(run.summary).toContain(page);
    }
  });

  it("with 10,000 findings stays within what GitHub takes, and says how many there are", () => {
    const added = Array.from({ length: 10_000 }, (_, line) => ({ ...FINDING, line }));
    const scan = { verdict: "block", score: 0, known: 0, added, gained: [], gaps: [] };
    const run = concern("scan", { scan });
    expect(run?.annotations).toHaveLength(500);
    expect(run?.summary).toContain("10000 remarks, of which 500 stand at their lines.");
    expect(run?.summary.length).toBeLessThanOrEqual(65_535);
  });
});

type Run = PullFacts["evals"][number];
type Case = Run["cases"][number];
const RUN: Run = {
  skill: "adder",
  folder: "skills/adder",
  state: "done",
  outcome: "pass",
  summary: "1 of 2 passed",
  against: null,
  cases: [],
  removed: [],
};
const ranWith = (outcome: string, against: string | null, ...cases: readonly Case[]) => {
  const run: Run = { ...RUN, outcome, against, cases, removed: against === null ? [] : ["old"] };
  return tellWith({ evals: [run] }, {}).find(({ name }) => name === "Assay: evals");
};
const failed = (change: Case["change"]): Case => {
  return { name: "adds", status: "failed", isRequired: true, change };
};

describe("the cases of a pull request, beside those of what is released", () => {
  it("that newly fail say so, and what is gone is named", () => {
    const run = ranWith("block", "1.0.0", failed("broken"));
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.title).toBe("1 case fails that passes in what is released.");
    expect(run?.summary).toContain("**newly failing**");
    expect(run?.summary).toContain("` old ` is not here any more");
  });

  it("that failed before fail the check too, since a release would be refused for them", () => {
    const run = ranWith("block", "1.0.0", failed("same"));
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.title).toBe("A case that decides did not pass, and did not in what is released.");
  });

  it("say what was expected and what it was, as text that is no markup", () => {
    const of = { folder: "skills/adder", name: "adds", because: null };
    const failures = [
      { ...of, check: "stdout", expected: "5", actual: "@everyone `x` ![](https://e.example)" },
      { ...of, check: null, expected: null, actual: null, because: "it ran too long" },
      { ...of, folder: "skills/other", check: "other", expected: "", actual: "" },
    ];
    const evals = [{ ...RUN, outcome: "block", cases: [failed("broken")] }];
    const run = tellWith({ evals, failures }, {}).find(({ name }) => name === "Assay: evals");
    expect(run?.summary).toContain(
      "  - ` stdout `: expected ` 5 `, was `` @everyone `x` ![](https://e.example) ``",
    );
    expect(run?.summary).toContain("  - ` it ran too long `");
    expect(run?.summary).not.toContain("other");
  });

  it("with nothing released to compare with have not enough evidence, and say it", () => {
    const run = ranWith("block", null, failed(null));
    expect(run?.title).toBe("A case that decides did not pass.");
    expect(run?.summary).toContain("not enough evidence");
  });
});
