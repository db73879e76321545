import { describe, expect, it } from "vitest";
import type { CheckName, Outcome } from "../db/index.ts";
import {
  decide,
  type CheckRule,
  type CheckState,
  type DecisionFacts,
  type WaiverFact,
} from "./decide.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const check = (
  name: CheckName,
  outcome: Outcome | null,
  ...findings: CheckState["findings"]
): CheckState => ({ name, outcome, summary: "", findings });
const facts = (more: Partial<DecisionFacts>): DecisionFacts => ({
  checks: passed,
  policy: { checks: {} },
  approvals: [],
  waivers: [],
  now: NOW,
  asks: [],
  grants: [],
  compromised: null,
  ...more,
});
const required: CheckRule = {
  need: "required",
  refuse: ["block"],
  hold: ["warn", "incomplete", "errored"],
};
const passed = [check("signature", "pass"), check("validation", "pass")];

type Row = [
  sentence: string,
  checks: CheckState[],
  policy: Partial<Record<CheckName, CheckRule>>,
  approvals: string[],
  kind: string,
];

const TABLE: Row[] = [
  ["all that ran has passed", passed, {}, [], "publish"],
  ["a check is still running", [...passed, check("scan", null)], {}, [], "wait"],
  ["a scan blocks", [...passed, check("scan", "block")], {}, [], "refuse"],
  [
    "a scan blocks while evals still run: told at once",
    [...passed, check("scan", "block"), check("evals", null)],
    {},
    [],
    "refuse",
  ],
  [
    "a scan blocks and somebody approved: an approval does not lift a refusal",
    [...passed, check("scan", "block")],
    {},
    ["bo@acme"],
    "refuse",
  ],
  ["a scan warns", [...passed, check("scan", "warn")], {}, [], "hold"],
  [
    "a scan warns and it was approved",
    [...passed, check("scan", "warn")],
    {},
    ["bo@acme"],
    "publish",
  ],
  [
    "a scan warns while evals still run: the person is asked once, later",
    [...passed, check("scan", "warn"), check("evals", null)],
    {},
    [],
    "wait",
  ],
  [
    "what could not be analysed is held and not passed",
    [...passed, check("scan", "incomplete")],
    {},
    [],
    "hold",
  ],
  ["review publishes with a note", [...passed, check("scan", "review")], {}, [], "publish"],
  ["an optional check was skipped", [...passed, check("evals", "skipped")], {}, [], "publish"],
  [
    "a required check was skipped",
    [...passed, check("evals", "skipped")],
    { evals: required },
    [],
    "hold",
  ],
  ["a required check never ran", passed, { scan: required }, [], "hold"],
  [
    "a required check never ran and it was approved",
    passed,
    { scan: required },
    ["bo@acme"],
    "publish",
  ],
  [
    "policy refuses what is otherwise held",
    [...passed, check("scan", "warn")],
    { scan: { ...required, refuse: ["block", "warn"] } },
    [],
    "refuse",
  ],
];

describe("decide", () => {
  it.each(TABLE)("%s", (_sentence, checks, policy, approvals, kind) => {
    expect(decide(facts({ checks, policy: { checks: policy }, approvals })).kind).toBe(kind);
  });

  it("says for every decision but the happy one which check caused it", () => {
    const decision = decide(facts({ checks: [check("scan", "block")] }));
    expect(decision.reasons).toEqual(["scan: block"]);
  });

  it("asks a person for what no check can know, after the checks have ended, and an approval answers", () => {
    const asks = ["nobody has confirmed the history"];
    expect(decide(facts({ asks }))).toEqual({ kind: "hold", code: "HELD", reasons: asks });
    expect(decide(facts({ asks, approvals: ["bo@acme"] })).kind).toBe("publish");
    expect(decide(facts({ asks, checks: [...passed, check("scan", null)] })).kind).toBe("wait");
    expect(decide(facts({ asks, checks: [...passed, check("scan", "block")] })).kind).toBe(
      "refuse",
    );
  });

  it("refuses a version whose key was compromised meanwhile, whatever passed and whoever approved", () => {
    const decision = decide(facts({ approvals: ["bo@acme"], compromised: "the key was stolen" }));
    expect(decision).toEqual({
      kind: "refuse",
      code: "KEY_REVOKED",
      reasons: ["the key was stolen"],
    });
  });
});

describe("a waiver", () => {
  const late = new Date("2026-07-01T00:00:00Z");
  const curl = { rule: "shell.curl-pipe", severity: "error" };
  const env = { rule: "secrets.env", severity: "warning" };
  const note = { rule: "style.long", severity: "info" };
  const waive = (rule: string, until = late): WaiverFact => ({ rule, by: "bo@acme", until });
  const scan = (outcome: Outcome, ...found: CheckState["findings"]) => [
    ...passed,
    check("scan", outcome, ...found),
  ];

  const ROWS: [sentence: string, checks: CheckState[], waivers: WaiverFact[], kind: string][] = [
    [
      "of every rule that blocked lets the version through",
      scan("block", curl),
      [waive(curl.rule)],
      "publish",
    ],
    [
      "of every rule that held lets the version through",
      scan("warn", env),
      [waive(env.rule)],
      "publish",
    ],
    ["need not name what is only a note", scan("warn", env, note), [waive(env.rule)], "publish"],
    [
      "of one rule leaves the others in force",
      scan("block", curl, env),
      [waive(curl.rule)],
      "refuse",
    ],
    ["of another rule does nothing", scan("warn", env), [waive("shell.other")], "hold"],
    ["that has ended does nothing", scan("warn", env), [waive(env.rule, NOW)], "hold"],
    [
      "counts as long as the longest of its kind",
      scan("warn", env),
      [waive(env.rule, NOW), waive(env.rule)],
      "publish",
    ],
    [
      "cannot stand in for what nobody could judge",
      scan("incomplete", env),
      [waive(env.rule)],
      "hold",
    ],
    ["does nothing for an outcome without findings", scan("block"), [waive(curl.rule)], "refuse"],
    ["cannot make notes alone of a warning", scan("warn", note), [waive(note.rule)], "hold"],
    [
      "never covers a rule of the tree",
      scan("block", { rule: "tree.symlink", severity: "error" }),
      [waive("tree.symlink")],
      "refuse",
    ],
    [
      "never covers the signature",
      [check("signature", "block", { rule: "policy.any", severity: "error" })],
      [waive("policy.any")],
      "refuse",
    ],
    [
      "leaves a check that still runs to end first",
      [...scan("block", curl), check("evals", null)],
      [waive(curl.rule)],
      "wait",
    ],
  ];
  it.each(ROWS)("%s", (_sentence, checks, waivers, kind) => {
    expect(decide(facts({ checks, waivers })).kind).toBe(kind);
  });

  it("is named in the decision, with whose word it is and when it ends", () => {
    const decision = decide(facts({ checks: scan("block", curl), waivers: [waive(curl.rule)] }));
    expect(decision).toMatchObject({
      waived: [{ rule: curl.rule, until: late.toISOString() }],
      reasons: expect.arrayContaining([
        `scan: block; ${curl.rule} is waived by bo@acme until ${late.toISOString()}`,
      ]) as string[],
    });
  });

  it("does not stand in for a person who is asked, nor lift a compromise", () => {
    const waived = { checks: scan("block", curl), waivers: [waive(curl.rule)] };
    expect(decide(facts({ ...waived, asks: ["confirm it"] })).kind).toBe("hold");
    expect(decide(facts({ ...waived, compromised: "stolen" })).kind).toBe("refuse");
  });
});

describe("what policy asks of a scan beside its verdict", () => {
  const scanned = (more: Partial<CheckState>): CheckState => ({
    ...check("scan", "pass"),
    ...more,
  });
  const asked = (rule: Partial<CheckRule>) => ({ checks: { scan: { ...required, ...rule } } });
  const kindOf = (scan: CheckState, rule: Partial<CheckRule>, approvals: string[] = []) => {
    const checks = [...passed, scan];
    return decide(facts({ checks, policy: asked(rule), approvals })).kind;
  };

  it("holds a score below the least, and an approval lifts that", () => {
    const low = scanned({ score: 79 });
    expect(kindOf(low, { minScore: 80 })).toBe("hold");
    expect(kindOf(low, { minScore: 79 })).toBe("publish");
    expect(kindOf(low, { minScore: 80 }, ["bo@acme"])).toBe("publish");
  });

  it.each(["stale", "missing"] as const)(
    "takes a scan with advisories that are %s for incomplete, where they are required",
    (advisories) => {
      expect(kindOf(scanned({ advisories }), { advisories: "required" })).toBe("hold");
      expect(kindOf(scanned({ advisories }), { advisories: "optional" })).toBe("publish");
      const refusing = { advisories: "required", refuse: ["incomplete"], hold: [] } as const;
      expect(kindOf(scanned({ advisories }), refusing)).toBe("hold");
      expect(kindOf(scanned({ advisories: "fresh" }), { advisories: "required" })).toBe("publish");
    },
  );

  it("is not covered by a waiver of the findings that lowered the score", () => {
    const finding = { rule: "shell.curl-pipe", severity: "medium" };
    const scan = { ...check("scan", "warn", finding), score: 40 };
    const waivers = [{ rule: finding.rule, by: "bo@acme", until: new Date("2027-01-01") }];
    const policy = (minScore: number) => asked({ minScore });
    const decideWith = (minScore: number) =>
      decide(facts({ checks: [...passed, scan], policy: policy(minScore), waivers })).kind;
    expect([decideWith(0), decideWith(50)]).toEqual(["publish", "hold"]);
  });
});
