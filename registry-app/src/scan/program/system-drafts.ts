import { classifyPath } from "../targets/classify-path.ts";
import type { Draft, Reader } from "./operations.ts";
import { only } from "./readers.ts";
import { joinFacts, outline, textValue, UNKNOWN } from "./value.ts";

/** What a program does to the machine itself, in Python and in JavaScript. */

/** Loops without an end are how services wait; only what grows in them uses the machine up. */
const GROWING: readonly (readonly [RegExp, string])[] = [
  [
    /\bos\.fork\(|\bfork\(\)|Process\(.{0,80}\)\.start\(|Popen\(|\bspawn\(|\bfork\(__filename/,
    "fork-bomb",
  ],
  [
    /\.(?:append|push)\(.{0,40}(?:\*\s?\d{4,}|10\s?\*\*|bytearray\(|alloc\(|repeat\()/,
    "memory-fill",
  ],
  [/\.write\(.{0,40}(?:\*\s?\d{4,}|10\s?\*\*|urandom|alloc\(|repeat\()/, "disk-fill"],
];

/** The text of the body of a loop without an end. */
const endless: Reader = ({ args: [body = UNKNOWN] }) => {
  const text = outline(body);
  const found = GROWING.find(([pattern]) => pattern.test(text));
  const isResting = /\b(?:break|return|sleep|await|wait|accept|recv)\b/.test(text);
  return {
    drafts: found === undefined || isResting ? [] : [{ op: "exhaust", class: found[1] }],
    value: UNKNOWN,
  };
};

/** Opens a path to everybody or lets it run as its owner; to make it executable is no more than that. */
const changeMode: Reader = ({ args: [path = UNKNOWN, mode = UNKNOWN] }) => {
  const bits = Number(mode.text ?? "0");
  const isOpen = Number.isInteger(bits) && ((bits & 0o2) > 0 || (bits & 0o6000) > 0);
  const target = outline(path);
  const draft: Draft = { op: "elevate", target, class: classifyPath(target) };
  return { drafts: isOpen ? [draft] : [], value: UNKNOWN };
};

const encrypt: Reader = ({ callee, on, args }) => ({
  drafts: [
    { op: "encrypt", target: callee, from: joinFacts(on.facts, ...args.map((one) => one.facts)) },
  ],
});

const weaken = (what: string): Reader => only({ op: "weaken", class: what, target: what });
const sense: Reader = ({ callee }) => ({ drafts: [{ op: "sense", target: callee }] });
const rows = (names: string, reader: Reader): Readonly<Record<string, Reader>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, reader] as const));

export const PYTHON_SYSTEM: Readonly<Record<string, Reader>> = {
  "endless-loop": endless,
  "os.chmod": changeMode,
  ...rows("os.setuid os.seteuid os.setgid os.setresuid", only({ op: "elevate", class: "root" })),
  ...rows(
    "ssl._create_unverified_context ssl._create_default_https_context urllib3.disable_warnings",
    weaken("tls"),
  ),
  ...rows(
    "torch.load joblib.load cloudpickle.loads cloudpickle.load dill.load shelve.open jsonpickle.decode pandas.read_pickle",
    ({ callee }) => ({ drafts: [{ op: "deserialise", target: callee }] }),
  ),
  ...rows(
    "platform.system platform.platform platform.uname os.uname uuid.getnode os.getlogin",
    sense,
  ),
  ...rows("datetime.now datetime.date.today date.today time.localtime", sense),
  ...rows("winreg.SetValue winreg.SetValueEx", only({ op: "schedule", target: "registry" })),
};

export const SCRIPT_SYSTEM: Readonly<Record<string, Reader>> = {
  "endless-loop": endless,
  ...rows("fs.chmod fs.chmodSync", changeMode),
  ...rows("process.setuid process.seteuid process.setgid", only({ op: "elevate", class: "root" })),
  ...rows("os.platform os.arch process.getuid os.networkInterfaces os.release", sense),
  ...rows("crypto.createCipheriv crypto.publicEncrypt crypto.createCipher", encrypt),
  "https.Agent": ({ named }) => ({
    drafts: /false/.test(outline(named["rejectUnauthorized"] ?? textValue("")))
      ? [{ op: "weaken", class: "tls", target: "rejectUnauthorized" }]
      : [],
  }),
};
