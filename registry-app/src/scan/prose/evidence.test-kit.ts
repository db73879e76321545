import type { Evidence } from "../rules/rule.ts";
import type { TextView } from "../inventory/scan-file.ts";
import { readMarkdown } from "./read-markdown.ts";

/** A text as a view of a file of its own. */
export function viewOfText(text: string, path = "SKILL.md"): TextView {
  const starts = [0];
  for (const found of text.matchAll(/\n/g)) starts.push(found.index + 1);
  return {
    file: {
      path,
      bytes: Buffer.from(text),
      role: "manifest",
      language: "markdown",
      isExecutable: false,
      isReachable: true,
      via: [],
    },
    text,
    lineAt: (offset) => Math.max(1, starts.filter((start) => start <= offset).length),
    via: [],
  };
}

/** What the rules about prose need to know of one SKILL.md. */
export function evidenceOfText(text: string): Evidence {
  const view = viewOfText(text);
  const reading = readMarkdown(view);
  const hidden = reading.hidden.map(readMarkdown);
  return {
    about: {
      name: /^name: (.*)$/m.exec(text)?.[1] ?? "",
      description: /^description: (.*)$/m.exec(text)?.[1] ?? "",
      allowedTools: [],
      compatibility: "",
      hosts: new Set(),
    },
    files: [view.file],
    facts: [],
    anomalies: [],
    dependencies: [],
    licences: [],
    advisoryMatches: [],
    directives: [...reading.directives, ...hidden.flatMap(({ directives }) => directives)],
    links: [...reading.links, ...hidden.flatMap(({ links }) => links)],
    standingAt: ({ line }) => reading.standingAt(line),
    isReachable: () => true,
  };
}
