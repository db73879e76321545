import { describe, expect, it } from "vitest";
import type { AgentTrace } from "../ports.ts";
import { PATTERN_WORK } from "./pattern.ts";
import { gradeTrace } from "./trace.ts";

const TRACE: AgentTrace = {
  kind: "ran",
  end: "done",
  final: "",
  transcript: "",
  commands: ["cat SKILL.md", "git log --oneline"],
  isSkillRead: true,
  toolCalls: 2,
  tokens: null,
  files: [],
  notes: [],
  durationMs: 1,
  cpuMs: null,
  peakMemoryBytes: null,
};

describe("trace checks", () => {
  const grader = {
    kind: "trace",
    name: "way",
    weight: 1,
    isRequired: true,
    isSkillRead: null,
    ran: [],
    notRan: [],
    maxToolCalls: null,
    maxTokens: null,
  } as const;
  const pattern = (source: string) => [{ source, flags: "" }];
  it.each([
    ["that the skill was read", { isSkillRead: true }, true],
    ["that it was not", { isSkillRead: false }, false],
    ["a command", { ran: pattern("^git log") }, true],
    ["a command that was not run", { ran: pattern("npm") }, false],
    ["no such command", { notRan: pattern("rm -rf") }, true],
    ["one that should not be", { notRan: pattern("git") }, false],
    ["few calls", { maxToolCalls: 2 }, true],
    ["too many calls", { maxToolCalls: 1 }, false],
  ])("judge %s", (_name, own, isFine) => {
    const checks = gradeTrace({ ...grader, ...own }, TRACE, { left: PATTERN_WORK });
    expect(checks.map(({ passed }) => passed)).toEqual([isFine]);
  });
});
