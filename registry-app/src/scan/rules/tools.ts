import { BUILTIN_TOOLS } from "../dependencies/known-skills.ts";
import type { Match } from "../types.ts";
import type { Evidence, Rule } from "./rule.ts";
import { TOOL_CLAIM_RULES } from "./tools-claims.ts";

function manifestOf({ files }: Evidence): Match["at"] {
  const file = files.find(({ role }) => role === "manifest")?.path ?? "SKILL.md";
  return { file, line: 1, via: [] };
}

const ALL_TOOLS = /^(?:\*|all|any|mcp__\*)$/i;
const ALL_COMMANDS = /^(?:bash|shell|execute|terminal)\(\s{0,4}(?:\*|\*:\*|:\*)\s{0,4}\)$/i;

function findBroad(evidence: Evidence): readonly Match[] {
  return evidence.about.allowedTools
    .filter((tool) => ALL_TOOLS.test(tool.trim()) || ALL_COMMANDS.test(tool.trim()))
    .slice(0, 3)
    .map((tool) => ({
      at: manifestOf(evidence),
      evidence: `allowed-tools: ${tool}`,
      message: `allowed-tools lets the skill use ${ALL_TOOLS.test(tool.trim()) ? "every tool" : "every command"} without asking.`,
      chain: [],
      severity: ALL_TOOLS.test(tool.trim()) ? "low" : "info",
    }));
}

function findShadows(evidence: Evidence): readonly Match[] {
  const name = evidence.about.name
    .trim()
    .toLowerCase()
    .replace(/[\s_]{1,20}/g, "-");
  if (!BUILTIN_TOOLS.has(name)) return [];
  return [
    {
      at: manifestOf(evidence),
      evidence: `name: ${name}`,
      message: `The skill is named like the built-in tool ${name}.`,
      chain: [],
    },
  ];
}

const skill = (name: string, tools: string) => ({
  "SKILL.md": `---\nname: ${name}\ndescription: Does a thing.\nallowed-tools: ${tools}\n---\n\nUse it.\n`,
});

export const TOOL_RULES: readonly Rule[] = [
  {
    id: "tools.too-broad",
    family: "tools",
    title: "Asks for every tool",
    severity: "low",
    confidence: "structural",
    owasp: ["AST03"],
    why: "What allowed-tools names is used without asking the person.",
    remedy: "Name the tools and commands that the skill needs.",
    find: findBroad,
    examples: {
      flags: [{ name: "every tool", files: skill("helper", '"*"') }],
      passes: [{ name: "some tools", files: skill("helper", "Read Bash(git:*)") }],
    },
  },
  {
    id: "tools.shadowing",
    family: "tools",
    title: "Named like a built-in tool",
    severity: "low",
    confidence: "structural",
    owasp: ["AST03"],
    why: "A model that means the tool may take the skill instead.",
    remedy: "Give the skill a name of its own.",
    find: findShadows,
    examples: {
      flags: [{ name: "a skill called web-search", files: skill("web-search", "Read") }],
      passes: [{ name: "a skill about searching", files: skill("search-papers", "Read") }],
    },
  },
  ...TOOL_CLAIM_RULES,
];
