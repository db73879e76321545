/** The six fields of the Agent Skills specification. */
export const SPEC_FIELDS = [
  "allowed-tools",
  "compatibility",
  "description",
  "license",
  "metadata",
  "name",
] as const;

const CLAUDE = "Claude Code";
const SEVERAL = "several clients and catalogues";

/** Fields beyond the specification and the clients that read them. */
export const CLIENT_FIELDS: ReadonlyMap<string, string> = new Map([
  ["agent", CLAUDE],
  ["argument-hint", "Claude Code, Codex and Copilot"],
  ["arguments", CLAUDE],
  ["context", CLAUDE],
  ["disable-model-invocation", "Claude Code, Copilot, Cursor and OpenClaw"],
  ["disallowed-tools", CLAUDE],
  ["effort", CLAUDE],
  ["hooks", CLAUDE],
  ["model", "Claude Code and Copilot"],
  ["paths", "Claude Code and Cursor"],
  ["shell", CLAUDE],
  ["user-invocable", "Claude Code, Copilot and OpenClaw"],
  ["when_to_use", CLAUDE],
  ["command-arg-mode", "OpenClaw"],
  ["command-dispatch", "OpenClaw"],
  ["command-tool", "OpenClaw"],
  ["emoji", "OpenClaw and ClawHub"],
  ["homepage", "OpenClaw and ClawHub"],
  ["platforms", "Hermes Agent"],
  ["prerequisites", "Hermes Agent"],
  ["required_environment_variables", "Hermes Agent"],
  ["author", SEVERAL],
  ["category", SEVERAL],
  ["keywords", SEVERAL],
  ["repository", SEVERAL],
  ["tags", SEVERAL],
  ["version", SEVERAL],
]);
