import { isSecretName } from "../targets/secret-names.ts";
import type { Called, Draft, Inner, OperationTable, Outcome, Reader } from "./operations.ts";
import { SHELL_CODE, runPath } from "./shell-code.ts";
import { SHELL_FILES } from "./shell-files.ts";
import { draftMining, draftWeakening, SHELL_SYSTEM } from "./shell-system.ts";
import { baseName } from "./lower-command.ts";
import { SHELL_WINDOWS } from "./shell-windows.ts";
import { SHELL_WEB } from "./shell-web.ts";
import { either, outline, textValue, UNKNOWN } from "./value.ts";

const ROWS = new Map<string, Reader>([
  ...Object.entries(SHELL_FILES),
  ...Object.entries(SHELL_CODE),
  ...Object.entries(SHELL_SYSTEM),
  ...Object.entries(SHELL_WEB),
  ...Object.entries(SHELL_WINDOWS),
  ["${:-}", ({ args }) => orElse(args)],
  ["${/}", ({ args }) => replaced(args)],
  ["${:}", ({ args }) => sliced(args)],
  ["while-true", () => ({ drafts: [{ op: "exhaust", class: "loop", target: null }] })],
  ["fork-bomb", () => ({ drafts: [{ op: "exhaust", class: "fork-bomb", target: null }] })],
  ["run-word", (call) => runWord(call)],
  ["which", ({ args }) => ({ drafts: [], value: args.at(-1) ?? UNKNOWN })],
  ["type", ({ args }) => ({ drafts: [], value: args.at(-1) ?? UNKNOWN })],
  ["test", () => ({ drafts: [] })],
  ["[", () => ({ drafts: [] })],
  ["cd", () => ({ drafts: [] })],
  ["true", () => ({ drafts: [] })],
  [":", () => ({ drafts: [] })],
]);

/** A command whose first word is put together: looked up when it is known, data that is run when it was brought in. */
function runWord(call: Called): Outcome {
  const text = call.on.text;
  if (text === null) {
    const isData = call.on.facts.some(({ op }) => op === "download" || op === "decode");
    if (!isData) return { drafts: [] };
    return { drafts: [{ op: "evaluate", target: null, from: call.on.facts, traits: ["dynamic"] }] };
  }
  const own = call.valueOf("IFS").text ?? "";
  const apart = own.length === 1 && own !== " " ? text.replaceAll(own, " ") : text;
  const [first = "", ...more] = apart.trim().split(/\s{1,20}/);
  const callee = baseName(first);
  const reader = callee === "run-word" ? undefined : readerOf(callee);
  if (reader === undefined) return { drafts: [] };
  return reader({
    ...call,
    callee,
    on: UNKNOWN,
    args: [...more.map((one) => textValue(one)), ...call.args],
  });
}

type Args = Parameters<Reader>[0]["args"];

function orElse([name = UNKNOWN, other = UNKNOWN]: Args): Outcome {
  return { drafts: [], value: name.text === null ? either(name, other) : name };
}

function replaced([name = UNKNOWN, pattern = UNKNOWN, by = UNKNOWN]: Args): Outcome {
  const isKnown =
    name.text !== null && pattern.text !== null && pattern.text !== "" && by.text !== null;
  const text = isKnown ? (name.text ?? "").replaceAll(pattern.text ?? "", by.text ?? "") : null;
  return { drafts: [], value: { ...name, text, isPieced: true } };
}

function sliced([name = UNKNOWN, from = UNKNOWN, length]: Args): Outcome {
  const start = Number(from.text ?? Number.NaN);
  const count = length === undefined ? undefined : Number(length.text ?? Number.NaN);
  if (
    name.text === null ||
    !Number.isInteger(start) ||
    (count !== undefined && !Number.isInteger(count))
  )
    return { drafts: [], value: { ...name, text: null } };
  const rest = name.text.slice(start);
  return {
    drafts: [],
    value: { ...name, text: count === undefined ? rest : rest.slice(0, count), isPieced: true },
  };
}

function readerOf(callee: string): Reader | undefined {
  const row = ROWS.get(callee) ?? ROWS.get(callee.replace(/[\d.]{1,6}$/, ""));
  if (row === undefined)
    return callee.includes("/")
      ? withLine(runPath)
      : callee === ""
        ? undefined
        : withLine(unknownCommand);
  return callee === "echo" || callee === "printf" ? row : withLine(row);
}

/** A program that is not in the table: started, with what flows into it. */
const unknownCommand: Reader = (call) => {
  const named = /^[A-Za-z][\w.+-]{0,60}$/.test(call.callee);
  const file = call.contentOf(call.callee);
  if (file.facts.length > 0) return runPath(call);
  return {
    drafts: named
      ? [{ op: "run", target: [call.callee, ...call.args.map(outline)].join(" ").slice(0, 200) }]
      : [],
  };
};

/** Commands that run a line that they are given, and `… sh -c line` behind a container's or a host's name. */
const LINE_RUNNERS: ReadonlySet<string> = new Set([
  "trap",
  "watch",
  "su",
  "parallel",
  "flock",
  "script",
  "at",
]);

function commandWithin({ callee, args }: Called): Inner | null {
  const at = args.findIndex(
    (one, place) =>
      /^-\w{0,3}c$/.test(outline(one)) &&
      (callee === "su" || /(?:^|\/)(?:ba|z|da|a)?sh$/.test(outline(args[place - 1] ?? UNKNOWN))),
  );
  const runs = LINE_RUNNERS.has(callee)
    ? args.find((one) => /^[^-].{0,300} /.test(outline(one)))
    : undefined;
  const line = (at < 0 ? undefined : args[at + 1]) ?? runs;
  return line?.text === undefined || line.text === null
    ? null
    : { text: line.text, via: "string", language: "shell" };
}

/** What the line as a whole says, whatever its command. */
function withLine(reader: Reader): Reader {
  return (call) => {
    const line = [call.callee, ...call.args.map(outline)].join(" ").slice(0, 600);
    const more: readonly Draft[] = [...draftWeakening(line), ...draftMining(line)];
    const given = reader(call);
    const shown = commandWithin(call);
    const outcome = shown === null ? given : { ...given, inner: [...(given.inner ?? []), shown] };
    return more.length === 0 ? outcome : { ...outcome, drafts: [...outcome.drafts, ...more] };
  };
}

/** Variables that tell where a program runs. */
const PLACE =
  /^(?:CI|GITHUB_ACTIONS|GITLAB_CI|HOSTNAME|SANDBOX|IS_SANDBOX|CODESPACES|KUBERNETES_SERVICE_HOST)$/;

function nameOf(name: string): Outcome | undefined {
  if (PLACE.test(name)) return { drafts: [{ op: "sense", target: name }] };
  if (!isSecretName(name))
    return name === "HOME" ? { drafts: [], value: textValue("~") } : undefined;
  return { drafts: [{ op: "read-secret", target: name, class: "environment-secret" }] };
}

/** What commands and variables of a shell do. */
export const SHELL_OPERATIONS: OperationTable = { readerOf, nameOf, indexOf: () => undefined };
