import { isSecretName } from "../targets/secret-names.ts";
import type { Draft, OperationTable, Outcome, Reader } from "./operations.ts";
import { SHELL_CODE, runPath } from "./shell-code.ts";
import { SHELL_FILES } from "./shell-files.ts";
import { draftMining, draftWeakening, SHELL_SYSTEM } from "./shell-system.ts";
import { SHELL_WEB } from "./shell-web.ts";
import { either, outline, textValue, UNKNOWN } from "./value.ts";

const ROWS = new Map<string, Reader>([
  ...Object.entries(SHELL_FILES),
  ...Object.entries(SHELL_CODE),
  ...Object.entries(SHELL_SYSTEM),
  ...Object.entries(SHELL_WEB),
  ["${:-}", ({ args }) => orElse(args)],
  ["${/}", ({ args }) => replaced(args)],
  ["${:}", ({ args }) => sliced(args)],
  ["while-true", () => ({ drafts: [] })],
  ["cd", () => ({ drafts: [] })],
  ["true", () => ({ drafts: [] })],
  [":", () => ({ drafts: [] })],
]);

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

/** What the line as a whole says, whatever its command. */
function withLine(reader: Reader): Reader {
  return (call) => {
    const line = [call.callee, ...call.args.map(outline)].join(" ").slice(0, 600);
    const more: readonly Draft[] = [...draftWeakening(line), ...draftMining(line)];
    const outcome = reader(call);
    return more.length === 0 ? outcome : { ...outcome, drafts: [...outcome.drafts, ...more] };
  };
}

function nameOf(name: string): Outcome | undefined {
  if (!isSecretName(name))
    return name === "HOME" ? { drafts: [], value: textValue("~") } : undefined;
  return { drafts: [{ op: "read-secret", target: name, class: "environment-secret" }] };
}

/** What commands and variables of a shell do. */
export const SHELL_OPERATIONS: OperationTable = { readerOf, nameOf, indexOf: () => undefined };
