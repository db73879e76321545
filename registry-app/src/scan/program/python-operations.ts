import type { OperationTable, Outcome, Reader } from "./operations.ts";
import { codeOf } from "./reckon.ts";
import * as use from "./readers.ts";
import { draftWeakening } from "./shell-system.ts";
import { PYTHON_SYSTEM } from "./system-drafts.ts";
import { outline, textValue, UNKNOWN, joined } from "./value.ts";

const BODY = ["data", "json", "files", "content", "params"];
const get = use.request({ url: 0, sends: false, bodies: BODY });
const post = use.request({ url: 0, sends: true, bodies: BODY, bodyAt: [1] });
const byMethod: Reader = (call) => {
  const sends = /POST|PUT|PATCH/i.test(outline(call.args[0] ?? textValue("")));
  return use.request({ url: 1, sends, bodies: BODY, bodyAt: sends ? [2] : [] })(call);
};
const open = use.request({ url: 0, sends: false, bodies: ["data"], bodyAt: [] });

const connect: Reader = ({ args }) => {
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
const send: Reader = ({ on, args }) => {
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
/** `send` of something else than a socket may be anything. */
const sendOnSocket: Reader = (call) =>
  call.on.facts.some((one) => one.class === "socket") ? send(call) : { drafts: [] };
/** A shell whose input and output are a socket. */
const duplicate: Reader = ({ args }) => {
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
const spawnTerminal: Reader = ({ args }) => ({
  drafts: [{ op: "run", target: outline(args[0] ?? textValue("")), class: "shell", traits: [] }],
});

const yamlLoad: Reader = ({ args, named }) => {
  const isSafe = /safe|base/i.test(outline(named["Loader"] ?? args[1] ?? textValue("")));
  return isSafe ? { drafts: [] } : { drafts: [{ op: "deserialise", target: "yaml" }] };
};
const path =
  (prefix: string): Reader =>
  ({ args }) => ({ drafts: [], value: args[0] === undefined ? textValue(prefix) : args[0] });
const joinPath: Reader = ({ args }) => ({
  drafts: [],
  value: {
    ...joined(args.flatMap((one, at) => (at === 0 ? [one] : [textValue("/"), one]))),
    items: null,
  },
});
const reader = (what: string): Reader => use.only({ op: "capture", class: what });
const write: Reader = ({ on, args: [value = UNKNOWN] }) => {
  const to = outline(on);
  return /^[\w~./$-][^\n]{0,300}$/.test(to)
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
const imported: Reader = ({ args: [name = UNKNOWN] }) => ({
  drafts: [],
  value: { ...textValue(outline(name)), isPieced: name.isPieced },
});
const format: Reader = ({ on, args }) => {
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
const slice: Reader = ({ args: [of = UNKNOWN, from = UNKNOWN, to = UNKNOWN, step = UNKNOWN] }) => {
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
const letter: Reader = ({ args }) =>
  use.fromCodes({
    callee: "",
    on: UNKNOWN,
    args,
    named: {},
    contentOf: () => UNKNOWN,
    valueOf: () => UNKNOWN,
  });
/** `map(chr, codes)`; what else is mapped keeps its facts. */
const map: Reader = (call) => {
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
const ends: Reader = ({ args: [of = UNKNOWN] }) => ({
  drafts: [],
  value:
    of.text === null ? of : { ...of, text: [...of.text].toReversed().join(""), isPieced: true },
});
const setItem: Reader = ({ args: [of = UNKNOWN, key = UNKNOWN, value = UNKNOWN] }) => {
  const isEnvironment = /(?:^|\.)environ$/.test(outline(of));
  return isEnvironment
    ? { drafts: draftWeakening(`${outline(key)}=${outline(value)}`) }
    : { drafts: [] };
};
const json: Reader = ({ args }) => ({
  drafts: [{ op: "encode", target: "json", from: args.flatMap((one) => one.facts) }],
});

/** By whole name. */
const CALLS = new Map<string, Reader>(
  Object.entries<Reader>({
    "requests.get": get,
    "httpx.get": get,
    "requests.head": get,
    "requests.post": post,
    "requests.put": post,
    "requests.patch": post,
    "httpx.post": post,
    "httpx.put": post,
    "requests.request": byMethod,
    "httpx.request": byMethod,
    "urllib.request.urlopen": open,
    "urllib2.urlopen": open,
    "urllib.request.Request": open,
    "urllib.request.urlretrieve": (call) => ({
      ...get(call),
      wrote: { path: outline(call.args[1] ?? UNKNOWN), value: UNKNOWN },
    }),
    "wget.download": get,
    "socket.create_connection": connect,
    "socket.getaddrinfo": use.only({ op: "resolve", traits: ["interpolated"] }),
    "socket.gethostbyname": use.only({ op: "resolve", traits: ["interpolated"] }),
    "dns.resolver.resolve": use.only({ op: "resolve", traits: ["interpolated"] }),
    "socket.gethostname": use.only({ op: "sense" }),
    "platform.node": use.only({ op: "sense" }),
    "getpass.getuser": use.only({ op: "sense" }),
    "datetime.datetime.now": use.only({ op: "sense" }),
    "os.system": use.runCommand,
    "os.popen": use.runCommand,
    "os.execvp": use.runCommand,
    "os.execv": use.runCommand,
    "commands.getoutput": use.runCommand,
    "subprocess.run": use.runCommand,
    "subprocess.call": use.runCommand,
    "subprocess.check_call": use.runCommand,
    "subprocess.check_output": use.runCommand,
    "subprocess.getoutput": use.runCommand,
    "subprocess.Popen": use.runCommand,
    "asyncio.create_subprocess_shell": use.runCommand,
    "pty.spawn": spawnTerminal,
    "os.dup2": duplicate,
    exec: use.evaluateCode("python"),
    eval: use.evaluateCode("python"),
    compile: use.passOn,
    __import__: imported,
    "importlib.import_module": imported,
    "pickle.loads": use.only({ op: "deserialise", target: "pickle" }),
    "pickle.load": use.only({ op: "deserialise", target: "pickle" }),
    "marshal.loads": use.only({ op: "deserialise", target: "marshal" }),
    "marshal.load": use.only({ op: "deserialise", target: "marshal" }),
    "dill.loads": use.only({ op: "deserialise", target: "dill" }),
    "yaml.load": yamlLoad,
    "ctypes.CDLL": use.only({ op: "load-library" }),
    "ctypes.cdll.LoadLibrary": use.only({ op: "load-library" }),
    "base64.b64decode": use.decode("base64"),
    "base64.urlsafe_b64decode": use.decode("base64"),
    "base64.decodebytes": use.decode("base64"),
    "base64.b32decode": use.decode("base32"),
    "base64.b16decode": use.decode("hex"),
    "base64.b85decode": use.decode("base85"),
    "bytes.fromhex": use.decode("hex"),
    "binascii.unhexlify": use.decode("hex"),
    "binascii.a2b_base64": use.decode("base64"),
    "urllib.parse.unquote": use.decode("url"),
    "zlib.decompress": use.decode("gzip"),
    "gzip.decompress": use.decode("gzip"),
    "codecs.decode": (call) =>
      /rot/i.test(outline(call.args[1] ?? UNKNOWN)) ? use.decode("rot13")(call) : use.passOn(call),
    "base64.b64encode": use.encode("base64"),
    "base64.urlsafe_b64encode": use.encode("base64"),
    "binascii.hexlify": use.encode("hex"),
    "json.dumps": json,
    "os.getenv": use.readVariable,
    "os.environ.get": use.readVariable,
    "os.environ.items": use.only({ op: "read-environment" }),
    "os.environ.copy": use.only({ op: "read-environment" }),
    "os.path.expanduser": path("~"),
    "os.path.expandvars": path("~"),
    "os.path.abspath": path("."),
    "pathlib.Path.home": () => ({ drafts: [], text: "~" }),
    "Path.home": () => ({ drafts: [], text: "~" }),
    "pathlib.Path": joinPath,
    "os.path.join": joinPath,
    "path-join": joinPath,
    open: use.openFile,
    "io.open": use.openFile,
    "shutil.copy": use.copyPath,
    "shutil.copy2": use.copyPath,
    "shutil.copyfile": use.copyPath,
    "shutil.copytree": use.copyPath,
    "shutil.move": use.copyPath,
    "shutil.make_archive": use.readPath(2),
    "shutil.rmtree": use.deletePath(true),
    "os.remove": use.deletePath(false),
    "os.unlink": use.deletePath(false),
    "os.walk": use.readPath(0),
    "glob.glob": use.readPath(0),
    "os.listdir": use.readPath(0),
    "os.setuid": use.only({ op: "elevate", class: "root" }),
    "keyring.get_password": use.only({ op: "read-secret", class: "keychain" }),
    "win32crypt.CryptUnprotectData": use.only({
      op: "read-secret",
      class: "keychain",
      target: "DPAPI",
    }),
    "browser_cookie3.load": use.only({
      op: "read-secret",
      class: "browser-profile",
      target: "cookies",
    }),
    "browser_cookie3.chrome": use.only({
      op: "read-secret",
      class: "browser-profile",
      target: "cookies",
    }),
    "pyperclip.paste": reader("clipboard"),
    "ImageGrab.grab": reader("screen"),
    "PIL.ImageGrab.grab": reader("screen"),
    "pyautogui.screenshot": reader("screen"),
    "mss.mss": reader("screen"),
    "sounddevice.rec": reader("microphone"),
    "pynput.keyboard.Listener": reader("keys"),
    "keyboard.Listener": reader("keys"),
    "keyboard.on_press": reader("keys"),
    "keyboard.record": reader("keys"),
    "winreg.SetValueEx": use.only({ op: "schedule", target: "registry" }),
    "smtplib.SMTP": use.only({ op: "download", class: "socket" }),
    "smtplib.SMTP_SSL": use.only({ op: "download", class: "socket" }),
    ...use.RECKONING,
    ...PYTHON_SYSTEM,
    ord: codeOf,
    chr: letter,
    map,
    reversed: ends,
    slice,
    format,
    "set-item": setItem,
    str: use.passOn,
    bytes: use.passOn,
    bytearray: use.passOn,
    list: use.passOn,
    dict: use.passOn,
    print: () => ({ drafts: [], value: UNKNOWN }),
    len: () => ({ drafts: [], value: UNKNOWN }),
  }),
);

/** By the name behind the last dot, for values whose kind is not known. */
const METHODS = new Map<string, Reader>(
  Object.entries<Reader>({
    post,
    put: post,
    patch: post,
    urlopen: open,
    sendall: send,
    send: sendOnSocket,
    sendto: send,
    sendmail: send,
    send_message: send,
    storbinary: send,
    upload_file: send,
    upload_fileobj: send,
    put_object: send,
    connect,
    bind: use.only({ op: "listen" }),
    read_text: use.readPath(-1),
    read_bytes: use.readPath(-1),
    write_text: use.writePath(-1, 0),
    write_bytes: use.writePath(-1, 0),
    write,
    rglob: use.readPath(-1),
    unlink: use.deletePath(false),
    encrypt: (call) => ({
      drafts: [{ op: "encrypt", target: call.callee, from: call.args.flatMap((one) => one.facts) }],
    }),
    join: use.joinWith,
    replace: use.replaceIn,
    format,
    decode: use.passOn,
    encode: use.passOn,
    strip: use.passOn,
    rstrip: use.passOn,
    lower: use.passOn,
    expanduser: use.passOn,
    resolve: use.passOn,
    read: use.passOn,
    readlines: use.passOn,
    get_password: use.only({ op: "read-secret", class: "keychain" }),
  }),
);

const LISTENERS = /\.(?:Listener)$/;

function readerOf(callee: string): Reader | undefined {
  const own = CALLS.get(callee) ?? CALLS.get(callee.replace(/^(?:os\.path\.|urllib\.)?/, ""));
  if (own !== undefined) return own;
  if (LISTENERS.test(callee) && callee.includes("keyboard")) return reader("keys");
  const last = callee.slice(callee.lastIndexOf(".") + 1);
  if (callee.includes(".")) {
    // `session.get(url)` is a request and `settings.get(key)` is not: only what takes an address speaks to one.
    if (last === "get")
      return (call) =>
        /https?:|…\//.test(outline(call.args[0] ?? UNKNOWN)) ? get(call) : { drafts: [] };
    return METHODS.get(last);
  }
  return undefined;
}

function nameOf(name: string): Outcome | undefined {
  if (name === "os.environ") return { drafts: [{ op: "read-environment", target: null }] };
  if (name === "chr") return { drafts: [], value: { ...UNKNOWN, text: "chr" } };
  return undefined;
}

/** What Python's calls and names do. */
export const PYTHON_OPERATIONS: OperationTable = {
  readerOf,
  nameOf,
  indexOf: (of, key) => (of === "os.environ" ? use.variableOutcome(textValue(key)) : undefined),
};
