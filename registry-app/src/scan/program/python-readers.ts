import type { Reader } from "./operations.ts";
import * as use from "./readers.ts";
import { draftFileRead } from "./file-drafts.ts";
import { draftWeakening } from "./shell-system.ts";
import { outline, textValue, UNKNOWN, joined } from "./value.ts";

/** What Python's own functions do to values, and what they say. */

const NO_CALL: Parameters<Reader>[0] = {
  callee: "",
  on: UNKNOWN,
  args: [],
  named: {},
  contentOf: () => UNKNOWN,
  valueOf: () => UNKNOWN,
};
const BODY = ["data", "json", "files", "content", "params"];
export const get = use.request({ url: 0, sends: false, bodies: BODY });
export const post = use.request({ url: 0, sends: true, bodies: BODY, bodyAt: [1] });
export const byMethod: Reader = (call) => {
  const sends = /POST|PUT|PATCH/i.test(outline(call.args[0] ?? textValue("")));
  return use.request({ url: 1, sends, bodies: BODY, bodyAt: sends ? [2] : [] })(call);
};
export const open = use.request({ url: 0, sends: false, bodies: ["data"], bodyAt: [] });

export const connect: Reader = ({ args }) => {
  const target = args.map((one) => (one.items ?? [one]).map(outline).join(":")).join(":");
  return {
    drafts: [
      {
        op: "download",
        target,
        class: "socket",
        traits:
          /\d{1,3}(?:\.\d{1,3}){3}/.test(target) && !/127\.|0\.0\.0\.0/.test(target)
            ? ["raw-address"]
            : [],
      },
    ],
  };
};
export const send: Reader = ({ on, args }) => {
  const facts = args.flatMap((one) => one.facts);
  const socket = on.facts.find((one) => one.class === "socket");
  return {
    drafts: [
      {
        op: "send",
        target: socket?.target ?? null,
        traits: socket?.traits ?? ["dynamic"],
        from: facts,
      },
    ],
  };
};
/** `connection.request("POST", path, body)`. */
export const sendRequest: Reader = (call) =>
  call.on.facts.some((one) => one.class === "socket") &&
  /post|put|patch/i.test(outline(call.args[0] ?? UNKNOWN))
    ? send({ ...call, args: [...call.args.slice(2), ...Object.values(call.named)] })
    : { drafts: [] };
/** `send` of something else than a socket may be anything. */
export const sendOnSocket: Reader = (call) =>
  call.on.facts.some((one) => one.class === "socket") ? send(call) : { drafts: [] };
/** A shell whose input and output are a socket. */
export const duplicate: Reader = ({ args }) => {
  const isSocket = args.some((one) => one.facts.some((fact) => fact.class === "socket"));
  return isSocket
    ? {
        drafts: [
          {
            op: "evaluate",
            target: "dup2",
            traits: ["reverse-shell"],
            from: args.flatMap((one) => one.facts),
          },
        ],
      }
    : { drafts: [] };
};
export const spawnTerminal: Reader = ({ args }) => ({
  drafts: [{ op: "run", target: outline(args[0] ?? textValue("")), class: "shell", traits: [] }],
});

export const yamlLoad: Reader = ({ args, named }) => {
  const isSafe = /safe|base/i.test(outline(named["Loader"] ?? args[1] ?? textValue("")));
  return isSafe ? { drafts: [] } : { drafts: [{ op: "deserialise", target: "yaml" }] };
};
export const path =
  (prefix: string): Reader =>
  ({ args }) => ({ drafts: [], value: args[0] === undefined ? textValue(prefix) : args[0] });
export const joinPath: Reader = ({ args }) => ({
  drafts: [],
  value: {
    ...joined(args.flatMap((one, at) => (at === 0 ? [one] : [textValue("/"), one]))),
    items: null,
  },
});
export const reader = (what: string): Reader => use.only({ op: "capture", class: what });
export const write: Reader = ({ on, args: [value = UNKNOWN] }) => {
  const to = outline(on);
  return /^[\w~./$…-][^\n]{0,300}$/.test(to)
    ? use.writePath(
        -1,
        0,
      )({
        callee: "",
        on,
        args: [value],
        named: {},
        contentOf: () => UNKNOWN,
        valueOf: () => UNKNOWN,
      })
    : { drafts: [], value };
};
export const imported: Reader = ({ args: [name = UNKNOWN] }) => ({
  drafts: [],
  value: { ...textValue(outline(name)), isPieced: name.isPieced },
});
/** `getattr(os, "system")` as a path. */
export const memberOf: Reader = ({ args: [of = UNKNOWN, name = UNKNOWN] }) =>
  of.text === null || name.text === null
    ? { drafts: [], value: of }
    : { drafts: [], value: { ...textValue(`${of.text}.${name.text}`), isPieced: name.isPieced } };
export const MADE = "/tmp/made-by-tempfile";
/** Handle and path of a file that was made; both stand for it. */
export const madeFile: Reader = () => ({
  drafts: [],
  value: { ...UNKNOWN, items: [textValue(MADE), textValue(MADE)] },
});
export const sitePackages: Reader = () => ({
  drafts: [],
  value: { ...textValue("site-packages"), items: [textValue("site-packages")] },
});
/** A connection over which requests go later. */
export const connectTo: Reader = ({ args: [host = UNKNOWN] }) => {
  const [draft] = use.request({ url: 0, sends: false, bodies: [] })({
    ...NO_CALL,
    args: [joined([textValue("https://"), host])],
  }).drafts;
  return { drafts: draft === undefined ? [] : [{ ...draft, class: "socket" }] };
};
export const format: Reader = ({ on, args }) => {
  const template = on.text ?? args[0]?.text ?? null;
  const values = on.text === null ? args.slice(1) : args;
  const flat = values.flatMap((one) => one.items ?? [one]);
  if (template === null) return { drafts: [] };
  const pieces = template.split(/\{\w{0,30}\}|%[sdr]/);
  return {
    drafts: [],
    value: joined(
      pieces.flatMap((piece, at) =>
        at === 0 ? [textValue(piece)] : [flat[at - 1] ?? UNKNOWN, textValue(piece)],
      ),
    ),
  };
};
export const slice: Reader = ({
  args: [of = UNKNOWN, from = UNKNOWN, to = UNKNOWN, step = UNKNOWN],
}) => {
  const by = Number(step.text || "1");
  if (of.text === null || Math.abs(by) !== 1) return { drafts: [], value: { ...of, text: null } };
  const part = of.text.slice(number(from.text, 0), number(to.text, of.text.length));
  return {
    drafts: [],
    value: { ...of, text: by === -1 ? [...part].toReversed().join("") : part, isPieced: true },
  };
};
const number = (text: string | null, other: number) =>
  text === null || text === "" || !/^-?\d{1,9}$/.test(text) ? other : Number(text);
export const letter: Reader = ({ args }) =>
  use.fromCodes({
    callee: "",
    on: UNKNOWN,
    args,
    named: {},
    contentOf: () => UNKNOWN,
    valueOf: () => UNKNOWN,
  });
/** `map(chr, codes)`; what else is mapped keeps its facts. */
export const map: Reader = (call) => {
  const [how, of = UNKNOWN] = call.args;
  if (how !== undefined && (how.text === "chr" || how === UNKNOWN) && of.items !== null)
    return {
      drafts:
        of.items.length >= 40 ? [{ op: "decode", target: "char-codes", class: "literal" }] : [],
      value: { ...of, items: of.items.map((one) => letterOf(one.text)) },
    };
  return { drafts: [], value: of };
};
const letterOf = (text: string | null) => {
  const code = number(text, -1);
  return code < 0 || code > 0x10_ff_ff
    ? textValue(text ?? "")
    : textValue(String.fromCodePoint(code));
};
/** Bytes from their numbers are decoded; what else is made bytes stays what it is. */
export const bytesOf: Reader = (call) => {
  const items = call.args[0]?.items ?? null;
  const isNumbers =
    items !== null && items.length > 8 && items.every((one) => /^\d{1,3}$/.test(one.text ?? ""));
  return isNumbers ? use.fromCodes(call) : use.passOn(call);
};
/** A file that goes over a line that is open, or a request. */
export const putFile: Reader = (call) => {
  const socket = call.on.facts.find((one) => one.class === "socket");
  if (socket === undefined) return post(call);
  const path = outline(call.args[0] ?? UNKNOWN);
  const { target, traits } = socket;
  return { drafts: [...draftFileRead(path), { op: "send", target, traits }] };
};
/** A command line that stands in data, for another program to run. */
export const runLater: Reader = ({ args: [line = UNKNOWN] }) => ({
  drafts: [],
  value: line,
  inner:
    line.text !== null && line.text.includes(" ")
      ? [{ text: line.text, via: "string", language: "shell" }]
      : [],
});
export const ends: Reader = ({ args: [of = UNKNOWN] }) => ({
  drafts: [],
  value:
    of.text === null ? of : { ...of, text: [...of.text].toReversed().join(""), isPieced: true },
});
export const setItem: Reader = ({ args: [of = UNKNOWN, key = UNKNOWN, value = UNKNOWN] }) => {
  const isEnvironment = /(?:^|\.)environ$/.test(outline(of));
  return isEnvironment
    ? { drafts: draftWeakening(`${outline(key)}=${outline(value)}`) }
    : { drafts: [] };
};
export const json: Reader = ({ args }) => ({
  drafts: [{ op: "encode", target: "json", from: args.flatMap((one) => one.facts) }],
});
