import { describe, expect, it } from "vitest";
import { findSingleAuthor, parseControl, policyOf } from "./index.ts";

const REGISTRY = `checks:
  signature: required
  validation: required
  scan: {need: optional, refuse: [block], hold: [warn, incomplete]}
bump: require
singleAuthor: allow
certificates:
  maxDays: 7
`;
const SOURCE = "team: acme\nhosted: true\nvisibility: public\n";
const parse = (own: string, files: Record<string, string> = {}) =>
  parseControl(
    new Map(
      Object.entries({
        "policy.yaml": REGISTRY,
        "teams/acme.yaml": "signers: [ann@acme.example]\n",
        "sources/strict.yaml": `${SOURCE}${own}`,
        "sources/plain.yaml": SOURCE,
        ...files,
      }).map(([path, text]) => [path, Buffer.from(text)]),
    ),
  );
const problems = (own: string) => {
  const parsed = parse(own);
  const found = parsed.kind === "ok" ? [] : parsed.problems;
  return found.map(({ file, line, message }) => `${file}:${line}: ${message}`);
};

describe("a source's own policy", () => {
  it("is stricter than the registry's for that source alone, and leaves the rest as it is", () => {
    const parsed = parse(
      "policy:\n  checks:\n    scan: {need: required, minScore: 80, advisories: required}\n    evals: {need: required}\n  singleAuthor: hold\n  codeOwners: require\n  certificates: {maxDays: 1}\n",
    );
    if (parsed.kind !== "ok") throw new Error(JSON.stringify(parsed.problems));
    const base = parsed.snapshot.policy;
    expect(policyOf(parsed.snapshot, "strict")).toEqual({
      checks: {
        ...base.checks,
        scan: {
          need: "required",
          refuse: ["block"],
          hold: ["warn", "incomplete"],
          minScore: 80,
          advisories: "required",
        },
        evals: { ...base.checks.evals, need: "required" },
      },
      bump: "require",
      singleAuthor: "hold",
      codeOwners: "require",
      certificates: { maxDays: 1 },
      scan: { maxFlips: 5 },
      evals: base.evals,
    });
    expect(policyOf(parsed.snapshot, "plain")).toEqual(base);
    expect(policyOf(parsed.snapshot, "removed")).toEqual(base);
  });

  it.each([
    ["refuses what is only held", "scan: {refuse: [block, warn], hold: [incomplete]}"],
    ["holds what is only noted", "scan: {hold: [warn, incomplete, review]}"],
    ["says the same", "scan: {need: optional, refuse: [block], hold: [warn, incomplete]}"],
  ])("may be one that %s", (_what, check) => {
    expect(problems(`policy:\n  checks:\n    ${check}\n`)).toEqual([]);
  });

  it.each([
    [
      "asks for less",
      "checks: {validation: optional}",
      "5: policy.checks.validation: the registry requires it",
    ],
    [
      "holds what is refused",
      "checks: {scan: {refuse: [], hold: [block, warn, incomplete]}}",
      "5: policy.checks.scan: the registry refuses block",
    ],
    [
      "lets through what is held",
      "checks: {scan: {hold: [warn]}}",
      "5: policy.checks.scan: the registry holds incomplete",
    ],
    [
      "warns of a bump that is required",
      "bump: warn",
      "5: policy.bump: the registry requires the bump",
    ],
    [
      "lets certificates live longer",
      "certificates: {maxDays: 8}",
      "5: policy.certificates.maxDays: the registry allows 7 days",
    ],
    [
      "says when rules come into force, which is for the registry alone",
      "scan: {maxFlips: 90}",
      '5: unknown key "policy.scan"',
    ],
    ["has a key that nobody reads", "scans: required", '5: unknown key "policy.scans"'],
  ])("breaks the law where it %s, and file and line are named", (_what, line, says) => {
    expect(problems(`policy:\n  ${line}\n`)).toEqual([
      expect.stringContaining(`sources/strict.yaml:${says}`),
    ]);
  });

  it("cannot allow a single author where the registry holds", () => {
    const held = REGISTRY.replace("singleAuthor: allow", "singleAuthor: hold");
    const parsed = parse("policy: {singleAuthor: allow}\n", { "policy.yaml": held });
    expect(parsed).toMatchObject({ kind: "broken", problems: [{ file: "sources/strict.yaml" }] });
  });

  it("cannot ignore code owners where the registry requires their approval", () => {
    const parsed = parse("policy: {codeOwners: ignore}\n", {
      "policy.yaml": `${REGISTRY}codeOwners: require\n`,
    });
    expect(parsed.kind === "ok" ? [] : parsed.problems).toMatchObject([
      {
        file: "sources/strict.yaml",
        message: expect.stringContaining("requires the approval of code owners") as unknown,
      },
    ]);
  });

  it.each([
    ["minScore", "scan: {minScore: 70}", "scan: {minScore: 60}"],
    ["advisories", "scan: {advisories: required}", "scan: {advisories: optional}"],
  ])("cannot ask for less of a scan than the registry: %s", (field, registry, own) => {
    const parsed = parse(`policy: {checks: {${own}}}\n`, {
      "policy.yaml": `checks: {${registry}}\n`,
    });
    expect(parsed.kind === "ok" ? [] : parsed.problems).toEqual([
      expect.objectContaining({
        file: "sources/strict.yaml",
        message: expect.stringContaining(`policy.checks.scan.${field}`) as string,
      }),
    ]);
  });

  it("becomes a problem when the registry overtakes it: what is told is which source", () => {
    const parsed = parse("policy: {certificates: {maxDays: 5}}\n", {
      "policy.yaml": REGISTRY.replace("maxDays: 7", "maxDays: 3"),
    });
    expect(parsed).toMatchObject({
      kind: "broken",
      problems: [{ file: "sources/strict.yaml", line: 4 }],
    });
  });
});

describe("the single author of a source", () => {
  it.each([
    ["the team's one signer", "[ann@acme.example]", "", "ann@acme.example"],
    [
      "the same person twice, in other letters",
      "[ann@acme.example]",
      "signers: [Ann@acme.example]\n",
      "ann@acme.example",
    ],
    ["the source's one signer", "[]", "signers: [bot@acme.example]\n", "bot@acme.example"],
    ["nobody where there are two", "[ann@acme.example, bo@acme.example]", "", null],
    [
      "nobody where the source adds one",
      "[ann@acme.example]",
      "signers: [bot@acme.example]\n",
      null,
    ],
    ["nobody where nobody may sign", "[]", "", null],
  ])("is %s", (_who, team, own, author) => {
    const parsed = parse(own, { "teams/acme.yaml": `signers: ${team}\n` });
    expect(parsed.kind === "ok" && findSingleAuthor(parsed.snapshot, "strict")).toBe(author);
  });
});
