import { classifyPath, secretAt } from "../targets/classify-path.ts";
import { isSecretName } from "../targets/secret-names.ts";
import { commandsInFile } from "./commands-in-files.ts";
import { draftFileRead, draftFileWrite } from "./file-drafts.ts";
import { readForeign } from "./foreign-programs.ts";
import type { Called, Draft, Outcome, Reader } from "./operations.ts";
import { readArguments } from "./shell-arguments.ts";
import { joinFacts, joined, outline, textValue, UNKNOWN, type Value } from "./value.ts";

/** Options that take a value, where they differ from those of head and tail. */
const VALUED = new Map<string, readonly string[]>([
  ["sed", ["e", "f"]],
  ["awk", ["v", "F", "f"]],
  ["jq", ["f", "arg", "argjson"]],
  ["cut", ["d", "f", "c", "b"]],
  ["sort", ["k", "t", "o"]],
  ...["grep", "egrep", "rg"].map((name) => [name, ["e", "f", "m", "A", "B", "C"]] as const),
]);

/** Reads its files, or what the pipe feeds it, and prints them. */
const readFiles: Reader = (call) => {
  const args = readArguments(call, VALUED.get(call.callee) ?? ["n", "c"]);
  const isFiltering = ["grep", "egrep", "rg", "sed", "awk", "jq", "cut"].includes(call.callee);
  const paths = isFiltering ? args.plain.slice(1) : args.plain;
  const drafts = paths.flatMap((value) => draftFileRead(outline(value)));
  const known = paths.map((value) => call.contentOf(outline(value)));
  const stdin = call.named["stdin"] ?? UNKNOWN;
  const [only] = known;
  const turned =
    stdin.text === null ? null : turnText(call.callee, args.plain.map(outline), stdin.text);
  if (turned !== null) return { drafts, value: { ...stdin, text: turned, isPieced: true } };
  const isPlain = call.callee === "cat" || call.callee === "head" || call.callee === "tail";
  if (isPlain && drafts.length === 0 && paths.length === 0) return { drafts, value: stdin };
  if (isPlain && known.length === 1 && only !== undefined && only.text !== null)
    return { drafts, value: only };
  const inPlace = isFiltering && args.hasOption("i", "in-place") && call.callee === "sed";
  const writes = inPlace ? paths.map((value) => draftFileWrite(outline(value), true)) : [];
  return {
    drafts: [...drafts, ...writes],
    value: {
      ...UNKNOWN,
      facts: joinFacts(
        stdin.facts,
        ...known.map((one) => one.facts),
        ...paths.map((one) => one.facts),
      ),
    },
  };
};

/** What a filter makes of a text that is known: people hide commands so. */
function turnText(callee: string, words: readonly string[], text: string): string | null {
  if (callee === "rev" && words.length === 0)
    return text
      .split("\n")
      .map((line) => [...line].toReversed().join(""))
      .join("\n");
  const [from = "", to = ""] = words.map(spelledOut);
  if (callee !== "tr" || from === "" || to === "" || from.length > 300) return null;
  const last = to.at(-1) ?? "";
  const turned = new Map([...from].map((letter, at) => [letter, to[at] ?? last] as const));
  return [...text].map((letter) => turned.get(letter) ?? letter).join("");
}

/** `A-Z` with each of its letters. */
function spelledOut(range: string): string {
  return range
    .slice(0, 100)
    .replaceAll(/([A-Za-z0-9])-([A-Za-z0-9])/g, (_, first: string, last: string) => {
      const start = first.charCodeAt(0);
      const count = Math.max(0, last.charCodeAt(0) - start + 1);
      return Array.from({ length: count }, (_one, at) => String.fromCharCode(start + at)).join("");
    });
}

/** `find` names files; names of secrets in its patterns are what it looks for. */
/** awk runs what it gives to `system`, and speaks to a host by a file name of its own. */
const awk: Reader = (call) => {
  const given = readFiles(call);
  const foreign = readForeign(call.args.map(outline).find((one) => one.includes("{")) ?? "");
  return {
    ...given,
    drafts: [...given.drafts, ...foreign.drafts],
    inner: [...(given.inner ?? []), ...(foreign.inner ?? [])],
  };
};

/** What `-exec` does, to what was looked for. */
function ranOnFound(texts: readonly string[], found: string): NonNullable<Outcome["inner"]> {
  const at = texts.findIndex((one) => /^-(?:exec|execdir|ok|okdir)$/.test(one));
  if (at < 0) return [];
  const rest = texts.slice(at + 1);
  const end = rest.findIndex((one) => one === ";" || one === "\\;" || one === "+");
  const words = (end < 0 ? rest : rest.slice(0, end)).map((one) => one.replaceAll("{}", found));
  const text = words
    .map((one) => (/^[\w@%+=:,./~-]{1,400}$/.test(one) ? one : `'${one.replaceAll("'", "")}'`))
    .join(" ");
  return words.length < 2 ? [] : [{ text, via: "string", language: "shell" }];
}

/** A path that stands for what a pattern finds. */
function pathLike(pattern: string | undefined, root: string): string {
  if (pattern === undefined) return root;
  const name = pattern.replaceAll("*", "");
  if (name.startsWith("id_")) return "~/.ssh/id_rsa";
  return /^\.(?:pem|key|ppk)$/i.test(name) ? "private-key.pem" : name;
}

const find: Reader = (call) => {
  const texts = call.args.map(outline);
  const patterns = texts.filter(
    (text, at) => /^-i?(?:name|path|wholename|regex)$/.test(texts[at - 1] ?? "") && text !== "",
  );
  const secrets = patterns.flatMap((text) => {
    const name = text.replaceAll("*", "");
    const isKeyFile = /^\.(?:pem|key|ppk)$/i.test(name);
    const kind = isKeyFile ? "private-key" : (secretAt(name) ?? secretAt(`x/${name}`));
    return kind === null ? [] : [{ op: "read-secret" as const, target: text, class: kind }];
  });
  const isDeleting =
    texts.includes("-delete") || /\brm$/.test(texts[texts.indexOf("-exec") + 1] ?? "");
  const [root = "."] = texts;
  const deletes: Draft[] = isDeleting
    ? [{ op: "delete", target: root, class: classifyPath(root), traits: ["recursive"] }]
    : [];
  return {
    drafts: [...(secrets.length > 0 ? secrets : draftFileRead(root)), ...deletes],
    inner: ranOnFound(texts, pathLike(secrets[0]?.target, root)),
  };
};

const copy: Reader = (call) => {
  const args = readArguments(call, ["t", "S"]);
  const to = args.plain.at(-1);
  const from = args.plain.slice(0, -1);
  const reads = from.flatMap((value) => draftFileRead(outline(value)));
  if (to === undefined) return { drafts: reads };
  const facts = joinFacts(
    ...from.map((value) => joinFacts(value.facts, call.contentOf(outline(value)).facts)),
  );
  const path = outline(to);
  return {
    drafts: [...reads, { ...draftFileWrite(path, false), from: facts }],
    wrote: { path, value: { ...UNKNOWN, facts: joinFacts(facts) } },
  };
};

/** Packs files: what comes out holds what went in. */
const pack: Reader = (call) => {
  const isZip = call.callee === "zip" || call.callee.startsWith("7z");
  const args = readArguments(call, isZip ? ["P", "x"] : "f C directory exclude T".split(" "));
  const first = args.plain[0];
  const isOldStyle = /^[a-zA-Z]{1,8}$/.test(outline(first ?? textValue(""))) && !isZip;
  const letters = isOldStyle ? outline(first ?? textValue("")) : "";
  const isUnpacking =
    args.hasOption("x", "extract", "t", "l") ||
    /[xt]/.test(letters) ||
    ["unzip", "gunzip"].includes(call.callee);
  const names = isOldStyle ? args.plain.slice(1) : args.plain;
  if (isUnpacking) {
    const content = call.contentOf(names[0]?.text ?? null);
    return {
      drafts: [],
      value: { ...UNKNOWN, facts: joinFacts(content.facts, call.named["stdin"]?.facts ?? []) },
    };
  }
  const output = args.valuesOf("f")[0] ?? (isZip || letters.includes("f") ? names[0] : undefined);
  const inputs = [...names.filter((one) => one !== output), ...args.valuesOf("C", "directory")];
  const reads = inputs.flatMap((value) => draftFileRead(outline(value)));
  const packed = joinFacts(...inputs.map((one) => call.contentOf(outline(one)).facts));
  const secret: Draft[] = args.hasOption("P", "e", "password")
    ? [{ op: "encrypt", target: args.line }]
    : [];
  const path = output === undefined ? null : outline(output);
  if (path === null || path === "-")
    return { drafts: [...reads, ...secret], value: { ...UNKNOWN, facts: packed } };
  return {
    drafts: [
      ...reads,
      ...secret,
      { op: "write", target: path, class: classifyPath(path), from: packed },
    ],
    wrote: { path, value: { ...UNKNOWN, facts: packed } },
  };
};

/** Copies bytes: `if=` to `of=`. */
const copyBytes: Reader = (call) => {
  const words = call.args.map(outline);
  const from = words.find((one) => one.startsWith("if="))?.slice(3) ?? "-";
  const to = words.find((one) => one.startsWith("of="))?.slice(3);
  if (to === undefined)
    return { drafts: draftFileRead(from), value: call.named["stdin"] ?? UNKNOWN };
  const isDevice = /^\/dev\/(?:sd|hd|nvme|disk|mmcblk|vd|rdisk|mapper)/.test(to);
  if (isDevice)
    return { drafts: [{ op: "delete", target: to, class: "root", traits: ["forced"] }] };
  const isFilling =
    /^\/dev\/(?:zero|u?random)/.test(from) && !words.some((one) => one.startsWith("count="));
  return {
    drafts: isFilling
      ? [{ op: "exhaust", target: to, class: "disk" }]
      : [...draftFileRead(from), draftFileWrite(to, false)],
    wrote: {
      path: to,
      value: from === "-" ? (call.named["stdin"] ?? UNKNOWN) : call.contentOf(from),
    },
  };
};

const remove: Reader = (call) => {
  const args = readArguments(call);
  const traits = [
    ...(args.hasOption("r", "R", "recursive") ? (["recursive"] as const) : []),
    ...(args.hasOption("f", "force") ? (["forced"] as const) : []),
  ];
  return {
    drafts: args.plain.map((value) => {
      const path = outline(value);
      return { op: "delete" as const, target: path, class: classifyPath(path), traits };
    }),
  };
};

const SHELLS = /^(?:(?:ba|z|da|k|a|fi)?sh|pwsh|powershell|python[\d.]{0,4}|exec)$/;

const redirect: Reader = (call) => {
  const [to, value = UNKNOWN] = call.args;
  const path = outline(to ?? textValue("…"));
  const command = outline(call.args[2] ?? textValue(""));
  const socket = /^\/dev\/(?:tcp|udp)\/(\S{1,200})/.exec(path);
  if (socket !== null) {
    return SHELLS.test(command)
      ? { drafts: [{ op: "evaluate", target: socket[1] ?? path, traits: ["reverse-shell"] }] }
      : {
          drafts: [
            { op: "send", target: (socket[1] ?? path).replace("/", ":"), traits: ["raw-address"] },
          ],
        };
  }
  const isAppend = call.callee === "redirect-append";
  const before = isAppend ? call.contentOf(path) : UNKNOWN;
  const content = isAppend && before !== UNKNOWN ? joined([before, value]) : value;
  return {
    drafts: [
      { ...draftFileWrite(path, isAppend), from: joinFacts(value.facts) },
      ...(command === "yes" ? [{ op: "exhaust" as const, class: "disk", target: path }] : []),
    ],
    wrote: { path, value: content },
    inner: programIn(path, value),
    value: UNKNOWN,
  };
};

/** A program that is written out is read as one, whoever runs it later. */
function programIn(path: string, value: Value): NonNullable<Outcome["inner"]> {
  if (value.text === null || value.text.length < 12) return [];
  const place = classifyPath(path);
  if (place === "shell-profile" || place === "git-hooks")
    return [{ text: value.text, via: "heredoc", language: "shell" }];
  const unit = commandsInFile(path, value.text);
  if (unit.length > 0)
    return unit.map(({ text }) => ({ text, via: "heredoc" as const, language: "shell" as const }));
  if (!value.text.trim().includes("\n")) return [];
  const isProgram =
    value.text.startsWith("#!") || /\.(?:sh|bash|py|js|mjs|ps1|plist|service)$/.test(path);
  return isProgram ? [{ text: value.text, via: "heredoc" }] : [];
}

const readInput: Reader = (call) => {
  const path = outline(call.args[0] ?? textValue(""));
  const socket = /^\/dev\/(?:tcp|udp)\/(\S{1,200})/.exec(path);
  if (socket !== null)
    return { drafts: [{ op: "download", target: socket[1] ?? path, traits: ["raw-address"] }] };
  return { drafts: draftFileRead(path), value: call.contentOf(path) };
};

const tee: Reader = (call) => {
  const args = readArguments(call);
  const stdin = call.named["stdin"] ?? UNKNOWN;
  const [path] = args.plain.map(outline);
  const drafts = args.plain.map((value) => ({
    ...draftFileWrite(outline(value), args.hasOption("a", "append")),
    from: stdin.facts,
  }));
  return path === undefined
    ? { drafts, value: stdin }
    : { drafts, value: stdin, wrote: { path, value: stdin }, inner: programIn(path, stdin) };
};

const print: Reader = (call) => {
  const args =
    call.callee === "printf"
      ? call.args
      : call.args.filter((one) => !/^-[neE]{1,3}$/.test(outline(one)));
  const spaced = args.flatMap((value, at) => (at === 0 ? [value] : [textValue(" "), value]));
  const text = joined(spaced);
  const isEscaped =
    call.callee === "printf" || call.args.some((one) => /^-\w{0,2}e/.test(outline(one)));
  return {
    drafts: [],
    value: isEscaped && text.text !== null ? { ...text, text: unescape(text.text) } : text,
  };
};

function unescape(text: string): string {
  return text
    .replaceAll(
      /\\x([0-9a-fA-F]{2})|\\0?([0-7]{3})/g,
      (_, hex: string | undefined, octal: string | undefined) =>
        String.fromCodePoint(
          hex === undefined ? Number.parseInt(octal ?? "0", 8) : Number.parseInt(hex, 16),
        ),
    )
    .replaceAll(String.raw`\n`, "\n")
    .replaceAll(String.raw`\t`, "\t");
}

const environment: Reader = (call) =>
  call.args.some((one) => !outline(one).startsWith("-"))
    ? secretVariable(outline(call.args[0] ?? textValue("")))
    : { drafts: [{ op: "read-environment", target: null }] };

function secretVariable(name: string): Outcome {
  return isSecretName(name)
    ? { drafts: [{ op: "read-secret", target: name, class: "environment-secret" }] }
    : { drafts: [] };
}

/** `set` and `export` print everything only when nothing is given to them. */
const listing =
  (flag: string): Reader =>
  (call) => {
    const isListing = call.args.length === 0 || outline(call.args[0] ?? textValue("")) === flag;
    return {
      drafts:
        isListing && call.callee !== "set"
          ? [{ op: "read-environment", target: null }]
          : historyOff(call),
    };
  };

function historyOff(call: Called): readonly Draft[] {
  const line = call.args.map(outline).join(" ");
  return /^\+o history|HISTFILE/.test(line)
    ? [{ op: "weaken", target: line, class: "history" }]
    : [];
}

/** Where `mktemp` makes its file or folder; which one it is does not matter for what goes in and comes out. */
const MADE = "/tmp/made-by-mktemp";

/** Commands that read, write and remove files, and print. */
export const SHELL_FILES: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    "cat head tail less more bat tac nl strings od grep egrep rg sed jq cut sort uniq wc tr rev fold paste split column"
      .split(" ")
      .map((name) => [name, readFiles] as const),
  ),
  find,
  mktemp: () => ({ drafts: [], text: MADE }),
  dd: copyBytes,
  cp: copy,
  mv: copy,
  install: copy,
  ln: copy,
  ditto: copy,
  tar: pack,
  zip: pack,
  unzip: pack,
  gunzip: pack,
  "7z": pack,
  "7za": pack,
  rm: remove,
  shred: remove,
  unlink: remove,
  rmdir: remove,
  truncate: remove,
  tee,
  awk,
  gawk: awk,
  mawk: awk,
  echo: print,
  printf: print,
  "redirect-out": redirect,
  "redirect-append": redirect,
  "redirect-in": readInput,
  env: environment,
  printenv: environment,
  set: listing("-p"),
  unset: (call) => ({ drafts: historyOff(call) }),
  export: listing("-p"),
  declare: listing("-p"),
};
