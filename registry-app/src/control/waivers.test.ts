import { describe, expect, it } from "vitest";
import { isNeverWaived, parseControl } from "./index.ts";

const GOOD = {
  skill: "acme/deploy",
  version: "1.2.0",
  digest: "s1:0123456789abcdef",
  rule: "shell.curl-pipe",
  requestedBy: "ann@acme.example",
  by: "bo@acme.example",
  reason: "pinned by hash",
  until: "2027-01-01T00:00:00Z",
};
const parse = (change: Record<string, string | undefined>) => {
  const lines = Object.entries({ ...GOOD, ...change }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}\n`],
  );
  return parseControl(new Map([["waivers/one.yaml", Buffer.from(lines.join(""))]]));
};

describe("a waiver in the control repo", () => {
  it("names the bytes, the rule, two people and its end", () => {
    const parsed = parse({});
    expect(parsed.kind === "ok" && parsed.snapshot.waivers).toEqual([
      { ...GOOD, until: new Date(GOOD.until) },
    ]);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ["without an end", { until: undefined }, "until"],
    ["without the bytes", { digest: undefined }, "digest"],
    ["that nobody asked for", { requestedBy: undefined }, "requestedBy"],
    ["by whoever asked for it", { by: "ANN@acme.example" }, "6: by: must be somebody else"],
    ["of a rule of the tree", { rule: "tree.symlink" }, "4: rule: is never waived"],
    ["of a clause of the signature", { rule: "tagger" }, "4: rule: is never waived"],
    ["of a refused tag's code", { rule: "KEY_REVOKED" }, "4: rule: is never waived"],
    ["with a key more", { forever: "true" }, 'unknown key "forever"'],
  ])("%s breaks the law, and the line is named", (_what, change, says) => {
    const parsed = parse(change);
    const problems = parsed.kind === "ok" ? [] : parsed.problems;
    const said = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    expect(said.join("\n")).toContain(says);
    expect(said[0]).toMatch(/^waivers\/one\.yaml:\d/);
  });

  it.each([
    "tree.symlink",
    "tree.not-yet-known",
    "UNSIGNED",
    "signature",
    "revocation",
    "date",
    "supply-chain.malicious-version",
    "malware.known-hash",
    "hidden-content.told-out-of-sight",
  ])("cannot be given for %s", (rule) => expect(isNeverWaived(rule)).toBe(true));
  it.each([
    "shell.curl-pipe",
    "exfiltration.beside",
    "frontmatter.unknown-field",
    "version.bump-too-small",
  ])("can be given for %s", (rule) => expect(isNeverWaived(rule)).toBe(false));
});
