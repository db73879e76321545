import type { OperationTable, Outcome, Reader } from "./operations.ts";
import { codeOf } from "./reckon.ts";
import * as use from "./readers.ts";
import { moduleName } from "./script-names.ts";
import { SCRIPT_SYSTEM } from "./system-drafts.ts";
import { draftWeakening } from "./shell-system.ts";
import { joined, outline, textValue, UNKNOWN } from "./value.ts";

const BODY = ["body", "data", "json", "form", "formData"];
const fetchUrl = use.request({ url: 0, sends: false, bodies: BODY });
const post = use.request({ url: 0, sends: true, bodies: BODY, bodyAt: [1] });
/** `https.request({ hostname, path })` opens what is written to later. */
const openRequest: Reader = (call) => {
  const { named } = call;
  const host = named["hostname"] ?? named["host"];
  if (host === undefined)
    return use.request({ url: 0, sends: false, bodies: [] })({ ...call, named: {} });
  const parts = [textValue("https://"), host, named["path"] ?? textValue("/")];
  return use.request({ url: 0, sends: false, bodies: [] })({
    ...call,
    args: [joined(parts)],
    named: {},
  });
};
/** `parts.join(glue)`. */
const joinParts: Reader = ({ callee, on, args, named, contentOf, valueOf }) =>
  use.joinWith({ callee, on: args[0] ?? textValue(","), args: [on], named, contentOf, valueOf });
const connect: Reader = (call) => {
  const host = outline(call.named["host"] ?? call.args[1] ?? call.args[0] ?? UNKNOWN);
  const isAddress = /\d{1,3}(?:\.\d{1,3}){3}/.test(host) && !/127\.|0\.0\.0\.0/.test(host);
  return {
    drafts: [
      { op: "download", target: host, class: "socket", traits: isAddress ? ["raw-address"] : [] },
    ],
  };
};
/** A request that is written to or ended sends; a response that is written to answers. */
const sendOn: Reader = ({ on, args }) => {
  const request = on.facts.find((fact) => fact.op === "download" || fact.op === "send");
  const from = args.flatMap((one) => one.facts);
  if (request === undefined || from.length === 0) return { drafts: [] };
  return { drafts: [{ op: "send", target: request.target, traits: request.traits, from }] };
};
/** `shell.stdout.pipe(socket)` and back. */
const pipe: Reader = ({ on, args }) => {
  const all = [...on.facts, ...args.flatMap((one) => one.facts)];
  const isSocket = all.some((fact) => fact.class === "socket");
  const isShell = all.some((fact) => fact.op === "run" || fact.class === "shell");
  return isSocket && isShell
    ? { drafts: [{ op: "evaluate", target: "pipe", traits: ["reverse-shell"] }] }
    : { drafts: [], value: { ...on, facts: all } };
};
const spawn: Reader = (call) => {
  const outcome = use.runCommand(call);
  const command = outline(call.args[0] ?? UNKNOWN);
  return /(?:^|\/)(?:ba|z)?sh$|cmd\.exe$/.test(command) && call.args.length < 2
    ? { ...outcome, value: UNKNOWN }
    : outcome;
};
const bufferFrom: Reader = (call) => {
  const how = outline(call.args[1] ?? UNKNOWN);
  if (how === "base64" || how === "base64url") return use.decode("base64")(call);
  if (how === "hex") return use.decode("hex")(call);
  return call.args[0]?.items === null ? use.passOn({ ...call, on: UNKNOWN }) : use.fromCodes(call);
};
const toText: Reader = (call) => {
  const how = outline(call.args[0] ?? UNKNOWN);
  return how === "base64" || how === "hex" ? use.encode(how)(call) : use.passOn(call);
};
const joinPath: Reader = ({ args }) => ({
  drafts: [],
  value: {
    ...joined(args.flatMap((one, at) => (at === 0 ? [one] : [textValue("/"), one]))),
    items: null,
  },
});
const setItem: Reader = ({ args: [name = UNKNOWN, value = UNKNOWN] }) => ({
  drafts: draftWeakening(`${outline(name).replace("process.env.", "")}=${outline(value)}`),
});
const reverse: Reader = ({ on }) => ({
  drafts: [],
  value: { ...on, items: on.items?.toReversed() ?? null, isPieced: true },
});
const split: Reader = ({ on, args: [by = UNKNOWN] }) => {
  if (on.text === null || by.text === null || on.text.length > 20_000)
    return { drafts: [], value: on };
  return {
    drafts: [],
    value: { ...on, text: null, items: on.text.split(by.text).map((one) => textValue(one)) },
  };
};
const concat: Reader = ({ on, args }) => ({
  drafts: [],
  value: { ...joined([on, ...args]), isPieced: true },
});
const timer: Reader = (call) => {
  const [task = UNKNOWN] = call.args;
  // A function that was handed over, and of which nothing is known, is no text.
  const isFunction = task.definition !== null || (task.text === null && task.facts.length === 0);
  return isFunction ? { drafts: [] } : use.evaluateCode("javascript")(call);
};
const code = use.evaluateCode("javascript");
/** A module by a name that is put together. */
const loaded: Reader = ({ args: [name = UNKNOWN] }) => ({
  drafts: [],
  value:
    name.text === null
      ? name
      : { ...textValue(moduleName(name.text), name.facts), isPieced: name.isPieced },
});
/** `import()` runs what it is given, also when that is data. */
const importFrom: Reader = (call) => {
  const [name = UNKNOWN] = call.args;
  const isData =
    /^data:|^https?:/.test(outline(name)) || name.facts.some(({ op }) => op === "download");
  return isData ? code(call) : loaded(call);
};

const CALLS = new Map<string, Reader>(
  Object.entries<Reader>({
    fetch: fetchUrl,
    "node-fetch": fetchUrl,
    axios: fetchUrl,
    got: fetchUrl,
    "axios.get": fetchUrl,
    "axios.post": post,
    "axios.put": post,
    "axios.patch": post,
    "axios.request": fetchUrl,
    "got.post": post,
    "https.get": openRequest,
    "http.get": openRequest,
    "https.request": openRequest,
    "http.request": openRequest,
    "undici.request": fetchUrl,
    "undici.fetch": fetchUrl,
    WebSocket: fetchUrl,
    ws: fetchUrl,
    XMLHttpRequest: () => ({ drafts: [] }),
    "navigator.sendBeacon": post,
    "net.connect": connect,
    "net.createConnection": connect,
    "tls.connect": connect,
    "http.createServer": use.only({ op: "listen", class: "web", target: "http" }),
    "net.createServer": use.only({ op: "listen", target: "net" }),
    "dns.resolve": use.only({ op: "resolve", traits: ["interpolated"] }),
    "dns.lookup": use.only({ op: "resolve", traits: ["interpolated"] }),
    "dns.resolve4": use.only({ op: "resolve", traits: ["interpolated"] }),
    "dns.resolveTxt": use.only({ op: "resolve", traits: ["interpolated"] }),
    "os.hostname": use.only({ op: "sense" }),
    "os.userInfo": use.only({ op: "sense" }),
    "child_process.exec": use.runCommand,
    "child_process.execSync": use.runCommand,
    "child_process.execFile": use.runCommand,
    "child_process.execFileSync": use.runCommand,
    "child_process.spawn": spawn,
    "child_process.spawnSync": spawn,
    "child_process.fork": use.runCommand,
    execa: use.runCommand,
    "execa.execa": use.runCommand,
    "execa.execaCommand": use.runCommand,
    "shelljs.exec": use.runCommand,
    "Bun.spawn": use.runCommand,
    "Deno.Command": use.runCommand,
    "Deno.run": use.runCommand,
    eval: code,
    import: importFrom,
    require: loaded,
    "process.mainModule.require": loaded,
    "module.require": loaded,
    Function: (call) => code({ ...call, args: call.args.slice(-1) }),
    "vm.runInThisContext": code,
    "vm.runInNewContext": code,
    "vm.runInContext": code,
    "vm.Script": code,
    "vm.compileFunction": code,
    setTimeout: timer,
    setInterval: timer,
    "v8.deserialize": use.only({ op: "deserialise", target: "v8" }),
    "node-serialize.unserialize": use.only({ op: "deserialise", target: "node-serialize" }),
    atob: use.decode("base64"),
    btoa: use.encode("base64"),
    "Buffer.from": bufferFrom,
    decodeURIComponent: use.decode("url"),
    unescape: use.decode("url"),
    encodeURIComponent: use.passOn,
    "zlib.gunzipSync": use.decode("gzip"),
    "zlib.inflateSync": use.decode("gzip"),
    "zlib.unzipSync": use.decode("gzip"),
    "String.fromCharCode": use.fromCodes,
    "String.fromCodePoint": use.fromCodes,
    "JSON.stringify": (call) => ({
      drafts: [{ op: "encode", target: "json", from: call.args.flatMap((one) => one.facts) }],
    }),
    "JSON.parse": use.passOn,
    String: use.passOn,
    "os.homedir": () => ({ drafts: [], text: "~" }),
    "os.tmpdir": () => ({ drafts: [], text: "/tmp" }),
    "path.join": joinPath,
    "path.resolve": joinPath,
    "fs.readFile": use.readPath(0),
    "fs.readFileSync": use.readPath(0),
    "fs.readdirSync": use.readPath(0),
    "fs.readdir": use.readPath(0),
    "fs.createReadStream": use.readPath(0),
    "Deno.readTextFile": use.readPath(0),
    "Bun.file": use.readPath(0),
    "fs.writeFile": use.writePath(0, 1),
    "fs.writeFileSync": use.writePath(0, 1),
    "Deno.writeTextFile": use.writePath(0, 1),
    "Bun.write": use.writePath(0, 1),
    "fs.appendFile": use.writePath(0, 1, true),
    "fs.appendFileSync": use.writePath(0, 1, true),
    "fs.copyFile": use.copyPath,
    "fs.copyFileSync": use.copyPath,
    "fs.cpSync": use.copyPath,
    "fs.renameSync": use.copyPath,
    "fs.rm": use.deletePath(true),
    "fs.rmSync": use.deletePath(true),
    "fs.rmdirSync": use.deletePath(true),
    "fs.unlink": use.deletePath(false),
    "fs.unlinkSync": use.deletePath(false),
    "clipboardy.read": use.only({ op: "capture", class: "clipboard" }),
    "clipboardy.readSync": use.only({ op: "capture", class: "clipboard" }),
    "navigator.clipboard.readText": use.only({ op: "capture", class: "clipboard" }),
    "screenshot-desktop": use.only({ op: "capture", class: "screen" }),
    "keytar.getPassword": use.only({ op: "read-secret", class: "keychain" }),
    "keytar.findCredentials": use.only({ op: "read-secret", class: "keychain" }),
    "Object.entries": use.passOn,
    "Object.keys": use.passOn,
    "console.log": () => ({ drafts: [], value: UNKNOWN }),
    ...use.RECKONING,
    ...SCRIPT_SYSTEM,
    "set-item": setItem,
  }),
);

const METHODS = new Map<string, Reader>(
  Object.entries<Reader>({
    post,
    write: sendOn,
    end: sendOn,
    send: sendOn,
    pipe,
    sendMail: use.only({ op: "send", target: "mail" }),
    toString: toText,
    charCodeAt: codeOf,
    codePointAt: codeOf,
    join: joinParts,
    reverse,
    split,
    concat,
    replace: use.replaceIn,
    replaceAll: use.replaceIn,
    trim: use.passOn,
    toLowerCase: use.passOn,
    text: use.passOn,
    json: use.passOn,
  }),
);

function readerOf(callee: string): Reader | undefined {
  const own =
    CALLS.get(callee) ?? CALLS.get(callee.replace(/^(?:fs\.promises|fsp|fse|fs-extra)\./, "fs."));
  if (own !== undefined) return own;
  const last = callee.slice(callee.lastIndexOf(".") + 1);
  return callee.includes(".") ? METHODS.get(last) : undefined;
}

function nameOf(name: string): Outcome | undefined {
  if (name === "process.env" || name === "Deno.env" || name === "Bun.env")
    return { drafts: [{ op: "read-environment", target: null }] };
  const variable = /^(?:process|Bun|import\.meta)\.env\.(\w{1,100})$/.exec(name)?.[1];
  return variable === undefined ? undefined : use.variableOutcome(textValue(variable));
}

/** What the calls and names of JavaScript and TypeScript do. */
export const SCRIPT_OPERATIONS: OperationTable = {
  readerOf,
  isMember: (path) => path.includes(".") && CALLS.has(path),
  nameOf,
  indexOf: (of, key) => (of.endsWith(".env") ? use.variableOutcome(textValue(key)) : undefined),
};
