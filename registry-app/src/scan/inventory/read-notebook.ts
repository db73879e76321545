import { NOTHING_IN_IT, textPart, type Opened } from "./part.ts";
import type { Language } from "./scan-file.ts";

const MAX_CELLS = 5000;

type Sheet = { readonly lines: string[] };

/** Cells of a notebook, each line of them on the line of the file that it stands on. */
export function readNotebook(source: string): Opened {
  const notebook = parse(source);
  const cells = listOf(recordOf(notebook)["cells"]).slice(0, MAX_CELLS);
  if (cells.length === 0)
    return {
      ...NOTHING_IN_IT,
      gaps: notebook === null ? ["It is no notebook that can be read."] : [],
    };
  const sheets: Record<"code" | "shell" | "text" | "outputs", Sheet> = {
    code: { lines: [] },
    shell: { lines: [] },
    text: { lines: [] },
    outputs: { lines: [] },
  };
  const find = finder(source);
  for (const cell of cells.map(recordOf)) {
    const isCode = cell["cell_type"] === "code";
    const lines = linesOf(cell["source"]);
    const isShell = isCode && /^%%(?:bash|sh|script|!)/.test(lines[0] ?? "");
    for (const line of lines) {
      const at = find(line);
      if (!isCode) put(sheets.text, at, line);
      else if (isShell) put(sheets.shell, at, line.startsWith("%%") ? "" : line);
      else if (/^\s{0,20}[!]/.test(line)) put(sheets.shell, at, line.replace("!", ""));
      else put(sheets.code, at, line.replace(/^(\s{0,20})%/, "$1#%"));
    }
    for (const output of listOf(cell["outputs"]).map(recordOf))
      for (const line of [...linesOf(output["text"]), ...dataOf(output)])
        put(sheets.outputs, find(line), line);
  }
  return {
    ...NOTHING_IN_IT,
    parts: [
      ...partOf("cells.py", sheets.code, languageOf(notebook)),
      ...partOf("cells.sh", sheets.shell, "shell"),
      ...partOf("cells.md", sheets.text, "markdown"),
      ...partOf("outputs.txt", sheets.outputs, "text"),
    ],
  };
}

function languageOf(notebook: unknown): Language {
  const metadata = recordOf(recordOf(notebook)["metadata"]);
  const named =
    recordOf(metadata["kernelspec"])["language"] ?? recordOf(metadata["language_info"])["name"];
  if (named === "javascript" || named === "typescript") return named;
  return named === "bash" ? "shell" : "python";
}

function dataOf(output: Readonly<Record<string, unknown>>): readonly string[] {
  const data = recordOf(output["data"]);
  return [
    ...linesOf(data["text/plain"]),
    ...linesOf(data["text/html"]),
    ...linesOf(data["text/markdown"]),
  ];
}

function partOf(name: string, { lines }: Sheet, language: Language): Opened["parts"] {
  const text = Array.from(lines, (line) => line ?? "").join("\n");
  return text.trim() === "" ? [] : [textPart(name, text, language)];
}

function put({ lines }: Sheet, at: number, line: string): void {
  // On one line of the file may stand many of a cell: the later ones follow.
  lines[Math.max(at - 1, lines.length)] = line;
}

/** The line of the file for each line of a cell: cells come in order, so that the search goes on where it was. */
function finder(source: string): (text: string) => number {
  let [at, line] = [0, 1];
  return (text) => {
    const quoted = JSON.stringify(text).slice(1, -1);
    const found = quoted === "" ? -1 : source.indexOf(quoted.slice(0, 400), at);
    if (found < 0 || found - at > 4 * 1024 * 1024) return line;
    for (
      let next = source.indexOf("\n", at);
      next >= 0 && next < found;
      next = source.indexOf("\n", next + 1)
    )
      line += 1;
    at = found;
    return line;
  };
}

function linesOf(value: unknown): readonly string[] {
  const text = Array.isArray(value)
    ? value.filter((one) => typeof one === "string").join("")
    : value;
  return typeof text === "string" ? text.split("\n") : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}
