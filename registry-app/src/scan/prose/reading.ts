import type { Language, TextView } from "../inventory/scan-file.ts";
import type { ProgramLanguage } from "../program/ir.ts";
import type { Link } from "../rules/rule.ts";
import type { Directive, Standing } from "./directives.ts";

/** Code of a Markdown text, between fences, indented, or a paragraph that is a command. */
export type CodeBlock = {
  readonly text: string;
  /** Null when neither the tag nor the text tells. */
  readonly language: ProgramLanguage | Language | null;
  /** The line of the file where its first line of content lies. */
  readonly line: number;
  readonly headings: readonly string[];
  readonly standing: Standing;
  /** What stands behind the opening fence, as written. */
  readonly info: string;
  /** The block as a text of its own, with the file's lines. */
  readonly view: TextView;
};

export type InlineCode = {
  readonly text: string;
  /** `shell` when it reads like a command line. */
  readonly language: "shell" | null;
  readonly line: number;
  readonly headings: readonly string[];
  readonly standing: Standing;
  readonly view: TextView;
};

export type MarkdownReading = {
  readonly blocks: readonly CodeBlock[];
  readonly inlineCode: readonly InlineCode[];
  readonly links: readonly Link[];
  readonly directives: readonly Directive[];
  /** Comments, hidden elements, titles, alternative texts: each to be read like a file of its own. */
  readonly hidden: readonly TextView[];
  readonly headingsAt: (line: number) => readonly string[];
  readonly standingAt: (line: number) => Standing;
  /** What was not read, as a sentence; null when everything was. */
  readonly cutOff: string | null;
};
