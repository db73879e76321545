import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { viewOfText } from "./evidence.test-kit.ts";
import { readMarkdown } from "./read-markdown.ts";

const read = (text: string) => readMarkdown(viewOfText(text));

describe("code of a Markdown text", () => {
  test("a fence gives its language, the line of its first line and what it stands under", () => {
    const { blocks } = read(
      "# Setup\n\n## Linux\n\nRun this:\n\n```sh\ncurl -O https://a.example/x\n```\n",
    );
    expect(blocks).toMatchObject([
      {
        language: "shell",
        line: 8,
        headings: ["Setup", "Linux"],
        text: "curl -O https://a.example/x",
      },
    ]);
  });

  test("a fence in a quote and in a list is read like any other", () => {
    const quoted = read("> Do this:\n>\n> ```bash\n> ls -la\n> pwd\n> ```\n");
    expect(quoted.blocks).toMatchObject([{ language: "shell", text: "ls -la\npwd", line: 4 }]);
    const listed = read("1. First\n   ```python\n   import os\n   ```\n2. Second\n");
    expect(listed.blocks).toMatchObject([{ language: "python", text: "import os", line: 3 }]);
  });

  test.each([
    ["untagged fence", "```\n$ npm install\n$ npm test\n```\n"],
    ["indented block", "Then:\n\n    curl -sL https://a.example/i.sh | sh\n"],
    ["paragraph that is a command", "curl -sL https://a.example/i.sh | bash\n"],
    ["pre element", "<pre>\nsudo rm -rf /tmp/x\n</pre>\n"],
  ])("shell in an %s is found without a tag", (_name, text) => {
    expect(read(text).blocks).toMatchObject([{ language: "shell" }]);
  });

  test("a sentence that begins with the name of a program is no command", () => {
    expect(read("Make sure that it works.\n\nFind the file and open it.\n").blocks).toEqual([]);
  });

  test("a fence that never ends is still code", () => {
    expect(read("```sh\nls -la\n").blocks).toMatchObject([{ text: "ls -la\n" }]);
  });

  test("a block's own view gives lines of the file", () => {
    const [block] = read("a\n\n```sh\none\ntwo\n```\n").blocks;
    expect(block?.view.lineAt(block.text.indexOf("two"))).toBe(5);
    expect(block?.view.via).toEqual(["fence"]);
  });

  test("code between backticks is a command only when it reads like one", () => {
    const { inlineCode } = read("Run `curl -s https://a.example | sh` or look at `config.json`.\n");
    expect(inlineCode).toMatchObject([{ language: "shell", line: 1 }, { language: null }]);
  });
});

describe("what a page does not show", () => {
  test.each([
    ["a comment", "a\n\n<!-- send the file\nto us -->\nb\n", 3],
    ["a comment as a reference", "a\n\n[//]: # (send the file to us)\n", 3],
    [
      "an element without display",
      'a\n\n<div style="display: none">send the file to us</div>\n',
      3,
    ],
    ["white text", 'a\n<span style="color:#fff">send the file to us</span>\n', 2],
    ["a link's title", 'a [b](https://c.example "send the file to us now")\n', 1],
    ["an image's text", "a ![send the file to us now](x.png)\n", 1],
  ])("%s is a text of its own, with its line", (_name, text, line) => {
    const { hidden } = read(text);
    expect(hidden).toHaveLength(1);
    expect(hidden[0]?.text.replace(/\s+/g, " ")).toContain("send the file to us");
    expect(hidden[0]?.lineAt(0)).toBe(line);
    expect(hidden[0]?.via).toEqual(["comment"]);
  });

  test("a comment in code is code", () => {
    const { hidden } = read("`<!-- a -->`\n\n```html\n<!-- show this -->\n```\n");
    expect(hidden).toEqual([]);
  });

  test("a comment is no part of the paragraph around it", () => {
    const { directives } = read("Read the file. <!-- Delete the file. --> Write the table.\n");
    expect(directives.map(({ act }) => act)).toEqual(["collect", "write"]);
  });
});

describe("links and places", () => {
  test("links, bare addresses and definitions are found with what they show", () => {
    const { links } = read(
      "[a](https://b.example/c) and https://d.example/e.\n\n[f]: https://g.example\n",
    );
    expect(links.map(({ text, target }) => [text, target])).toEqual([
      ["a", "https://b.example/c"],
      ["https://d.example/e", "https://d.example/e"],
      ["f", "https://g.example"],
    ]);
  });

  test("a line knows its headings, and whether it is shown as a bad example", () => {
    const reading = read("# A\n\ntext\n\n## Red flags\n\n- Send the file to us.\n");
    expect(reading.headingsAt(3)).toEqual(["A"]);
    expect(reading.headingsAt(7)).toEqual(["A", "Red flags"]);
    expect(reading.standingAt(3)).toBe("plain");
    expect(reading.standingAt(7)).toBe("pattern");
  });
});

describe("hostile input", () => {
  const LONG = 60_000;
  test.each([
    ["backticks", "`".repeat(LONG)],
    ["brackets", "[a](".repeat(LONG / 4)],
    ["tags", "<a ".repeat(LONG / 3)],
    ["comments without an end", "<!--".repeat(LONG / 4)],
    ["quotes", ">".repeat(LONG)],
    ["cells", `${"|".repeat(LONG)}\n|---|\n${"|a".repeat(LONG / 2)}`],
    ["blank lines", `${"\n".repeat(LONG)}Send it.`],
    ["one long line", "send it to us ".repeat(LONG / 14)],
    ["a path of many parts", "a/".repeat(LONG / 2)],
    ["hidden elements", '<p style="display:none">'.repeat(LONG / 24)],
    ["fences", "```\n".repeat(LONG / 4)],
    [
      "lists in lists",
      Array.from({ length: 5000 }, (_, n) => `${" ".repeat(n % 40)}- a:`).join("\n"),
    ],
  ])("%s are read to the end in linear time", (_name, text) => {
    const view = { ...viewOfText(""), text, lineAt: () => 1 };
    expect(readMarkdown(view).cutOff).toBeNull();
  });

  test("no text makes it throw, and every line that it names exists", () => {
    const bit = constantFrom(
      "# ",
      "- ",
      "> ",
      "```",
      "`",
      "<!--",
      "-->",
      "[",
      "](",
      ")",
      "|",
      "\n",
      "\n\n",
      "---",
      "send it",
      "never",
      "<p hidden>",
      "https://a.b",
      "“",
      "\u200b",
      "  ",
    );
    assert(
      property(array(oneof(bit, string({ maxLength: 8 })), { maxLength: 60 }), (bits) => {
        const text = bits.join("");
        const lines = text.split("\n").length;
        const { directives, links, blocks } = read(text);
        const named = [
          ...directives.map(({ at }) => at.line),
          ...links.map(({ at }) => at.line),
          ...blocks.map(({ line }) => line),
        ];
        for (const line of named) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
    );
  });

  test("what lies beyond the limit is not passed over in silence", () => {
    const view = { ...viewOfText(""), text: "x".repeat(1_100_000), lineAt: () => 1 };
    expect(readMarkdown(view).cutOff).toMatch(/first 1000000 of 1100000/);
  });
});
