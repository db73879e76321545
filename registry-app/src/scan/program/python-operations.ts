import type { OperationTable, Outcome, Reader } from "./operations.ts";
import { codeOf } from "./reckon.ts";
import * as use from "./readers.ts";
import { PYTHON_SYSTEM } from "./system-drafts.ts";
import { outline, textValue, UNKNOWN } from "./value.ts";

import {
  MADE,
  byMethod,
  bytesOf,
  connect,
  connectTo,
  duplicate,
  ends,
  format,
  get,
  imported,
  joinPath,
  json,
  letter,
  madeFile,
  map,
  memberOf,
  open,
  path,
  post,
  putFile,
  reader,
  runLater,
  send,
  sendOnSocket,
  sendRequest,
  setItem,
  sitePackages,
  slice,
  spawnTerminal,
  write,
  yamlLoad,
} from "./python-readers.ts";

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
    "asyncio.open_connection": connect,
    ...Object.fromEntries(
      "request.get_data request.get_json request.json.get request.form.get request.args.get"
        .split(" ")
        .flatMap((name) => [name, `flask.${name}`])
        .map((name) => [name, use.only({ op: "listen", class: "web", target: name })] as const),
    ),
    "paramiko.Transport": connect,
    "paramiko.SFTPClient.from_transport": use.passOn,
    "run-later": runLater,
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
    getattr: memberOf,
    "sqlite3.connect": use.readPath(0),
    "tempfile.mkstemp": madeFile,
    "tempfile.mktemp": () => ({ drafts: [], text: MADE }),
    "os.write": use.writePath(0, 1),
    "http.client.HTTPSConnection": connectTo,
    "http.client.HTTPConnection": connectTo,
    "site.getsitepackages": sitePackages,
    "site.getusersitepackages": sitePackages,
    ...Object.fromEntries(
      "ctypes.addressof ctypes.memmove ctypes.string_at ctypes.CFUNCTYPE ctypes.windll.kernel32.RtlMoveMemory ctypes.windll.kernel32.CreateThread"
        .split(" ")
        .map((name) => [name, use.only({ op: "load-library", target: name })] as const),
    ),
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
    bytes: bytesOf,
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
    put: putFile,
    patch: post,
    urlopen: open,
    request: sendRequest,
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
    get_credentials: use.only({ op: "read-secret", class: "cloud-credentials", target: "session" }),
    get_frozen_credentials: use.passOn,
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
  if (name === "sys.executable") return { drafts: [], text: "python3" };
  if (/^(?:flask\.)?request\.(?:data|json|form|args|values|files)$/.test(name))
    return { drafts: [{ op: "listen", class: "web", target: name }] };
  if (name === "chr") return { drafts: [], value: { ...UNKNOWN, text: "chr" } };
  return undefined;
}

/** What Python's calls and names do. */
export const PYTHON_OPERATIONS: OperationTable = {
  readerOf,
  isMember: (path) => path.includes(".") && CALLS.has(path),
  nameOf,
  indexOf: (of, key) => (of === "os.environ" ? use.variableOutcome(textValue(key)) : undefined),
};
