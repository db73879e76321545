import type { Fact } from "../facts.ts";
import type { ScanFile } from "../inventory/scan-file.ts";

const encoder = new TextEncoder();

export function fileOf(path: string, text: string, more: Partial<ScanFile> = {}): ScanFile {
  const ext = path.split(".").at(-1) ?? "";
  const languages: Readonly<Record<string, ScanFile["language"]>> = {
    py: "python",
    ts: "typescript",
    js: "javascript",
    md: "markdown",
    json: "json",
    sh: "shell",
  };
  return {
    path,
    bytes: encoder.encode(text),
    role: path === "SKILL.md" ? "manifest" : "script",
    language: languages[ext] ?? "text",
    isExecutable: false,
    isReachable: true,
    via: [],
    ...more,
  };
}

export function factOf(fact: Partial<Fact> & Pick<Fact, "op">): Fact {
  return {
    at: { file: "SKILL.md", line: 1, via: [] },
    target: null,
    class: null,
    traits: [],
    from: [],
    excerpt: "",
    ...fact,
  };
}
