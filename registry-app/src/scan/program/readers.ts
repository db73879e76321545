import { reckon } from "./reckon.ts";
import { classifyPath } from "../targets/classify-path.ts";
import { isSecretName } from "../targets/secret-names.ts";
import { decodeText, type Decoding } from "./decode.ts";
import { draftFileRead, draftFileWrite } from "./file-drafts.ts";
import type { ProgramLanguage } from "./ir.ts";
import type { Draft, Inner, Outcome, Reader } from "./operations.ts";
import { draftMining, draftWeakening } from "./shell-system.ts";
import {
  either,
  factsOf,
  joinFacts,
  joined,
  outline,
  textValue,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { draftRequest } from "./web-drafts.ts";

/** Readers that more than one language's table is made of. */

export const only =
  (draft: Draft): Reader =>
  ({ args }) => ({
    drafts: [
      { ...draft, target: draft.target ?? (args[0] === undefined ? null : outline(args[0])) },
    ],
  });

/** Hands on what it was called on or given, and says nothing. */
export const passOn: Reader = ({ on, args }) => ({
  drafts: [],
  value:
    on.text === null && on.facts.length === 0 && on.items === null
      ? (args[0] ?? UNKNOWN)
      : { ...on, facts: joinFacts(on.facts, ...args.map((one) => one.facts)) },
});

/** A variable of the environment by its name, with what is taken when it is not set. */
export const readVariable: Reader = ({ args: [name = UNKNOWN, other] }) =>
  variableOutcome(name, other);

export function variableOutcome(name: Value, other?: Value): Outcome {
  const key = name.text;
  const text = other?.text ?? null;
  if (key === null || !isSecretName(key)) return { drafts: [], text };
  return { drafts: [{ op: "read-secret", target: key, class: "environment-secret" }], text };
}

export type RequestShape = {
  /** Position of the address among the arguments. */
  readonly url: number;
  readonly sends: boolean;
  /** Named arguments that go out. */
  readonly bodies: readonly string[];
  /** Positions of arguments that go out. */
  readonly bodyAt?: readonly number[];
};

export const request =
  ({ url, sends, bodies, bodyAt = [] }: RequestShape): Reader =>
  ({ args, named, on }) => {
    const address = args[url] ?? named["url"] ?? named["hostname"] ?? named["host"] ?? on;
    const body = [
      ...bodies.flatMap((key) => (named[key] === undefined ? [] : [named[key]])),
      ...bodyAt.flatMap((at) => (args[at] === undefined ? [] : [args[at]])),
    ];
    const headers = ["headers", "auth"].flatMap((key) =>
      named[key] === undefined ? [] : [named[key]],
    );
    const method = outline(named["method"] ?? textValue("")).toUpperCase();
    const isSending =
      sends || /POST|PUT|PATCH/.test(method) || (body.length > 0 && bodyAt.length > 0);
    const drafts = draftRequest({ url: address, body, headers, isSending });
    const isUnchecked = /false/i.test(
      outline(named["verify"] ?? named["rejectUnauthorized"] ?? textValue("")),
    );
    return {
      drafts: isUnchecked
        ? drafts.map((one) => ({
            ...one,
            traits: [...(one.traits ?? []), "no-tls-check" as const],
          }))
        : drafts,
    };
  };

/** Opens a path; `mode` tells whether to read or write. */
export const openFile: Reader = ({ args, named, contentOf }) => {
  const path = outline(args[0] ?? textValue("…"));
  const mode = outline(args[1] ?? named["mode"] ?? named["flag"] ?? textValue("r"));
  if (/[wax+]/.test(mode) && mode !== "r") {
    return { drafts: [], value: { ...textValue(path), definition: null } };
  }
  return {
    drafts: draftFileRead(path),
    value: {
      ...UNKNOWN,
      facts: joinFacts(args[0]?.facts ?? [], contentOf(args[0]?.text ?? null).facts),
    },
  };
};

/** Reads the path at a position. */
export const readPath =
  (at = 0): Reader =>
  ({ args, on, contentOf }) => {
    const value = at < 0 ? on : args[at];
    const known = contentOf(value?.text ?? null);
    return {
      drafts: draftFileRead(outline(value ?? UNKNOWN)),
      value: { ...known, facts: joinFacts(known.facts, value?.facts ?? []) },
    };
  };

/** Writes what stands at `what` to the path at `to`; below zero is what it is called on. */
export const writePath =
  (to: number, what: number, isAppend = false): Reader =>
  ({ args, on }) => {
    const path = outline((to < 0 ? on : args[to]) ?? UNKNOWN);
    const value = (what < 0 ? on : args[what]) ?? UNKNOWN;
    const isProgram =
      value.text !== null &&
      (value.text.startsWith("#!") || /\.(?:sh|py|pth|js|mjs|ps1|plist|service)$/.test(path));
    return {
      drafts: [{ ...draftFileWrite(path, isAppend), from: value.facts }],
      wrote: { path, value },
      value: UNKNOWN,
      ...(isProgram && value.text !== null && value.text.length > 20
        ? { inner: [{ text: value.text, via: "heredoc" as const }] }
        : {}),
    };
  };

export const copyPath: Reader = ({ args: [from = UNKNOWN, to = UNKNOWN], contentOf }) => {
  const path = outline(to);
  const facts = joinFacts(from.facts, contentOf(from.text).facts);
  return {
    drafts: [...draftFileRead(outline(from)), { ...draftFileWrite(path, false), from: facts }],
    wrote: { path, value: { ...UNKNOWN, facts } },
  };
};

export const deletePath =
  (isRecursive: boolean): Reader =>
  ({ args, on }) => {
    const value = args[0] ?? on;
    const path = outline(value);
    return {
      drafts: [
        {
          op: "delete",
          target: path,
          class: classifyPath(path),
          traits: isRecursive ? ["recursive"] : [],
        },
      ],
    };
  };

/** Runs a command: a line for a shell, or a list of words. */
export const runCommand: Reader = ({ args, named, contentOf }) => {
  const [command = UNKNOWN, second] = args;
  const words = command.items ?? null;
  const list =
    words !== null &&
    !command.isRow &&
    words.every((one) => one.definition === null) &&
    command.text === null
      ? words
      : null;
  const isSplit =
    list === null && second?.items !== null && second?.items !== undefined && command.text !== null;
  const line =
    list !== null
      ? quoteWords(list)
      : isSplit
        ? quoteWords([command, ...(second.items ?? [])])
        : outline(command);
  const facts = joinFacts(command.facts, second?.facts ?? [], named["input"]?.facts ?? []);
  // A file that the program wrote or fetched before, and names on the line, is what runs.
  const files = line.split(/[\s'"]+/, 40).map((word) => contentOf(word).facts);
  const fetched = joinFacts(facts, ...files);
  const isFetched = fetched.some(
    ({ op }) => op === "download" || op === "decode" || op === "listen",
  );
  const isKnown = !line.includes("…");
  const inner: readonly Inner[] =
    line.length > 2
      ? [{ text: line.replaceAll("…", "unknown"), via: "string", language: "shell" }]
      : [];
  const drafts: Draft[] = [
    {
      op: isFetched ? "evaluate" : "run",
      target: line,
      from: fetched,
      traits: isKnown ? [] : ["dynamic"],
    },
    ...draftMining(line),
    ...draftWeakening(line),
    ...resolving(line, facts),
    ...printed(line),
  ];
  // What the program prints is its own; what it was given as its environment is not in it.
  return { drafts, inner, value: { ...UNKNOWN, facts: fetched } };
};

/** Secrets that a command line prints: whoever takes its output has them. */
function printed(line: string): readonly Draft[] {
  if (/\bhidden answer\b|\bPromptForCredential\b|\bGet-Credential\b/i.test(line))
    return [{ op: "capture", class: "password", target: "a window that asks for a password" }];
  const tool = TELLS_SECRET.exec(line)?.[0];
  if (tool !== undefined) return [{ op: "read-secret", target: tool, class: "keychain" }];
  if (/^\s{0,4}(?:env|printenv)(?:\s{0,4}\|.{0,100})?\s{0,4}$/.test(line))
    return [{ op: "read-environment", target: null }];
  if (
    !/^\s{0,4}(?:sudo )?(?:cat|head|tail|less|base64|xxd|od|type|more|gzip -c|tar c\w{0,4} -)\s/.test(
      line,
    )
  )
    return [];
  return line
    .split(/[\s'"|;&<>]+/, 30)
    .flatMap((word) => draftFileRead(word).filter(({ op }) => op === "read-secret"));
}
const TELLS_SECRET =
  /\bsecurity (?:find-(?:generic|internet)-password\b.{0,80}-\w{0,4}[wg]|dump-keychain)|\bgpg\b.{0,60}--export-secret-keys|\bsecret-tool lookup|\bcmdkey \/list|\bgit credential fill/;

/** A look-up or request on a command line that is put together: the pieces travel with it. */
function resolving(line: string, facts: Value["facts"]): readonly Draft[] {
  if (facts.length === 0) return [];
  if (/^\s{0,4}(?:dig|nslookup|host)\s/.test(line))
    return [{ op: "resolve", target: line, traits: ["interpolated"], from: facts }];
  if (/^\s{0,4}(?:curl|wget)\s/.test(line)) {
    const url = /https?:\/\/\S{1,500}/.exec(line)?.[0];
    return draftRequest({
      url: textValue(url ?? line),
      body: [{ ...UNKNOWN, facts }],
      headers: [],
      isSending: true,
    });
  }
  return [];
}

function quoteWords(words: readonly Value[]): string {
  return words
    .map(outline)
    .map((word) =>
      /^[\w@%+=:,./~$…-]{1,400}$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}

/** Runs text as code of `language`. */
export const evaluateCode =
  (language: ProgramLanguage): Reader =>
  ({ args }) => {
    const [code = UNKNOWN] = args;
    if (code.definition !== null) return { drafts: [], value: code };
    const inner: readonly Inner[] =
      code.text === null
        ? []
        : [
            {
              text: code.text,
              via: code.facts.some((one) => one.op === "decode") ? "base64" : "string",
              language,
            },
          ];
    return {
      drafts: [
        {
          op: "evaluate",
          target: null,
          from: code.facts,
          traits: code.text === null ? ["dynamic"] : [],
        },
      ],
      inner,
    };
  };

/** A constant this long is a text of its own, and not a separator or a test value. */
const LITERAL_LENGTH = 40;

export const decode =
  (how: Decoding, at = 0): Reader =>
  ({ args, on }) => {
    const value = (at < 0 ? on : args[at]) ?? UNKNOWN;
    return {
      drafts: [
        {
          op: "decode",
          target: how,
          from: value.facts,
          class: (value.text ?? "").length >= LITERAL_LENGTH ? "literal" : null,
        },
      ],
      text: value.text === null ? null : decodeText(value.text, how),
    };
  };

export const encode =
  (how: string): Reader =>
  ({ args, on }) => ({
    drafts: [
      { op: "encode", target: how, from: joinFacts(on.facts, ...args.map((one) => one.facts)) },
    ],
  });

/** `sep.join(parts)`. */
export const joinWith: Reader = ({ on, args: [parts = UNKNOWN] }) => {
  const items = parts.items;
  if (items === null || on.text === null)
    return { drafts: [], value: { ...UNKNOWN, facts: joinFacts(on.facts, parts.facts) } };
  // Letter by letter is how a machine writes what a person should not read.
  const isSpelled =
    on.text === "" && items.length > 8 && items.every((one) => one.text?.length === 1);
  const spelled = isSpelled ? items.map((one) => one.text).join("") : null;
  if (spelled !== null) return { drafts: [{ op: "decode", target: "char-codes" }], text: spelled };
  const glue = textValue(on.text);
  return {
    drafts: [],
    value: {
      ...joined(items.flatMap((one, at) => (at === 0 ? [one] : [glue, one]))),
      isPieced: true,
    },
  };
};

export const replaceIn: Reader = ({ on, args: [from = UNKNOWN, to = UNKNOWN] }) => {
  const isKnown = on.text !== null && from.text !== null && from.text !== "" && to.text !== null;
  return {
    drafts: [],
    value: {
      ...on,
      text: isKnown ? (on.text ?? "").replaceAll(from.text ?? "", to.text ?? "") : null,
      isPieced: true,
    },
  };
};

/** Characters by their numbers. */
export const fromCodes: Reader = ({ args }) => {
  const codes =
    args.length === 1 && args[0]?.items !== null && args[0] !== undefined ? args[0].items : args;
  const numbers = (codes ?? []).map((one) => Number(one.text ?? Number.NaN));
  const isText =
    numbers.length > 0 &&
    numbers.length < 20_000 &&
    numbers.every((one) => Number.isInteger(one) && one >= 0 && one < 0x11_0000);
  const facts = factsOf(args);
  if (!isText) return { drafts: [], value: { ...UNKNOWN, facts } };
  const text = numbers.map((one) => String.fromCodePoint(one)).join("");
  return numbers.length > 8
    ? {
        drafts: [
          {
            op: "decode",
            target: "char-codes",
            class: numbers.length >= LITERAL_LENGTH ? "literal" : null,
          },
        ],
        text,
      }
    : { drafts: [], value: { ...textValue(text, facts), isPieced: true } };
};

/** One of two, as `a or b` gives. */
export const orElse: Reader = ({ args: [one = UNKNOWN, other = UNKNOWN] }) => ({
  drafts: [],
  value: either(one, other),
});

export const RECKONING: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries([..."+-*%&|^"].map((one) => [`number ${one}`, reckon(one)] as const)),
  "or-else": orElse,
};
