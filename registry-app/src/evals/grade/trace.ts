import type { Grader, Pattern } from "../format/types.ts";
import type { AgentTrace } from "../ports.ts";
import { makeCheck, quote, type Check } from "./check.ts";
import { compilePattern, findPattern, type Work } from "./pattern.ts";

type TraceGrader = Extract<Grader, { kind: "trace" }>;

/** Holds what an agent did on its way against what the case allows. */
export function gradeTrace(grader: TraceGrader, trace: AgentTrace, work: Work): readonly Check[] {
  const { name, weight, isRequired, isSkillRead, maxToolCalls, maxTokens } = grader;
  const own = { weight, isRequired };
  const check = (what: string, passed: boolean, expected: string, actual: string) =>
    makeCheck(`${name}: ${what}`, passed, expected, actual, own);
  const read = trace.isSkillRead ? "read" : "not read";
  const calls = String(trace.toolCalls);
  return [
    ...(isSkillRead === null
      ? []
      : [
          check(
            "skill",
            trace.isSkillRead === isSkillRead,
            isSkillRead ? "read" : "not read",
            read,
          ),
        ]),
    ...grader.ran.map((pattern) => {
      const { isSure, command } = findCommand(pattern, trace.commands, work);
      const actual = command ?? `none of ${trace.commands.length} commands`;
      return check("ran", isSure && command !== undefined, `/${pattern.source}/`, quote(actual));
    }),
    ...grader.notRan.map((pattern) => {
      const { isSure, command } = findCommand(pattern, trace.commands, work);
      const actual = isSure ? (command ?? "no such command") : "too many commands to look through";
      return check(
        "did not run",
        isSure && command === undefined,
        `no /${pattern.source}/`,
        quote(actual),
      );
    }),
    ...(maxToolCalls === null
      ? []
      : [check("tool calls", trace.toolCalls <= maxToolCalls, `at most ${maxToolCalls}`, calls)]),
    ...(maxTokens === null || trace.tokens === null
      ? []
      : [check("tokens", trace.tokens <= maxTokens, `at most ${maxTokens}`, String(trace.tokens))]),
  ];
}

function findCommand(pattern: Pattern, commands: readonly string[], work: Work) {
  const compiled = compilePattern(pattern);
  if (compiled.kind === "bad") return { isSure: false, command: undefined };
  let isSure = true;
  for (const command of commands) {
    const found = findPattern(compiled.re, command, work);
    if (found === "found") return { isSure: true, command };
    if (found === "unknown") isSure = false;
  }
  return { isSure, command: undefined };
}
