import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { createChangelog, type CommitRecord } from "./index.ts";

const changelog = createChangelog();

function commit(message: string, oid = "1"): CommitRecord {
  return {
    oid: oid.padStart(7, "0").padEnd(40, "f"),
    authorName: "Ada",
    authorEmail: "ada@acme.example",
    committedAt: new Date("2026-01-01T00:00:00Z"),
    message,
  };
}

const after = (previous: string | null, ...messages: string[]) =>
  changelog.summarise({
    previous,
    commits: messages.map((message, at) => commit(message, String(at + 1))),
  });

describe("the required step", () => {
  it.each([
    ["1.0.0", "fix: one", "patch"],
    ["1.0.0", "docs: words", "patch"],
    ["1.0.0", "feat: more", "minor"],
    ["1.0.0", "Feat(scope): more", "minor"],
    ["1.0.0", "feat!: other", "major"],
    ["1.0.0", "fix(x)!: other", "major"],
    ["1.0.0", "fix: a\n\nBREAKING CHANGE: b", "major"],
    ["1.0.0", "fix: a\n\nBREAKING-CHANGE: b", "major"],
    ["1.0.0", "fix: a\n\n-notes-\nfake\n", "patch"],
    ["1.0.0", "say nothing by convention", "patch"],
    ["1.0.0", "", "patch"],
    ["1.0.0", "Tidy up (#12)\n\n* fix: a\n\n* feat: b", "minor"],
    ["1.0.0", "Tidy up (#12)\n\n* fix!: a\n* feat: b", "major"],
    ["1.0.0", "Merge branch 'main' into x", "none"],
    ["0.3.0", "feat!: other", "minor"],
    ["0.3.0", "feat: more", "patch"],
    ["0.3.0", "fix: one", "patch"],
    [null, "feat: the start", "first"],
  ])("after %s, %j asks for %s", (previous, message, required) => {
    expect(after(previous, message).requiredBump).toBe(required);
  });

  it("is the largest that any commit or the files ask for, and names what asks", () => {
    const commits = [commit("fix: a", "a1"), commit("feat: b", "b2"), commit("feat: c", "c3")];
    const content = {
      bump: "minor",
      reasons: [{ text: "a script was added: x.sh", bump: "minor" }],
    } as const;
    const summary = changelog.summarise({ previous: "1.2.3", commits, content });
    expect(summary.requiredBump).toBe("minor");
    expect(summary.because.map(({ subject }) => subject)).toEqual([
      "b",
      "c",
      "a script was added: x.sh",
    ]);
    expect(summary.because.at(-1)?.commit).toBeNull();
    const larger = { bump: "major", reasons: [{ text: "gone", bump: "major" }] } as const;
    expect(changelog.summarise({ previous: "1.2.3", commits, content: larger }).requiredBump).toBe(
      "major",
    );
  });

  it("is none when nothing changed", () => {
    expect(after("1.0.0")).toMatchObject({
      requiredBump: "none",
      entries: [],
      markdown: "",
      because: [],
    });
  });
});

describe("entries", () => {
  it("of a squash are its title when that says something, and each bullet once", () => {
    const { entries, unconventional } = after(
      "1.0.0",
      "feat: read forms (#7)\n\n* feat: read forms\n\n* fix(io): close the file\n\n* wording",
      "Various (#8)\n\n- docs: a page",
    );
    expect(entries.map(({ type, scope, subject }) => [type, scope, subject])).toEqual([
      ["feat", null, "read forms (#7)"],
      ["fix", "io", "close the file"],
      ["docs", null, "a page"],
    ]);
    expect(unconventional).toBe(0);
  });

  it("leave out a commit and its revert, and keep it when the revert is reverted", () => {
    const oid = commit("", "1").oid;
    const revert = `Revert "feat: a"\n\nThis reverts commit ${oid}.`;
    const reverted = [commit(revert, "2"), commit("feat: a", "1")];
    expect(changelog.summarise({ previous: "1.0.0", commits: reverted })).toMatchObject({
      entries: [],
      requiredBump: "none",
    });
    const again = commit(`Revert "Revert"\n\nThis reverts commit ${commit("", "2").oid}.`, "3");
    const { entries } = changelog.summarise({ previous: "1.0.0", commits: [again, ...reverted] });
    expect(entries.map(({ subject }) => subject)).toEqual(["a"]);
  });

  it("keep the revert of something that an earlier version published", () => {
    const { entries } = after(
      "1.0.0",
      `Revert "feat: old"\n\nThis reverts commit ${"d".repeat(40)}.`,
    );
    expect(entries).toHaveLength(1);
  });

  it("count what follows no convention", () => {
    const summary = after("1.0.0", "wip", "more", "fix: a", "Merge pull request #3 from x/y");
    expect([summary.unconventional, summary.entries.length]).toEqual([2, 3]);
  });

  it("are bounded, and what is left is counted", () => {
    const summary = after(
      "1.0.0",
      ...Array.from({ length: 2_500 }, (_, at) => `fix: number ${at}`),
    );
    expect(summary.entries).toHaveLength(300);
    expect(summary.markdown).toContain("And 2200 more.");
    expect(summary.because).toHaveLength(20);
  });
});

describe("Markdown", () => {
  it("puts breaking changes first, then the sections", () => {
    const { markdown } = after(
      "1.0.0",
      "chore: tidy",
      "docs: explain",
      "fix(io): close",
      "feat!: read `--all` pages\n\nBREAKING CHANGE: pages start at 1",
    );
    expect(markdown).toMatchInlineSnapshot(`
      "### Breaking changes

      - pages start at 1

      ### Features

      - read \`--all\` pages (0000004)

      ### Bug Fixes

      - **io:** close (0000003)

      ### Documentation

      - explain (0000002)

      ### Other changes

      - tidy (0000001)
      "
    `);
  });

  const renderers = [
    new MarkdownIt({ html: true, linkify: true, typographer: false }),
    new MarkdownIt("commonmark", { html: true }),
  ];
  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "[ref]: https://evil.example",
    "see https://evil.example/x and www.evil.example or evil.com",
    "mail me@evil.example",
    "@everyone look, @acme/security too",
    "**bold** _it_ ~~gone~~ # not a heading",
    "1. not a list",
    "- not a list",
    "&lt;b&gt; &copy; \\<b>",
    "a ` lone tick <b>",
    "`code <b>` and `` nothing",
    "| a | b |",
    "$(rm -rf) ${x} {{y}}",
  ])("shows %j as text, with no element but code", (subject) => {
    const { markdown } = after("1.0.0", `fix: ${subject}`);
    for (const renderer of renderers) {
      const html = renderer.render(markdown);
      expect(html.replaceAll(/<\/?(?:h3|ul|li|code)>/g, "")).not.toContain("<");
      const shown = html
        .replaceAll(/<[^>]*>/g, "")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&");
      expect(shown.replaceAll("`", "")).toContain(subject.replaceAll("`", ""));
    }
  });

  it("shows nothing invisible: controls, bidi overrides, zero-width and tag characters are gone", () => {
    const { entries, markdown } = after(
      "1.0.0",
      "fix: a\u202eb\u200bc\u0007d\u{e0041}e\u2066f\u001b[31mg\u00ad\ud800",
    );
    expect(entries[0]?.subject).toBe("abcdef[31mg");
    expect(markdown).toContain("abcdef");
  });
});

describe("hostile messages", () => {
  it("do not change the kind of a commit through its body", () => {
    const { entries } = after("1.0.0", "fix: a\n\n-type-\nfeat\n-__proto__-\nx\n-constructor-\ny");
    expect(entries.map(({ type, subject }) => [type, subject])).toEqual([["fix", "a"]]);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
    expect(
      after("1.0.0", "__proto__: a", "constructor: b").entries.map(({ type }) => type),
    ).toEqual(["__proto__", "constructor"]);
  });

  it.each([
    ["spaces in a revert", `Revert "x${" ".repeat(1_000_000)}`],
    ["many reverts", "Revert This reverts commit ".repeat(50_000)],
    ["hashes", "#".repeat(1_000_000)],
    ["actions", "fix ".repeat(250_000)],
    ["references", "a/b#".repeat(250_000)],
    ["brackets", `feat(${")".repeat(1_000_000)}`],
    ["notes", `feat: x\n\n${"BREAKING CHANGE: a\n".repeat(50_000)}`],
    ["bullets", `x\n${"* feat: b\n".repeat(100_000)}`],
    ["a URL", `http://${"a".repeat(1_000_000)}`],
    ["mentions", `feat: ${"@a".repeat(500_000)}`],
    ["backticks", `feat: ${"`".repeat(1_000_000)}`],
    ["lines of references", `fix ${"#1 ".repeat(160)}\n`.repeat(2_000)],
  ])("of a megabyte of %s take bounded time and give bounded text", (_what, message) => {
    const start = process.cpuUsage();
    const summary = after("1.0.0", message);
    const spent = process.cpuUsage(start);
    // A quadratic pattern would take minutes; the bound is wide for a busy machine.
    expect((spent.user + spent.system) / 1000).toBeLessThan(2_000);
    expect(JSON.stringify(summary).length).toBeLessThan(200_000);
  });
});
