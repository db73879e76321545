import { stripVTControlCharacters } from "node:util";
import type { Captured, RunResult } from "@assay/sandbox";
import type { Tool, ToolCall } from "../../model/index.ts";
import { printable } from "../../skill/index.ts";
import type { AgentTask } from "../ports.ts";

export const BASH: Tool = {
  name: "bash",
  description:
    "Runs a command with bash -c in /work and gives back what it wrote and its exit status. Each call is a new shell; files stay.",
  parameters: {
    type: "object",
    properties: { command: { type: "string", description: "What bash is to run." } },
    required: ["command"],
    additionalProperties: false,
  },
};

const MAX_COMMAND_LENGTH = 32_000;
const MAX_LINE_LENGTH = 4_000;
const MAX_HEAD_LENGTH = 8_000;
const MAX_TAIL_LENGTH = 4_000;

/** The skill is named and described, as an agent's host does it; what it says is for the agent to read. */
export function systemFor(skill: AgentTask["skill"]): string {
  const base = [
    "You work on the user's task in a shell on a Linux machine without a network.",
    "Your working directory is /work. Use the tool bash to look at files and to run commands.",
    "Nobody answers questions. When the task is done, say the result in plain words and call no tool.",
  ];
  return skill === null ? base.join("\n") : [...base, "", offerInWords(skill)].join("\n");
}

/** What an agent is told of a skill that it does not find by itself. */
export function offerInWords(skill: NonNullable<AgentTask["skill"]>): string {
  return [
    "One skill is installed. Its instructions are in /skill/SKILL.md.",
    "Read them first when the task is one that the description speaks of, and follow them. Otherwise leave the skill alone.",
    `name: ${skill.name}`,
    `description: ${skill.description}`,
  ].join("\n");
}

export type Command =
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "unfit"; readonly because: string };

/** The command of a call of `bash`, or what the model is told instead. */
export function readCommand({ name, arguments: given }: ToolCall): Command {
  if (name !== BASH.name)
    return { kind: "unfit", because: "There is no such tool. There is one: bash." };
  const text = given?.["command"];
  if (typeof text !== "string" || text.trim() === "" || text.includes("\0"))
    return { kind: "unfit", because: 'bash takes {"command": "…"}.' };
  if (text.length > MAX_COMMAND_LENGTH)
    return { kind: "unfit", because: `A command has at most ${MAX_COMMAND_LENGTH} characters.` };
  return { kind: "command", text };
}

/** A command as one line, for patterns and pages. */
export function toLine(command: string): string {
  const line = command
    .split("\n")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("; ");
  return printable(line.slice(0, MAX_LINE_LENGTH).toWellFormed());
}

/** What the model is told of a command that ran. */
export function sayResult(ran: Extract<RunResult, { kind: "ran" }>): string {
  const { end, exitCode, signal } = ran;
  const how =
    end === "exit"
      ? `exit status ${exitCode ?? "unknown"}`
      : end === "signal"
        ? `killed by ${signal ?? "a signal"}`
        : {
            timeout: "ended: out of time",
            oom: "killed: out of memory",
            "output-limit": "ended: too much output",
          }[end];
  const errors = sayStream(ran.stderr);
  return [sayStream(ran.stdout), errors === "" ? "" : `stderr:\n${errors}`, `(${how})`]
    .filter((part) => part !== "")
    .join("\n");
}

/** Readable, safe for a terminal and a log, and no longer than a model should read: its beginning and its end. */
function sayStream({ bytes, isTruncated }: Captured): string {
  const text = stripVTControlCharacters(Buffer.from(bytes).toString("utf8")).replaceAll(
    "\r\n",
    "\n",
  );
  const isLong = text.length > MAX_HEAD_LENGTH + MAX_TAIL_LENGTH;
  const left = text.length - MAX_HEAD_LENGTH - MAX_TAIL_LENGTH;
  const cut = isLong
    ? `${text.slice(0, MAX_HEAD_LENGTH).toWellFormed()}\n… ${left} characters left out …\n${text.slice(-MAX_TAIL_LENGTH).toWellFormed()}`
    : text;
  const safe = cut
    .split("\n")
    .map((line) => line.split("\t").map(printable).join("\t"))
    .join("\n")
    .trimEnd();
  return isTruncated ? `${safe}\n… the rest was not kept …` : safe;
}
