import { describe, expect, it } from "vitest";
import { OBSERVED_RULES } from "./observed-rules.ts";
import type { SeenCase } from "./seen.ts";
import { compareHosts, toObservedFindings, toObservedGaps } from "./to-observed-findings.ts";

const NOTHING: SeenCase = {
  caseId: "one",
  file: "scripts/run.sh",
  programs: [],
  hosts: [],
  secretsRead: [],
  leaks: [],
  writesOutsideWork: [],
  traceState: "whole",
  notes: [],
};
const host = (name: string | null, address = "198.18.0.2"): SeenCase["hosts"][number] => ({
  name,
  address,
  port: 443,
  protocol: "tls",
  bytes: 0,
});
const secret = { path: "/home/.aws/credentials" };
const told = (more: Partial<SeenCase>, declared: readonly string[] = []) =>
  toObservedFindings({ ...NOTHING, ...more }, new Set(declared)).map(
    ({ rule, severity, confidence }) => `${rule} ${severity} ${confidence}`,
  );

describe("what was observed", () => {
  it("is told as rules that pages and SARIF know, and each of these can be told", () => {
    const everything: SeenCase = {
      ...NOTHING,
      leaks: [{ place: "$GITHUB_TOKEN", to: "evil.example:80" }],
      secretsRead: [secret],
      hosts: [host("evil.example")],
      writesOutsideWork: ["/home/.bashrc", "/home/.cache/x"],
    };
    const findings = [everything, { ...NOTHING, secretsRead: [secret] }].flatMap((one) =>
      toObservedFindings(one, new Set()),
    );
    const factsOf = (id: string) => OBSERVED_RULES.find((rule) => rule.id === id);
    for (const { rule, category: family, severity, confidence, why, remedy } of findings)
      expect(factsOf(rule)).toMatchObject({ family, severity, confidence, why, remedy });
    const told = new Set(findings.map(({ rule }) => rule));
    expect(told).toEqual(new Set(OBSERVED_RULES.map(({ id }) => id)));
  });

  it.each<[string, Partial<SeenCase>, readonly string[], readonly string[]]>([
    ["nothing: no finding", {}, [], []],
    [
      "a false secret that left is critical",
      { leaks: [{ place: "$GITHUB_TOKEN", to: "evil.example:80" }] },
      [],
      ["exfiltration.observed-leak critical observed"],
    ],
    [
      "secrets read and network are high, even to a declared host",
      { secretsRead: [secret], hosts: [host("api.example")] },
      ["api.example"],
      ["credentials.observed-read-and-network high observed"],
    ],
    [
      "what clients of the web open by themselves is nothing",
      { secretsRead: [{ path: "/home/.netrc" }], hosts: [host("api.example")] },
      ["api.example"],
      [],
    ],
    [
      "secrets read alone are medium",
      { secretsRead: [secret] },
      [],
      ["credentials.observed-read medium observed"],
    ],
    [
      "a host that was not declared is medium",
      { hosts: [host("evil.example")] },
      ["api.example"],
      ["network.observed-undeclared-host medium observed"],
    ],
    [
      "a shell's profile is high, another file outside is low",
      { writesOutsideWork: ["/home/.bashrc", "/home/.cache/x"] },
      [],
      [
        "persistence.observed-start-up-file high observed",
        "persistence.observed-write-outside low observed",
      ],
    ],
  ])("%s", (_what, seen, declared, expected) => {
    expect(told(seen, declared)).toEqual(expected);
  });

  it("is bounded, however much was done", () => {
    const hosts = Array.from({ length: 900 }, (_, nth) => host(`h${nth}.example`));
    expect(told({ hosts })).toHaveLength(20);
  });

  it("is a gap where the case cut its trace, and none where time was over", () => {
    const cut: SeenCase = { ...NOTHING, traceState: "cut", notes: ["It ends early."] };
    expect(toObservedGaps(cut)).toEqual([
      { file: "scripts/run.sh", state: "partly", because: "It ends early." },
    ]);
    for (const traceState of ["whole", "stopped", "missing"] as const)
      expect(toObservedGaps({ ...cut, traceState })).toEqual([]);
  });

  it("is held against the hosts that are declared, and what lies below them", () => {
    const seen = [host("A.api.example"), host("notapi.example"), host(null, "203.0.113.9")];
    expect(compareHosts(seen, new Set(["api.example", "docs.example"]))).toEqual({
      declared: ["a.api.example"],
      undeclared: ["203.0.113.9", "notapi.example"],
      unseen: ["docs.example"],
    });
  });
});
