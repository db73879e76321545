import { expect, it } from "vitest";
import { textPieces } from "../src/data/safe-text.ts";
import { readStream } from "../src/data/terminal-text.ts";
import { HOSTILE } from "./fixture-evals.ts";

const read = (text: string) => readStream({ base64: Buffer.from(text).toString("base64") });

it.each([
  ["colours go", "\u001B[1;31mred\u001B[0m", "red"],
  ["lines of Windows are lines", "a\r\nb", "a\nb"],
  ["what moves the cursor stays, to be shown by name", "\u001B[2Jx", "\u001B[2Jx"],
])("in what a program wrote, %s", (_what, written, text) => {
  expect(read(written)).toBe(text);
});

it("nothing of it reaches a page as a control character", () => {
  const shown = textPieces(read(HOSTILE))
    .map(({ text }) => text)
    .join("");
  expect(shown).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(shown).toContain("red");
});

it("a page shows the beginning of much output, and no more", () => {
  expect(read("x".repeat(1_000_000)).length).toBe(64 * 1024);
});
