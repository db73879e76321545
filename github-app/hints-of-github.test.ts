import examples from "@octokit/webhooks-examples" with { type: "json" };
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHintedRepos } from "./hints.ts";

type Example = { readonly name: string; readonly examples: readonly object[] };
// Its types call the JSON a module.
const all = (examples as unknown as readonly Example[]).flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => ({ name, payload: payload as Readonly<Record<string, unknown>> })),
);
const hint = (event: string, payload: unknown) =>
  toHintedRepos(event, Buffer.from(JSON.stringify(payload)));
const own = { full_name: "acme/skills", id: 1 };

describe("a payload as GitHub sends it", () => {
  it("is a hint or nothing, whatever the event", () => {
    expect(all.length).toBeGreaterThan(250);
    const unreadable = all.filter(({ name, payload }) => hint(name, payload).kind === "unreadable");
    expect(unreadable.map(({ name }) => name)).toEqual([]);
  });

  it.each(["push", "create", "delete", "release", "repository", "pull_request"])(
    "of %s names its repo, always",
    (event) => {
      const payloads = all.filter(({ name }) => name === event).map(({ payload }) => payload);
      expect(payloads).not.toEqual([]);
      for (const payload of payloads) {
        const { full_name } = payload["repository"] as typeof own;
        const hinted = hint(event, payload);
        expect(hinted.kind === "look" && hinted.repos).toContain(full_name);
      }
    },
  );

  it.each([
    "ping",
    "meta",
    "star",
    "check_run",
    "check_suite",
    "member",
    "team_add",
    "workflow_job",
  ])("of %s gives no reason to look", (event) => {
    const payloads = all.filter(({ name }) => name === event);
    expect(payloads).not.toEqual([]);
    for (const { payload } of payloads) expect(hint(event, payload)).toEqual({ kind: "nothing" });
  });

  it.each([
    ["a user", { user: { login: "ann", id: 1 } }],
    ["an organisation", { organization: { login: "ann", id: 1 } }],
  ])("of a transfer from %s is about both places", (_what, from) => {
    const payload = { action: "transferred", repository: own, changes: { owner: { from } } };
    const repos = ["acme/skills", "ann/skills"];
    expect(hint("repository", payload)).toEqual({ kind: "look", repos });
  });

  it.each([
    ["a ruleset", "repository_ruleset", { name: { from: "old" }, rules: { added: [] } }],
    ["a pull request", "pull_request", { title: { from: "x".repeat(200) }, base: null }],
    ["a kind that nobody knows yet", "repository", { repository: { name: "a new shape" } }],
    ["a name that is no name", "repository", { repository: { name: { from: "../../etc" } } }],
  ])("with changes of %s is still a hint", (_what, event, changes) => {
    const repos = ["acme/skills"];
    expect(hint(event, { repository: own, changes })).toEqual({ kind: "look", repos });
  });
});

describe("a payload of GitHub's that was tampered with", () => {
  const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(null, "../../etc/passwd", "a/b/c", {}, []));
  const bent = fc
    .record({ one: fc.constantFrom(...all), at: fc.nat(), deep: fc.nat(), junk })
    .map(({ one, at, deep, junk: value }) => {
      const payload = structuredClone(one.payload) as Record<string, unknown>;
      const key = Object.keys(payload)[at % Object.keys(payload).length] ?? "repository";
      const inner = payload[key];
      const keys = typeof inner === "object" && inner !== null ? Object.keys(inner) : [];
      const innerKey = keys[deep % (keys.length + 1)];
      if (innerKey === undefined) payload[key] = value;
      else (inner as Record<string, unknown>)[innerKey] = value;
      return { name: one.name, payload };
    });

  it("never throws, and never names what is no repo", () => {
    const isHarmless = ({ name, payload }: { name: string; payload: unknown }) => {
      const hinted = hint(name, payload);
      const names = hinted.kind === "look" ? hinted.repos : [];
      return names.every((one) => /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(one));
    };
    expect(() => fc.assert(fc.property(bent, isHarmless), { numRuns: 1_000 })).not.toThrow();
  });
});
