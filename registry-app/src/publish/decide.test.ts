import { describe, expect, it } from "vitest";
import type { CheckName, Outcome } from "../db/index.ts";
import { decide, type CheckRule, type CheckState } from "./decide.ts";

const check = (name: CheckName, outcome: Outcome | null): CheckState => ({
  name,
  outcome,
  summary: "",
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
    const facts = { checks, policy: { checks: policy }, approvals, asks: [], compromised: null };
    expect(decide(facts).kind).toBe(kind);
  });

  it("says for every decision but the happy one which check caused it", () => {
    const decision = decide({
      checks: [check("scan", "block")],
      policy: { checks: {} },
      approvals: [],
      asks: [],
      compromised: null,
    });
    expect(decision.reasons).toEqual(["scan: block"]);
  });

  it("asks a person for what no check can know, after the checks have ended, and an approval answers", () => {
    const asks = ["nobody has confirmed the history"];
    const facts = {
      checks: passed,
      policy: { checks: {} },
      approvals: [],
      asks,
      compromised: null,
    };
    expect(decide(facts)).toEqual({ kind: "hold", code: "HELD", reasons: asks });
    expect(decide({ ...facts, approvals: ["bo@acme"] }).kind).toBe("publish");
    expect(decide({ ...facts, checks: [...passed, check("scan", null)] }).kind).toBe("wait");
    expect(decide({ ...facts, checks: [...passed, check("scan", "block")] }).kind).toBe("refuse");
  });

  it("refuses a version whose key was compromised meanwhile, whatever passed and whoever approved", () => {
    const decision = decide({
      checks: passed,
      policy: { checks: {} },
      approvals: ["bo@acme"],
      asks: [],
      compromised: "the key was stolen",
    });
    expect(decision).toEqual({
      kind: "refuse",
      code: "KEY_REVOKED",
      reasons: ["the key was stolen"],
    });
  });
});
