import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./markdown.ts";

const render = (text: string) => renderMarkdown(text, { filesHref: "/files" });
const TAG = /<\/?([a-z0-9]+)([^>]*)>/g;
const ALLOWED_TAGS = new Set(
  "p h2 h3 h4 h5 h6 a em strong s code pre ul ol li blockquote hr br table thead tbody tr th td".split(
    " ",
  ),
);
const ALLOWED_ATTRIBUTES = new Set(["href", "rel", "id", "start"]);
const SAFE = /^(?:https?:\/\/|mailto:|#md-|\/files\/)/;

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<iframe src=https://evil.test></iframe>",
  "<style>*{display:none}</style>",
  "<!-- <b> --> <b onmouseover=alert(1)>x</b>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\nscript:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](javascript&colon;alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](vbscript:msgbox)",
  "[x](file:///etc/passwd)",
  "[x](//evil.test/a)",
  "[x](/admin/delete)",
  "[x](\\\\evil.test\\a)",
  "[x](../../../admin)",
  "[x](a/%2e%2e/%2e%2e/%2e%2e/admin)",
  "[x](%5c%5cevil.test)",
  '[x](https://ok.test "onmouseover=alert(1)")',
  '[x](https://ok.test/"onmouseover="alert(1))',
  "<javascript:alert(1)>",
  "![x](https://evil.test/pixel.png)",
  "![x](javascript:alert(1))",
  '!["onerror=alert(1)](https://evil.test/a.png)',
  "[![x](https://evil.test/a.png)](javascript:alert(1))",
  "[![x](javascript:alert(1))](https://ok.test)",
  '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```',
  "    </code></pre><script>alert(1)</script>",
  "`</code><script>alert(1)</script>`",
  "# <script>alert(1)</script>",
  '# x" onclick="alert(1)',
  "| a |\n|:-:|\n| <script>x</script> |",
  "[ref]\n\n[ref]: javascript:alert(1)",
  "\0<script>\0alert(1)</script>",
  `${"[".repeat(5_000)}x${"](javascript:1)".repeat(5_000)}`,
  `${"> ".repeat(5_000)}<script>`,
  `${"*a_".repeat(10_000)}`,
];

describe("renderMarkdown", () => {
  it.each(HOSTILE)("makes nothing that runs or loads of %j", (text) => {
    const { html } = render(text);
    const tags = [...html.matchAll(TAG)].map(([, name = "", rest = ""]) => ({ name, rest }));
    expect(tags.filter(({ name }) => !ALLOWED_TAGS.has(name))).toEqual([]);
    const attributes = tags.flatMap(({ rest }) => [...rest.matchAll(/([^\s=]+)="([^"]*)"/g)]);
    expect(attributes.filter(([, name = ""]) => !ALLOWED_ATTRIBUTES.has(name))).toEqual([]);
    const hrefs = attributes.filter(([, name]) => name === "href").map(([, , value]) => value);
    expect(hrefs.filter((href = "") => !SAFE.test(href) || /\/\.\.(?:\/|$)/.test(href))).toEqual(
      [],
    );
    const bare = tags.map(({ rest }) => rest.replaceAll(/\s[a-z]+="[^"]*"/g, "").trim());
    expect(bare.filter((rest) => rest !== "")).toEqual([]);
    expect(html.replaceAll(TAG, "")).not.toContain("<");
  });

  it("shows a text too long to be parsed as it was written", () => {
    const { html, headings } = render("# <b>\n".repeat(20_000));
    expect(html.startsWith("<pre># &lt;b&gt;\n")).toBe(true);
    expect(headings).toEqual([]);
  });

  it("leads relative links to the files of the skill and keeps web links, unfollowed", () => {
    expect(render("[a](./scripts/run me.sh#L1)").html).toContain("[a]");
    expect(render("[a](./scripts/../scripts/run.sh#L1)").html).toBe(
      '<p><a href="/files/scripts/run.sh" rel="nofollow noopener">a</a></p>\n',
    );
    expect(render("[a](https://ok.test/?a=1&b=2)").html).toBe(
      '<p><a href="https://ok.test/?a=1&amp;b=2" rel="nofollow noopener">a</a></p>\n',
    );
  });

  it("shows an image as a link with its alternative text", () => {
    expect(render("![a chart](img/chart.png)").html).toBe(
      '<p><a href="/files/img/chart.png" rel="nofollow noopener">a chart</a></p>\n',
    );
  });

  it("shifts headings by one, gives each an id of its own and lists them", () => {
    const { html, headings } = render("# How to `run`\n\n## Notes\n\n###### Notes\n\n[to](#notes)");
    expect(headings).toEqual([
      { depth: 2, id: "md-how-to-run", text: "How to run" },
      { depth: 3, id: "md-notes", text: "Notes" },
      { depth: 6, id: "md-notes-1", text: "Notes" },
    ]);
    expect(html).toContain('<h2 id="md-how-to-run">');
    expect(html).toContain('<a href="#md-notes" rel="nofollow noopener">to</a>');
  });
});

describe("a text made to keep the server busy", () => {
  it.each([
    [
      "a table of 1,000 columns",
      `|${"a|".repeat(1_000)}\n|${"-|".repeat(1_000)}\n${`|${"b|".repeat(1_000)}\n`.repeat(20)}`,
    ],
    ["brackets that never close", "[".repeat(50_000)],
  ])("is shown as it was written: %s", (_name, text) => {
    const { html, headings } = renderMarkdown(text, { filesHref: "/files" });
    expect(html.startsWith("<pre>")).toBe(true);
    expect(headings).toEqual([]);
  });
});
