import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCommand, toMarkdown, toOutput, toQuoted } from "../../../actions/check/speak.ts";
import { obeyed } from "./run-action.ts";

/** Text as an attacker of a log would write it. */
const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom("\n", "\r", "\r\n", "::", "::error::", "::set-output name=a::b", "##[error]"),
      fc.constantFrom("%", "%0A", "%25", ",", ":", "file=x", "EOF", "::stop-commands::a", "::a::"),
      fc.constantFrom("<script>", "|", "`", "](x)", "@all", "&#60;", "<!--", "\u202e", "\0"),
      fc.string(),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("what the runner is told", () => {
  it("a command stays one line with the properties it was given, whatever is in it", () => {
    fc.assert(
      fc.property(HOSTILE, HOSTILE, HOSTILE, (file, title, message) => {
        const line = toCommand("warning", { file, line: 3, title }, message);
        expect(line.endsWith("\n")).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\r\n]/);
        const [, properties = ""] = /^::warning ([^]*?)::/.exec(line) ?? [];
        const told = properties.split(",").map((one) => one.split("=")[0]);
        expect(told).toEqual(["file", "line", "title"]);
        expect(unescaped(line.slice(`::warning ${properties}::`.length, -1))).toBe(message);
      }),
    );
  });

  it("nothing in quoted text is obeyed", () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        expect(obeyed(toQuoted(text))).toEqual([]);
      }),
    );
  });

  it("an output ends where it was meant to", () => {
    fc.assert(
      fc.property(HOSTILE, (value) => {
        const [, word = "", body] =
          /^name<<(.+)\n([^]*)\n\1\n$/.exec(toOutput("name", value)) ?? [];
        expect(body).toBe(value);
        expect(value).not.toContain(word);
      }),
    );
  });

  it("Markdown of any text holds letters, digits, spaces and references alone", () => {
    fc.assert(
      fc.property(HOSTILE, (text) => {
        expect(toMarkdown(text).replaceAll(/&#\d+;/g, "")).toMatch(/^[\p{L}\p{N} ]*$/u);
      }),
    );
  });
});

function unescaped(text: string): string {
  return text.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
}
