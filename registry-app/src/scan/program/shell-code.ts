import { decodeText, type Decoding } from "./decode.ts";
import { draftFileRead } from "./file-drafts.ts";
import { readForeign } from "./foreign-programs.ts";
import type { ProgramLanguage } from "./ir.ts";
import type { Called, Draft, Outcome, Reader } from "./operations.ts";
import { readArguments } from "./shell-arguments.ts";
import { joinFacts, joined, outline, textValue, UNKNOWN, type Value } from "./value.ts";

/** Interpreters by name, with the option that takes a program. */
const INTERPRETERS = new Map<string, readonly [language: ProgramLanguage | null, option: string]>(
  Object.entries({
    sh: ["shell", "c"],
    bash: ["shell", "c"],
    zsh: ["shell", "c"],
    dash: ["shell", "c"],
    ksh: ["shell", "c"],
    ash: ["shell", "c"],
    fish: ["shell", "c"],
    python: ["python", "c"],
    python3: ["python", "c"],
    python2: ["python", "c"],
    node: ["javascript", "e"],
    nodejs: ["javascript", "e"],
    bun: ["javascript", "e"],
    deno: ["javascript", "e"],
    perl: [null, "e"],
    ruby: [null, "e"],
    php: [null, "r"],
    osascript: [null, "e"],
    pwsh: ["powershell", "c"],
    powershell: ["powershell", "c"],
  }),
);

const interpret: Reader = (call) => {
  const row = INTERPRETERS.get(call.callee);
  if (row === undefined) return { drafts: [] };
  const [language, option] = row;
  const args = readArguments(call, [option, "m", "W", "Command", "EncodedCommand", "enc", "File"]);
  if (call.callee === "osascript") return runAppleScript(call, args.line);
  // `ruby -rsocket -e …`: the letters of another option may look like this one.
  const [inline] = args
    .valuesOf(option, "Command", "eval", "EncodedCommand", "enc")
    .toSorted((one, other) => outline(other).length - outline(one).length);
  if (inline !== undefined) return runInline(call, inline, language);
  const [script] = args.plain;
  const stdin = call.named["stdin"];
  if (script !== undefined && outline(script) !== "-") {
    if (args.valuesOf("m").length > 0) return { drafts: [runDraft(args.line)] };
    return runFile(call, script, args.line);
  }
  // A module is the program then, and the pipe feeds it data: `| python3 -m json.tool`.
  if (args.valuesOf("m").length > 0) return { drafts: [runDraft(args.line)] };
  if (stdin !== undefined) return runInput(stdin, language, args.line);
  return {
    drafts: [{ op: "run", target: args.line, class: language === "shell" ? "shell" : null }],
  };
};

/** `do shell script "…"` of AppleScript is a shell's line. */
function runAppleScript(call: Called, line: string): Outcome {
  const text = [...call.args, call.named["stdin"] ?? UNKNOWN].map(outline).join("\n");
  const lines = [...text.matchAll(/do shell script "((?:[^"\\]|\\.){1,2000})"/g)].slice(0, 50);
  const inner = lines.map(([, one = ""]) => ({
    text: one.replaceAll(/\\(.)/g, "$1"),
    via: "string" as const,
    language: "shell" as const,
  }));
  const asks = /hidden answer|password/i.test(text) && /display dialog/i.test(text);
  return {
    drafts: [
      { op: "run", target: line },
      ...(asks ? [{ op: "capture" as const, class: "password", target: line }] : []),
      ...(/with administrator privileges/i.test(text)
        ? [{ op: "elevate" as const, class: "root", target: line }]
        : []),
    ],
    inner,
  };
}

function runDraft(line: string): Draft {
  return { op: "run", target: line };
}

function runInline(call: Called, inline: Value, language: ProgramLanguage | null): Outcome {
  const foreign = language === null && inline.text !== null ? readForeign(inline.text) : null;
  const inner =
    foreign?.inner ??
    (inline.text === null || language === null
      ? []
      : [{ text: inline.text, via: "string" as const, language }]);
  const isData = inline.facts.length > 0;
  const op = isData ? "evaluate" : "run";
  return {
    drafts: [
      {
        op,
        target: `${call.callee} -c`,
        from: inline.facts,
        class: language === "shell" ? "shell" : null,
        traits: isData ? ["dynamic"] : [],
      },
      ...(foreign?.drafts ?? []),
    ],
    inner,
  };
}

/** Runs a file: what it wrote or fetched there before is what runs. */
function runFile(call: Called, script: Value, line: string): Outcome {
  const content = call.contentOf(outline(script));
  const from = joinFacts(content.facts, script.facts);
  const fetched = from.some((fact) => fact.op === "download" || fact.op === "decode");
  return {
    drafts: [{ op: fetched ? "evaluate" : "run", target: line, from }],
    inner: content.text === null ? [] : [{ text: content.text, via: "heredoc" }],
  };
}

function runInput(stdin: Value, language: ProgramLanguage | null, line: string): Outcome {
  const inner =
    stdin.text === null
      ? []
      : [
          {
            text: stdin.text,
            via: stdin.facts.length > 0 ? ("base64" as const) : ("heredoc" as const),
            ...(language === null ? {} : { language }),
          },
        ];
  const isData = stdin.facts.length > 0;
  return {
    drafts: [
      {
        op: isData ? "evaluate" : "run",
        target: line,
        from: stdin.facts,
        traits: isData ? ["pipe-to-shell"] : [],
      },
    ],
    inner,
  };
}

const evaluateWords: Reader = (call) => {
  const spaced = call.args.flatMap((value, at) => (at === 0 ? [value] : [textValue(" "), value]));
  const text = joined(spaced);
  if (text.facts.length === 0 && text.text === null && call.args.length === 0)
    return { drafts: [] };
  return {
    drafts: [
      {
        op: "evaluate",
        target: outline(text),
        from: text.facts,
        traits: text.text === null ? ["dynamic"] : [],
      },
    ],
    inner: text.text === null ? [] : [{ text: text.text, via: "string", language: "shell" }],
  };
};

const source: Reader = (call) => {
  const [file] = call.args;
  const stdin = call.named["stdin"];
  if (stdin !== undefined && /^\/dev\/(?:stdin|fd\/0)$/.test(outline(file ?? UNKNOWN)))
    return runInput(stdin, "shell", "source /dev/stdin");
  return file === undefined ? { drafts: [] } : runFile(call, file, `source ${outline(file)}`);
};

/** A program by its path: one that was fetched or unpacked before is run here. */
export const runPath: Reader = (call) => {
  const content = call.contentOf(call.callee);
  if (content.facts.length === 0 && content.text === null)
    return { drafts: [{ op: "run", target: [call.callee, ...call.args.map(outline)].join(" ") }] };
  return runFile(call, textValue(call.callee), call.callee);
};

const DECODERS: Readonly<Record<string, Decoding>> = {
  base64: "base64",
  base32: "base32",
  openssl: "base64",
  xxd: "hex",
  basenc: "base64",
};

const code: Reader = (call) => {
  const args = readArguments(call, ["w", "c", "p", "in", "out", "k", "pass", "A"]);
  const decodes =
    args.hasOption("d", "D", "decode") || (call.callee === "xxd" && args.hasOption("r"));
  const isCipher =
    call.callee === "openssl" &&
    /\b(?:aes|des|enc -(?!base64)|rsautl|smime|cms)\b/.test(args.line) &&
    !/enc -base64|-a\b.*-d/.test(args.line);
  const stdin = call.named["stdin"] ?? UNKNOWN;
  const given = stdin.text ?? call.contentOf(args.plain[0]?.text ?? null).text;
  const facts = joinFacts(stdin.facts, call.contentOf(args.plain[0]?.text ?? null).facts);
  const feeder = outline(call.named["feeder"] ?? textValue(""));
  if (/\bs_client\b/.test(args.line) && /^(?:ba|z|da)?sh$/.test(feeder))
    return { drafts: [{ op: "evaluate", target: args.line, traits: ["reverse-shell"] }] };
  if (call.callee === "openssl" && !/\b(?:enc|base64|aes|des|rsautl|smime|cms)\b/.test(args.line))
    return { drafts: [] };
  if (isCipher && !decodes) return { drafts: [{ op: "encrypt", target: args.line }] };
  const reads =
    call.named["stdin"] === undefined && call.callee !== "openssl"
      ? args.plain.slice(0, 1).flatMap((one) => draftFileRead(outline(one)))
      : [];
  if (!decodes) return { drafts: [...reads, { op: "encode", target: call.callee, from: facts }] };
  const plain = given === null ? null : decodeText(given, DECODERS[call.callee] ?? "base64");
  return { drafts: [{ op: "decode", target: call.callee, from: facts }], text: plain };
};

/** Commands that run what they are given, and that hide or bring out what they are given. */
export const SHELL_CODE: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries([...INTERPRETERS.keys()].map((name) => [name, interpret] as const)),
  eval: evaluateWords,
  iex: evaluateWords,
  source,
  ".": source,
  base64: code,
  base32: code,
  basenc: code,
  openssl: code,
  xxd: code,
  gpg: (call) => ({
    drafts: /-c|--symmetric|--encrypt|-e\b/.test(call.args.map(outline).join(" "))
      ? [{ op: "encrypt", target: "gpg" }]
      : [],
  }),
  gzip: (call) => ({ drafts: [], value: call.named["stdin"] ?? UNKNOWN }),
};
