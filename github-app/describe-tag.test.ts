import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import type { TagFacts } from "@assay/registry/publish";
import { describeTag } from "./describe-tag.ts";

const COMMIT = "c".repeat(40);
const FACTS: TagFacts = {
  tagId: "t1",
  source: "acme-skills",
  sourceUrl: "https://github.com/acme/skills",
  tag: "adder--v1.0.0",
  oid: "a".repeat(40),
  commitOid: COMMIT,
  state: "published",
  drift: null,
  code: null,
  reason: null,
  remedy: null,
  clauses: [{ name: "the tag is signed", held: true, evidence: "ssh" }],
  version: {
    team: "acme",
    skill: "adder",
    version: "1.0.0",
    state: "published",
    digest: "sha256:d",
    folder: "skills/adder",
    reasons: ["scan: pass"],
    checks: [{ name: "scan", outcome: "pass", summary: "no findings" }],
  },
  versionId: "v1",
  isLatest: true,
  branch: "main",
  waiverAskedBy: [],
  findings: [],
  said: "x",
  externalId: null,
  attempts: 0,
};
const tell = (more: Partial<TagFacts>) =>
  describeTag({ ...FACTS, ...more }, "https://registry.example");
const finding = (file: string) => ({
  check: "scan",
  rule: "exfiltration.environment",
  severity: "high",
  message: "It sends the environment.",
  file,
  line: 0,
  column: 1,
  fix: "Take it out.",
});

describe("a tag, as a check on its commit", () => {
  it.each([
    ["pending", { state: "pending", version: null }, "in_progress", null],
    ["published", {}, "completed", "success"],
    ["held", { state: "held" }, "completed", "action_required"],
    ["refused", { state: "refused", code: "UNSIGNED", version: null }, "completed", "failure"],
    ["ignored", { state: "ignored", version: null }, "completed", "neutral"],
  ] as const)("that is %s", (_state, more, status, conclusion) => {
    expect(tell(more)).toMatchObject({ status, conclusion, headSha: COMMIT });
  });

  it("whose version was quarantined later is no success any more", () => {
    const version = FACTS.version && { ...FACTS.version, state: "quarantined" as const };
    expect(tell({ version })).toMatchObject({ conclusion: "failure" });
  });

  it("that is held for a finding has a button to ask for a waiver, and once somebody did, what to commit", () => {
    const held = { state: "held" as const, findings: [finding("scripts/a.sh")] };
    expect(tell(held)?.actions.map(({ identifier }) => identifier)).toEqual(["ask-waiver"]);
    expect(tell(held)?.summary).not.toContain("waivers/");
    const asked = tell({ ...held, waiverAskedBy: ["eve"] });
    expect(asked?.summary).toContain("rule: exfiltration.environment");
    expect(tell({})?.actions).toEqual([]);
  });

  it("has no button that is longer than GitHub takes, and no more than three", () => {
    const checks = [{ name: "evals", outcome: "pass", summary: "" }];
    const version = FACTS.version && { ...FACTS.version, checks };
    const { actions = [] } = tell({ version, state: "held", findings: [finding("a")] }) ?? {};
    expect(actions.length).toBe(2);
    for (const { label, description, identifier } of actions)
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
        true,
        true,
        true,
      ]);
  });

  it("that was moved since says what stays, and how to put it back", () => {
    const run = tell({ drift: "moved" });
    expect(run).toMatchObject({ conclusion: "action_required" });
    expect(run?.title).toContain("the tag was moved since");
    expect(run?.summary).toContain(`git push origin +${FACTS.oid}:refs/tags/adder--v1.0.0`);
  });

  it("that is of no commit stands on none", () => {
    expect(tell({ commitOid: null })).toBeUndefined();
  });

  it("has its findings where they are in the repo, on a line that GitHub takes, and no more than fit", () => {
    const findings = Array.from({ length: 900 }, (_, nth) => finding(`scripts/${nth}.sh`));
    const run = tell({ state: "refused", findings });
    expect(run?.annotations).toHaveLength(500);
    expect(run?.annotations[0]).toMatchObject({
      path: "skills/adder/scripts/0.sh",
      line: 1,
      level: "failure",
    });
    expect(run?.summary).toContain("900 findings");
  });

  it("is at most as long as GitHub takes, however much there is to say", () => {
    const clauses = Array.from({ length: 5_000 }, () => ({
      name: "n".repeat(300),
      held: false,
      evidence: "e".repeat(300),
    }));
    const run = tell({ clauses, tag: "x".repeat(500), reason: "r".repeat(100_000) });
    expect(run?.summary.length).toBeLessThanOrEqual(65_535);
    expect([...(run?.title ?? "")].length).toBeLessThanOrEqual(255);
    expect(run?.summary).toContain("There is more on the page.");
  });

  it("never lets an author's words mention, link, embed or be HTML", () => {
    const markdown = new MarkdownIt({ html: true, linkify: true });
    const unit = fc.constantFrom(..."`|@[]()!<>&*_#\n\\ax:/.");
    const nasty = fc.oneof(
      fc.string({ unit, maxLength: 60 }),
      fc.constantFrom("@octocat", "`@octocat`", "``` @a ```", "![x](http://e.example/y)"),
      fc.constantFrom("<img src=x>", "https://e.example", "| a | b |", "\n\n# @a\n"),
    );
    const isInert = (reason: string, evidence: string) => {
      const clauses = [{ name: reason, held: false, evidence }];
      const run = tell({ reason, remedy: evidence, clauses, code: "X" });
      const html = markdown.render(run?.summary ?? "");
      const bare = html.replaceAll(/<code>[\s\S]*?<\/code>/g, "");
      return !/@|<img|e\.example/.test(bare) && [...bare.matchAll(/<a /g)].length === 1;
    };
    expect(() => fc.assert(fc.property(nasty, nasty, isInert))).not.toThrow();
  });
});
