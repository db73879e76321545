import type { Anomaly } from "../inventory/anomaly.ts";
import { anomaliesOf, matchOf } from "./anomalies.ts";
import { BINARY_EXAMPLES as EXAMPLES } from "./binaries-examples.ts";
import type { Rule } from "./rule.ts";

const BINARY = {
  family: "obfuscation",
  confidence: "structural",
  owasp: ["AST01", "AST02"],
} as const;
const MACHINE_CODE: ReadonlySet<string> = new Set([
  "elf",
  "pe",
  "macho",
  "wasm",
  "class",
  "dex",
  "pyc",
  "a program",
]);
const PACKED: ReadonlySet<string> = new Set([
  "zip",
  "gzip",
  "tar",
  "7z",
  "rar",
  "xz",
  "crx",
  "text",
]);

function isRun({ subject }: Anomaly): boolean {
  return MACHINE_CODE.has(subject ?? "");
}

export const BINARY_RULES: readonly Rule[] = [
  {
    ...BINARY,
    id: "obfuscation.disguised-program",
    title: "A program under the name of something harmless",
    severity: "high",
    why: "A program that calls itself a picture or a text is kept out of sight until something renames and starts it.",
    remedy: "Give the file the name of what it is, or leave it out.",
    find: (evidence) =>
      anomaliesOf(evidence, "magic-mismatch")
        .filter(isRun)
        .map((one) => matchOf(one)),
    examples: EXAMPLES.disguised,
  },
  {
    ...BINARY,
    id: "obfuscation.polyglot",
    title: "A file behind the end of a file",
    severity: "high",
    why: "A picture or document with a program, an archive or a text behind its end shows one thing and carries another.",
    remedy: "Export the picture or the document again, and ship the other file on its own.",
    find: (evidence) =>
      anomaliesOf(evidence, "polyglot")
        .filter((one) => isRun(one) || PACKED.has(one.subject ?? ""))
        .map((one) => matchOf(one)),
    examples: EXAMPLES.polyglot,
  },
  {
    ...BINARY,
    id: "obfuscation.unexplained-binary",
    title: "Machine code that nothing in the skill speaks of",
    severity: "medium",
    why: "Nobody can read what it does, and SKILL.md does not say why it is there.",
    remedy: "Say in SKILL.md what the program is and how it was built, or leave it out.",
    find: (evidence) =>
      anomaliesOf(evidence, "unreferenced-executable")
        .filter((one) => isRun(one) && one.subject !== "pyc" && one.subject !== "a program")
        .map((one) => matchOf(one)),
    examples: EXAMPLES.unexplained,
  },
  {
    ...BINARY,
    id: "obfuscation.active-document",
    title: "A document or picture that starts something",
    severity: "low",
    why: "Macros and actions run when somebody opens the file, outside of what the skill asks for.",
    remedy: "Save the document without macros, actions and scripts.",
    find: (evidence) =>
      anomaliesOf(evidence, "active-content").map((one) =>
        matchOf(one, one.subject === "launch" ? "high" : "low"),
      ),
    examples: EXAMPLES.active,
  },
];
