import type { Layer } from "../facts.ts";

export type FileRole =
  | "manifest" // SKILL.md
  | "instruction" // another Markdown or text that a model is told to read
  | "reference"
  | "script"
  | "asset"
  | "test"
  | "binary"
  | "archive"
  | "lockfile"
  | "dependencies" // package.json, requirements.txt, pyproject.toml …
  | "config-hook"; // settings.json, hooks, mcp.json, .npmrc, git hooks

export type Language =
  | "markdown"
  | "shell"
  | "powershell"
  | "batch"
  | "python"
  | "javascript"
  | "typescript"
  | "json"
  | "yaml"
  | "toml"
  | "html"
  | "xml"
  | "csv"
  | "text"
  | "other";

/** One file of the skill, or of an archive in it. */
export type ScanFile = {
  /** `dir/file`, or `bundle.zip!/dir/file` for a member. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly role: FileRole;
  readonly language: Language;
  readonly isExecutable: boolean;
  /** SKILL.md names it, or names what names it. */
  readonly isReachable: boolean;
  /** How it was got at, outermost first; empty for a file of the folder. */
  readonly via: readonly Layer[];
};

/** One text to be read: a file's, or one that was uncovered in it. */
export type TextView = {
  readonly file: ScanFile;
  readonly text: string;
  /** The line of the file, as it lies, for an offset of `text`. 1-based. */
  readonly lineAt: (offset: number) => number;
  readonly via: readonly Layer[];
};

/** What became of one file. A verdict never rests on what was not read. */
export type FileCoverage = {
  readonly file: string;
  readonly state: "analysed" | "partly" | "not-analysed";
  /** Why not whole, as a sentence; null when it was. */
  readonly because: string | null;
};
