import { isSecretName } from "../targets/secret-names.ts";
import { decodeText } from "./decode.ts";
import { draftFileRead, draftFileWrite } from "./file-drafts.ts";
import type { Called, Draft, Inner, OperationTable, Outcome, Reader } from "./operations.ts";
import { readArguments } from "./shell-arguments.ts";
import { SHELL_OPERATIONS } from "./shell-operations.ts";
import { joinFacts, outline, textValue, UNKNOWN, type Value } from "./value.ts";
import { draftRequest } from "./web-drafts.ts";

const lineOf = ({ callee, args }: Called) => [callee, ...args.map(outline)].join(" ");
const NONE = textValue("");

function lowered(call: Called): Called {
  const args = call.args.map((one) => {
    const text = one.text ?? "";
    return /^-[A-Za-z]{1,40}$/.test(text) ? { ...one, text: text.toLowerCase() } : one;
  });
  return { ...call, args };
}

const asInner = (text: string, via: Inner["via"] = "string"): Inner => ({
  text,
  via,
  language: "powershell",
});

const request: Reader = (given) => {
  const call = lowered(given);
  const args = readArguments(
    call,
    "uri body infile outfile method headers contenttype useragent o d source destination".split(
      " ",
    ),
  );
  const url = args.valuesOf("uri", "source")[0] ?? args.plain[0];
  const files = args.valuesOf("infile");
  const body = [...args.valuesOf("body", "d"), ...files];
  const method = outline(args.valuesOf("method")[0] ?? NONE).toUpperCase();
  const isSending = body.length > 0 || /POST|PUT|PATCH/.test(method);
  const drafts = draftRequest({ url, body, headers: args.valuesOf("headers"), isSending });
  const path =
    args.valuesOf("outfile", "o", "destination")[0] ??
    (call.callee === "start-bitstransfer" ? args.plain[1] : undefined);
  return fetched([...files.flatMap((one) => draftFileRead(outline(one))), ...drafts], path);
};

function fetched(drafts: readonly Draft[], path: Value | undefined): Outcome {
  if (path === undefined) return { drafts };
  const target = outline(path);
  return {
    drafts: [...drafts, draftFileWrite(target, false)],
    wrote: { path: target, value: UNKNOWN },
  };
}

const evaluate: Reader = (call) => {
  const code = call.args.at(-1) ?? call.named["stdin"] ?? UNKNOWN;
  const isPiped = call.args.length === 0;
  const traits: Draft["traits"] =
    isPiped && code.facts.length > 0 ? ["pipe-to-shell"] : code.text === null ? ["dynamic"] : [];
  return {
    drafts: [{ op: "evaluate", target: null, from: code.facts, traits }],
    inner: code.text === null ? [] : [asInner(code.text)],
  };
};

/** `powershell -enc …`, `-c …`, `-File …`, with what hides it. */
const shell: Reader = (given) => {
  const call = lowered(given);
  const texts = call.args.map(outline);
  const line = lineOf(call);
  const valueAfter = (pattern: RegExp) =>
    call.args[texts.findIndex((one) => pattern.test(one)) + 1];
  const traits: Draft["traits"] = /-w(?:in\w{0,9})?\s{1,4}(?:hidden|1)\b/i.test(line)
    ? ["hidden-window"]
    : [];
  const weakens: readonly Draft[] = /-ex?e?[cp]\w{0,14}\s{1,4}(?:bypass|unrestricted)/i.test(line)
    ? [{ op: "weaken", class: "execution-policy", target: line }]
    : [];
  const encoded = texts.some((one) => /^-e(?:nc?|nco\w{0,10})?$/.test(one))
    ? valueAfter(/^-e(?:nc?|nco\w{0,10})?$/)
    : undefined;
  if (encoded !== undefined) {
    const bytes = decodeText(encoded.text ?? "", "base64");
    const text = bytes === null ? null : Buffer.from(bytes, "latin1").toString("utf16le");
    return {
      drafts: [
        ...weakens,
        { op: "decode", target: "base64" },
        {
          op: "evaluate",
          target: "powershell -enc",
          from: encoded.facts,
          traits: [...traits, "obfuscated"],
        },
      ],
      inner: text === null ? [] : [asInner(text, "base64")],
    };
  }
  const at = texts.findIndex((one) => /^-c(?:ommand)?$/.test(one) || /^\/[ck]$/i.test(one));
  const stdin = call.named["stdin"];
  if (at < 0 && stdin !== undefined) return evaluate({ ...call, args: [] });
  const code = at < 0 ? [] : call.args.slice(at + 1);
  const from = joinFacts(...code.map((one) => one.facts));
  return {
    drafts: [...weakens, { op: from.length > 0 ? "evaluate" : "run", target: line, from, traits }],
    inner: code.length === 0 ? [] : [asInner(code.map(outline).join(" "))],
  };
};

const start: Reader = (given) => {
  const call = lowered(given);
  const args = readArguments(call, "filepath argumentlist windowstyle verb".split(" "));
  const file = args.valuesOf("filepath")[0] ?? args.plain[0] ?? UNKNOWN;
  const from = joinFacts(call.contentOf(file.text).facts, file.facts);
  const isFetched = from.some(({ op }) => op === "download" || op === "decode");
  const line = lineOf(call);
  const words = args.valuesOf("argumentlist").map(outline);
  return {
    drafts: [
      {
        op: isFetched ? "evaluate" : "run",
        target: line,
        from,
        traits: /hidden/i.test(line) ? ["hidden-window"] : [],
      },
      ...(/-verb runas/i.test(line)
        ? [{ op: "elevate" as const, class: "root", target: line }]
        : []),
    ],
    inner: [asInner([outline(file), ...words].join(" "))],
  };
};

const readPath: Reader = (given) => {
  const args = readArguments(lowered(given), ["path", "literalpath", "encoding"]);
  const path = args.valuesOf("path", "literalpath")[0] ?? args.plain[0] ?? NONE;
  if (/^env:/i.test(outline(path))) return { drafts: [{ op: "read-environment", target: null }] };
  return { drafts: draftFileRead(outline(path)), value: given.contentOf(path.text) };
};

const writePath: Reader = (given) => {
  const args = readArguments(
    lowered(given),
    "path filepath literalpath value name encoding inputobject".split(" "),
  );
  const path = outline(
    args.valuesOf("path", "filepath", "literalpath")[0] ?? args.plain[0] ?? NONE,
  );
  const value =
    args.valuesOf("value", "inputobject")[0] ??
    given.named["stdin"] ??
    args.plain.at(-1) ??
    UNKNOWN;
  const isAppend = given.callee === "add-content" || args.hasOption("append");
  const wrote = { path, value };
  return { drafts: [{ ...draftFileWrite(path, isAppend), from: value.facts }], wrote };
};

const removePath: Reader = (given) => {
  const call = lowered(given);
  const args = readArguments(call, ["path", "literalpath"]);
  const path = outline(args.valuesOf("path", "literalpath")[0] ?? args.plain[0] ?? NONE);
  const draft = draftFileWrite(path, false);
  const line = lineOf(call);
  return {
    drafts: [
      {
        ...draft,
        op: "delete",
        traits: [
          ...(/-r|\/s/i.test(line) ? (["recursive"] as const) : []),
          ...(/-f|\/q/i.test(line) ? (["forced"] as const) : []),
        ],
      },
    ],
  };
};

/** A key of the registry that starts programs. */
const registry: Reader = (call) => {
  const line = lineOf(call);
  if (
    /CurrentVersion\\(?:Run|RunOnce|Policies\\Explorer\\Run)\b|Winlogon/i.test(line) &&
    !/^(?:get-|reg query)/i.test(line)
  )
    return {
      drafts: [
        { op: "schedule", target: line },
        { op: "write", class: "startup", target: line },
      ],
    };
  return {
    drafts: /DisableAntiSpyware|EnableLUA/i.test(line)
      ? [{ op: "weaken", class: "antivirus", target: line }]
      : [],
  };
};

/** Programs of Windows that fetch and run what an address names. */
const fetchAndRun: Reader = (call) => {
  const line = lineOf(call);
  const url = /https?:\/\/[^\s"'),]{1,500}/i.exec(line)?.[0];
  if (url === undefined) return { drafts: [{ op: "run", target: line }] };
  const drafts = draftRequest({ url: textValue(url), body: [], headers: [], isSending: false });
  if (/^(?:certutil|bitsadmin)/.test(call.callee)) return fetched(drafts, call.args.at(-1));
  return { drafts: [...drafts, { op: "evaluate", target: line }] };
};

const only =
  (draft: Draft): Reader =>
  (call) => ({ drafts: [{ ...draft, target: lineOf(call) }] });

const download: Reader = ({ args: [url, path] }) =>
  fetched(draftRequest({ url, body: [], headers: [], isSending: false }), path);
const upload: Reader = ({ args, callee }) => {
  const body = args.slice(1);
  const reads = callee === ".uploadfile" ? draftFileRead(outline(args.at(-1) ?? NONE)) : [];
  return {
    drafts: [...reads, ...draftRequest({ url: args[0], body, headers: [], isSending: true })],
  };
};
const pass: Reader = ({ on, args }) => ({ drafts: [], value: args[0] ?? on });

const rows = (names: string, reader: Reader) =>
  names.split(" ").map((name) => [name, reader] as const);

const ROWS = new Map<string, Reader>([
  ...rows("iwr irm curl wget invoke-webrequest invoke-restmethod start-bitstransfer", request),
  ...rows("iex invoke-expression", evaluate),
  ...rows("powershell pwsh cmd", shell),
  ...rows("start-process saps start", start),
  ...rows("get-content gc type get-childitem gci dir ls cat", readPath),
  ...rows("set-content add-content out-file", writePath),
  ...rows("remove-item ri del erase rd", removePath),
  ...rows("set-itemproperty new-itemproperty reg sp", registry),
  ...rows("certutil bitsadmin mshta rundll32 regsvr32 msiexec", fetchAndRun),
  ...rows("set-mppreference add-mppreference", only({ op: "weaken", class: "antivirus" })),
  ...rows("set-executionpolicy", only({ op: "weaken", class: "execution-policy" })),
  ...rows("register-scheduledtask new-scheduledtask new-service", only({ op: "schedule" })),
  ...rows("get-clipboard", only({ op: "capture", class: "clipboard" })),
  ...rows("wevtutil clear-eventlog", only({ op: "weaken", class: "audit" })),
  ...rows("vssadmin", only({ op: "delete", class: "system", traits: ["forced"] })),
  ...rows(".downloadstring .downloaddata .openread .getstringasync .downloadfile", download),
  ...rows(".uploadstring .uploaddata .uploadfile .postasync", upload),
  ...rows(".getstring .invoke .tostring .getbytes .trim", pass),
  [
    ".frombase64string",
    ({ args: [text = UNKNOWN] }) => ({
      drafts: [{ op: "decode", target: "base64", from: text.facts }],
      text: decodeText(text.text ?? "", "base64"),
    }),
  ],
]);

function readerOf(callee: string): Reader | undefined {
  return (
    ROWS.get(callee) ?? (callee.startsWith(".") ? undefined : SHELL_OPERATIONS.readerOf(callee))
  );
}

const HOMES = new Map([
  ["home", "~"],
  ["env:userprofile", "~"],
  ["userprofile", "~"],
  ["env:appdata", "%APPDATA%"],
  ["env:localappdata", "%LOCALAPPDATA%"],
  ["appdata", "%APPDATA%"],
  ["localappdata", "%LOCALAPPDATA%"],
  ["env:temp", "%TEMP%"],
  ["temp", "%TEMP%"],
  ["profile", "$PROFILE"],
]);

function nameOf(name: string): Outcome | undefined {
  const home = HOMES.get(name);
  if (home !== undefined) return { drafts: [], value: textValue(home) };
  const variable = name.replace(/^env:/, "");
  return name !== variable && isSecretName(variable)
    ? {
        drafts: [
          { op: "read-secret", target: variable.toUpperCase(), class: "environment-secret" },
        ],
      }
    : undefined;
}

/** What commands, methods and variables of PowerShell and batch files do; other programs do what they do in a shell. */
export const POWERSHELL_OPERATIONS: OperationTable = { readerOf, nameOf, indexOf: () => undefined };
