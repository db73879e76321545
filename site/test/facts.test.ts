import { describe, expect, it } from "vitest";
import { changelogSections } from "../src/data/changelog-sections.ts";
import { exactTime, fileSize, relativeTime, shortDigest } from "../src/data/format.ts";
import { tagHref, withQuery } from "../src/data/links.ts";
import { pageWindow, readPage, readSort } from "../src/data/page-query.ts";
import { readSkillPath, readSourcePath } from "../src/data/path-params.ts";
import { splitRemedy } from "../src/data/remedy.ts";
import { safeText, textPieces } from "../src/data/safe-text.ts";
import { engraving, markFill } from "../src/data/stamp-shape.ts";

const NOW = new Date("2026-11-22T20:42:00Z");

describe("times, sizes, digests", () => {
  it.each([
    ["2026-11-22T20:41:40Z", "just now"],
    ["2026-11-22T20:42:20Z", "just now"],
    ["2026-11-22T20:37:00Z", "5 minutes ago"],
    ["2026-11-21T20:00:00Z", "yesterday"],
    ["2025-01-01T00:00:00Z", "last year"],
    ["2026-12-06T20:42:00Z", "in 2 weeks"],
  ])("%s reads as %s", (at, words) => {
    expect(relativeTime(at, NOW)).toBe(words);
  });

  it("print exactly on demand", () => {
    expect(exactTime("2026-11-22T20:42:07.123Z")).toBe("2026-11-22 20:42:07 UTC");
    expect(fileSize(1536)).toBe("1.5 KB");
    expect(shortDigest("s1:0123456789abcdef")).toBe("s1:0123456789ab");
    expect(shortDigest("41ac09d0c1f2aa9e7c55")).toBe("41ac09d0c1f2");
  });
});

describe("addresses", () => {
  it.each(["pdf-forms--v1.4.0", "a/b@1.0.0+x", "100%", "%2B", "<b>'; --", "ליטוש", "a?b#c"])(
    "the tag %s comes back from its own address",
    (tag) => {
      const url = new URL(tagHref("acme", tag), "http://127.0.0.1/");
      expect(readSourcePath(url.href)).toEqual({ source: "acme", tag });
    },
  );

  it("reads a file's path with its slashes, and nothing from a broken escape", () => {
    expect(readSkillPath("http://h/skills/t/n/1.0.0%2Bb/files/a%20b/c.py")).toEqual({
      team: "t",
      name: "n",
      version: "1.0.0+b",
      path: "a b/c.py",
    });
    expect(readSkillPath("http://h/skills/%E0%A4%A").team).toBe("%E0%A4%A");
  });

  it("keeps the other parameters of a list", () => {
    const url = new URL("http://h/skills?q=a%26b&page=3");
    expect(withQuery(url, { page: null, sort: "name" })).toBe("/skills?q=a%26b&sort=name");
  });

  it.each([
    ["3", 3],
    ["0", 1],
    ["-1", 1],
    ["1e9", 1],
    ["99999999", 1],
  ])("page=%s is page %i", (text, page) => {
    expect(readPage(new URLSearchParams({ page: text }))).toBe(page);
  });

  it("orders by match only when something is searched", () => {
    expect(readSort(new URLSearchParams("sort=relevance"), "")).toBe("updated");
    expect(readSort(new URLSearchParams("sort=evil"), "pdf")).toBe("relevance");
  });

  it("prints the pages around the current one", () => {
    expect(pageWindow(200, 400)).toEqual([1, null, 199, 200, 201, null, 400]);
    expect(pageWindow(1, 1)).toEqual([1]);
  });
});

describe("strings of strangers", () => {
  it("show characters that hide, and leave writing alone", () => {
    expect(safeText("a\u202Eb\u0000")).toBe("a[U+202E]b[U+0000]");
    expect(safeText("ליטוש 👩‍🔬\n\ttab")).toBe("ליטוש 👩‍🔬\n\ttab");
    expect(textPieces("x\u2066y")).toEqual([
      { kind: "plain", text: "x" },
      { kind: "hidden", text: "U+2066" },
      { kind: "plain", text: "y" },
    ]);
  });
});

describe("a remedy", () => {
  it("parts commands from sentences and links", () => {
    expect(splitRemedy("Sign it.\n$ git tag -s x\ngit push origin x\n/docs/publishing")).toEqual([
      { kind: "sentence", text: "Sign it." },
      { kind: "command", text: "git tag -s x\ngit push origin x" },
      { kind: "link", href: "/docs/publishing" },
    ]);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "//evil.example"])(
    "never links %s",
    (text) => {
      expect(splitRemedy(text)[0]?.kind).toBe("sentence");
    },
  );
});

describe("the stamp", () => {
  it("is engraved differently for different digests and alike for one", () => {
    expect(engraving("s1:0123456789ab")).toBe(engraving("sha256:0123456789ab"));
    expect(engraving("s1:0123456789ab")).not.toBe(engraving("s1:0123456789ac"));
    expect(engraving("s1:").match(/M/gu)).toHaveLength(24);
  });

  it("never fills a mark that did not pass", () => {
    const outcomes = ["review", "warn", "block", "incomplete", "errored", "skipped", null] as const;
    for (const outcome of outcomes) expect(markFill(outcome)).not.toBe("filled");
    expect(markFill("pass")).toBe("filled");
  });
});

describe("a changelog", () => {
  it("puts what breaks first and loses nothing", () => {
    const entry = { scope: null, subject: "s", commit: "c", author: "a" };
    const sections = changelogSections([
      { ...entry, type: "chore", breaking: false },
      { ...entry, type: "fix", breaking: true },
      { ...entry, type: "feat", breaking: false },
    ]);
    expect(sections.map((section) => section.title)).toEqual(["Breaking", "Added", "Other"]);
  });
});
