import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAsked } from "./asks.ts";

const HEAD = "a".repeat(40);
const payload = {
  action: "requested_action",
  requested_action: { identifier: "run-evals" },
  check_run: { external_id: "p/evals", head_sha: HEAD },
  repository: { full_name: "acme/skills" },
  sender: { login: "mia", id: 11 },
};
const read = (event: string, more: object = {}) =>
  toAsked(event, Buffer.from(JSON.stringify({ ...payload, ...more })));

describe("what somebody asks for on GitHub", () => {
  it("is a button of ours, or a re-run of one check or of all", () => {
    const who = { repo: "acme/skills", login: "mia", loginId: 11, headOid: HEAD };
    expect(read("check_run")).toEqual({ ...who, what: "run-evals", externalId: "p/evals" });
    expect(read("check_run", { action: "rerequested" })).toMatchObject({ what: "again" });
    const suite = { action: "rerequested", check_suite: { head_sha: HEAD } };
    expect(read("check_suite", suite)).toEqual({ ...who, what: "again", externalId: null });
  });

  it.each([
    ["a button of another App", "check_run", { requested_action: { identifier: "fix-it" } }],
    [
      "a check that has no name of ours",
      "check_run",
      { check_run: { external_id: "", head_sha: HEAD } },
    ],
    ["a check that was only made", "check_run", { action: "created" }],
    [
      "a suite that was only asked for by a push",
      "check_suite",
      { action: "requested", check_suite: { head_sha: HEAD } },
    ],
    ["a name that is no login", "check_run", { sender: { login: "a b", id: 1 } }],
    ["another event", "push", {}],
  ])("is nothing where there is %s", (_what, event, more) => {
    expect(read(event, more)).toBeUndefined();
  });

  it("is read from whatever bytes without a throw", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    const isCalm = (body: Uint8Array) =>
      ["check_run", "check_suite"].every((event) => toAsked(event, body) === undefined);
    expect(() => fc.assert(fc.property(bytes, isCalm))).not.toThrow();
  });
});
