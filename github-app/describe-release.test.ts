import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import type { HostReleaseFacts } from "@assay/registry/publish";
import { describeRelease } from "./describe-release.ts";

const entry = (type: string, subject: string, breaking = false) => ({
  type,
  scope: null,
  subject,
  breaking,
  commit: "c".repeat(40),
  author: "Ann",
});
const FACTS: HostReleaseFacts = {
  versionId: "v1",
  sourceUrl: "https://github.com/acme/skills",
  tag: "adder--v2.0.0",
  tagOid: "a".repeat(40),
  team: "acme",
  skill: "adder",
  version: "2.0.0",
  isPrerelease: false,
  visibility: "public",
  state: "published",
  digest: "sha256:abc",
  signer: "ann@example.test",
  previous: "1.4.0",
  entries: [entry("fix", "sums of nothing"), entry("feat", "new sums", true), entry("docs", "how")],
  said: "x",
  externalId: null,
  attempts: 0,
};
const tell = (more: Partial<HostReleaseFacts>) =>
  describeRelease({ ...FACTS, ...more }, "https://registry.example");

describe("a release on the host of a source", () => {
  it("has each change once, what breaks first, and where it can be installed from", () => {
    const { body, name } = tell({});
    expect(name).toBe("adder 2.0.0");
    expect(body.match(/^(?:### .*|- .*|npx .*)$/gm)).toEqual([
      "### Breaking changes",
      "- ` new sums ` (ccccccc)",
      "### Mended",
      "- ` sums of nothing ` (ccccccc)",
      "### Other changes",
      "- ` how ` (ccccccc)",
      "npx skills add https://registry.example/s/acme/adder@2.0.0",
    ]);
    expect(body).toContain("https://registry.example/skills/acme/adder/2.0.0");
  });

  it.each(["yanked", "quarantined"] as const)("of a version that was %s says so first", (state) => {
    const { body } = tell({ state });
    expect(body.toLowerCase()).toMatch(new RegExp(`^\\*\\*${state}`));
    expect(body).not.toContain("npx skills add");
  });

  it("offers nobody to install what only a team may read", () => {
    expect(tell({ visibility: "private" }).body).not.toContain("npx skills add");
  });

  it("is no longer than GitHub takes, however many changes there are", () => {
    const entries = Array.from({ length: 5_000 }, (_, nth) =>
      entry("feat", `${nth} ${"x".repeat(400)}`),
    );
    expect(tell({ entries }).body.length).toBeLessThanOrEqual(125_000);
  });

  it("never lets an author's words mention, link, embed or be HTML", () => {
    const markdown = new MarkdownIt({ html: true, linkify: true });
    const unit = fc.constantFrom(..."`|@[]()!<>&*_#\n\\ax:/.");
    const nasty = fc.oneof(
      fc.string({ unit, maxLength: 60 }),
      fc.constantFrom("@octocat", "`@octocat`", "![x](http://e.example/y)", "<img src=x>"),
    );
    const isInert = (subject: string, signer: string) => {
      const { body } = tell({ entries: [entry("feat", subject)], signer });
      const bare = markdown.render(body).replaceAll(/<code[^>]*>[\s\S]*?<\/code>/g, "");
      return !/@|<img|e\.example/.test(bare) && [...bare.matchAll(/<a /g)].length === 1;
    };
    expect(() => fc.assert(fc.property(nasty, nasty, isInert))).not.toThrow();
  });
});
