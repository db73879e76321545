import { classifyPath } from "../targets/classify-path.ts";
import { findUrls } from "../targets/classify-url.ts";
import type { Trait } from "../facts.ts";
import type { Called, Draft, Reader } from "./operations.ts";
import { readArguments } from "./shell-arguments.ts";
import { joined, outline, textValue } from "./value.ts";

const lineOf = (call: Called) => [call.callee, ...call.args.map(outline)].join(" ");
const only =
  (draft: Draft): Reader =>
  (call) => ({ drafts: [{ ...draft, target: draft.target ?? lineOf(call) }] });
/** A fact when the line says so. */
const when =
  (pattern: RegExp, draft: Draft): Reader =>
  (call) => {
    const line = lineOf(call);
    return { drafts: pattern.test(line) ? [{ ...draft, target: draft.target ?? line }] : [] };
  };
const all =
  (...readers: readonly Reader[]): Reader =>
  (call) => ({
    drafts: readers.flatMap((reader) => reader(call).drafts),
  });

const elevate: Reader = (call) => ({
  drafts: [
    {
      op: "elevate",
      target: outline(joined(call.args)).slice(0, 100) || call.callee,
      class: "root",
    },
  ],
  ...(call.args[0] === undefined ? {} : { value: call.args[0] }),
});

const chmod: Reader = (call) => {
  const line = lineOf(call);
  const args = readArguments(call);
  const path = outline(args.plain.at(-1) ?? textValue(""));
  const isOpen =
    /\b0?777\b|\b[0-7]?[0-7][0-7][267]\b|[+=]\w{0,2}s|\bo\+w|\ba\+\w{0,2}w|\b[2467][0-7]{3}\b/.test(
      line,
    );
  return isOpen
    ? { drafts: [{ op: "elevate", target: path, class: classifyPath(path) }] }
    : { drafts: [] };
};

/** What the lines of a crontab run, without when. */
export function cronCommands(text: string): readonly string[] {
  return text
    .slice(0, 20_000)
    .split("\n")
    .flatMap((line) => {
      const found =
        /^\s{0,8}(?:@\w{3,10}|(?:[\d*,/A-Za-z-]{1,40}\s{1,8}){5})\s{0,8}(\S.{0,1000})$/.exec(
          line,
        )?.[1];
      return found === undefined ? [] : [found];
    })
    .slice(0, 50);
}

const schedule: Reader = (call) => {
  const line = lineOf(call);
  const stdin = call.named["stdin"];
  if (/\s-l\b/.test(line)) return { drafts: [] };
  const isService = /^(?:systemctl|launchctl|service|update-rc\.d)/.test(line);
  if (isService && !/\b(?:enable|load|bootstrap|start|defaults|submit)\b/.test(line))
    return { drafts: [] };
  const given = stdin === undefined ? "" : ` < ${outline(stdin)}`;
  const lines =
    call.callee === "crontab" && stdin !== undefined ? cronCommands(outline(stdin)) : [];
  return {
    inner: lines.map((text) => ({ text, via: "string" as const, language: "shell" as const })),
    drafts: [
      {
        op: "schedule",
        target: `${line}${given}`.slice(0, 400),
        ...(stdin === undefined ? {} : { from: stdin.facts }),
      },
    ],
  };
};

type Ecosystem = "npm" | "pypi" | "gem" | "go" | "cargo" | "brew" | "apt";

/** What a package manager is told to bring in. */
const install =
  (ecosystem: Ecosystem, verbs: RegExp, isRunning = false): Reader =>
  (call) => {
    const words = call.args.map(outline);
    const verb = isRunning ? 0 : words.findIndex((one) => verbs.test(one));
    if (verb < 0)
      return { drafts: words[0] === "config" ? [{ op: "run", target: lineOf(call) }] : [] };
    const args = readArguments(
      { ...call, args: call.args.slice(isRunning ? 0 : verb + 1) },
      "r requirement c constraint i index-url extra-index-url t target prefix registry p package python with from".split(
        " ",
      ),
    );
    const extra = args.hasOption("extra-index-url", "index-url", "registry");
    const named = [...args.valuesOf("package", "p", "from", "with"), ...args.plain];
    const packages = (isRunning ? named.slice(0, 1) : named)
      .map(outline)
      .filter((one) => one !== "" && !/^[.~/]|…/.test(one));
    const drafts = packages.slice(0, 40).map((name): Draft => {
      const url = findUrls(name)[0];
      const isPinned = /[=@]=?v?\d/.test(name.slice(1)) && !/@latest|[~^><*]/.test(name);
      const traits: Trait[] = [
        ...(isPinned ? [] : (["unpinned"] as const)),
        ...(url === undefined && !name.startsWith("git+") ? [] : (["from-url"] as const)),
        ...(extra ? (["extra-index"] as const) : []),
        ...(url?.traits.filter((one) => one !== "known-installer") ?? []),
      ];
      return {
        op: "install",
        target: `${ecosystem}:${name}`,
        traits,
        class: isRunning ? "run" : null,
      };
    });
    return { drafts: isRunning ? [...drafts, { op: "run", target: lineOf(call) }] : drafts };
  };

const docker: Reader = (call) => {
  const line = lineOf(call);
  const isOpen =
    /--privileged|docker\.sock|-v\s{1,3}\/:|--pid[= ]host|--cap-add[= ](?:ALL|SYS_ADMIN)/.test(
      line,
    );
  return {
    drafts: [
      { op: "run", target: line },
      ...(isOpen ? [{ op: "elevate" as const, target: line, class: "container" }] : []),
    ],
  };
};

const WEAKENING: readonly (readonly [RegExp, string])[] = [
  [
    // `-R` removes a profile and `-r` loads it anew.
    /^[Ss]etenforce (?:0|[Pp]ermissive)|(?:selinux|SELINUX)=(?:0|disabled)|^aa-disable|^apparmor_parser -R/,
    "selinux",
  ],
  [
    /^ufw disable|^iptables (?:-F|--flush|-P \w{1,9} ACCEPT)|^nft flush|firewalld?\b.{0,20}(?:stop|disable)|netsh .{0,40}state off|^pfctl -d/i,
    "firewall",
  ],
  [
    /^spctl --(?:master|global)-disable|^xattr .{0,30}(?:quarantine|-c\b)|^spctl --add/i,
    "gatekeeper",
  ],
  [
    /^csrutil disable|^bcdedit|^vssadmin(?:\.exe)? delete|^wbadmin delete|shadowcopy delete|nvram .{0,20}csr/i,
    "system-integrity",
  ],
  [
    /(?:Set|Add)-MpPreference|DisableRealtimeMonitoring|freshclam.{0,20}stop|clamav.{0,20}(?:stop|disable)|falcon.{0,20}(?:stop|unload)|kill.{0,30}(?:osquery|falcon|defender|clamd)/i,
    "antivirus",
  ],
  [/^history -c|HISTFILE=(?:\/dev\/null)?\s{0,2}$|^set \+o history|HISTSIZE=0/i, "history"],
  [
    /auditctl -e 0|auditd?\b.{0,20}(?:stop|disable)|(?:rsyslog|syslog)\b.{0,20}(?:stop|disable)/i,
    "audit",
  ],
  [
    /--dangerously-skip-permissions|--yolo\b|--dangerously-bypass|skipPermissions|bypassPermissions|autoApproveAll/i,
    "agent-permissions",
  ],
  [/NODE_TLS_REJECT_UNAUTHORIZED=?\s?0|PYTHONHTTPSVERIFY=?\s?0|GIT_SSL_NO_VERIFY/i, "tls"],
];

/** What any line may say, whatever its command. */
export function draftWeakening(line: string): readonly Draft[] {
  const found = WEAKENING.find(([pattern]) => pattern.test(line));
  return found === undefined ? [] : [{ op: "weaken", target: line.slice(0, 200), class: found[1] }];
}

const MINING =
  /\bstratum\+|\bxmrig\b|\bminerd\b|cpuminer|\bcgminer\b|nicehash|minexmr|--donate-level|\bethminer\b|\bt-rex\b.{0,20}-a |cryptonight|randomx/i;

export function draftMining(line: string): readonly Draft[] {
  return MINING.test(line) ? [{ op: "mine", target: line.slice(0, 200) }] : [];
}

const setVariable: Reader = (call) => {
  const [name = textValue(""), value = textValue("")] = call.args;
  const key = outline(name);
  const line = `${key}=${outline(value)}`;
  if (
    /^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_INSERT_LIBRARIES|PYTHONSTARTUP|BASH_ENV|PROMPT_COMMAND)$/.test(
      key,
    )
  )
    return {
      drafts: [{ op: "write", target: line, class: "library-path" }],
      inner:
        key === "PROMPT_COMMAND" && value.text !== null
          ? [{ text: value.text, via: "string", language: "shell" }]
          : [],
    };
  return { drafts: draftWeakening(line) };
};

/** `alias sudo='read -s p; …'`: what asks for a password is made to give it to somebody else first. */
const standIn: Reader = ({ args }) => {
  const found = args
    .map(outline)
    .find((one) => /^(?:sudo|su|doas|ssh|passwd|gpg|login)=/.test(one) && ASKS_OR_SENDS.test(one));
  return {
    drafts:
      found === undefined ? [] : [{ op: "capture", class: "password", target: `alias ${found}` }],
  };
};
const ASKS_OR_SENDS = /\bread\s{1,4}-\w{0,3}s|\bstty -echo|\b(?:curl|wget|nc|ncat)\b/;
const capture = (what: string): Reader => only({ op: "capture", class: what });
const sense: Reader = only({ op: "sense" });

/** Commands that change the machine or ask about it. */
export const SHELL_SYSTEM: Readonly<Record<string, Reader>> = {
  sudo: elevate,
  doas: elevate,
  su: only({ op: "elevate", class: "root" }),
  pkexec: only({ op: "elevate", class: "root" }),
  chmod,
  setcap: only({ op: "elevate", class: "system" }),
  visudo: only({ op: "write", class: "sudoers" }),
  useradd: only({ op: "elevate", class: "account" }),
  adduser: only({ op: "elevate", class: "account" }),
  usermod: when(/sudo|wheel|admin|docker/, { op: "elevate", class: "account" }),
  crontab: schedule,
  at: schedule,
  batch: schedule,
  systemctl: schedule,
  launchctl: schedule,
  schtasks: when(/\/create/i, { op: "schedule" }),
  insmod: only({ op: "elevate", class: "kernel" }),
  modprobe: only({ op: "elevate", class: "kernel" }),
  nsenter: only({ op: "elevate", class: "container" }),
  docker,
  podman: docker,
  npm: all(install("npm", /^(?:i|install|add|ci)$/), when(/\bpublish\b/, { op: "publish" })),
  pnpm: install("npm", /^(?:i|install|add)$/),
  yarn: install("npm", /^add$/),
  npx: install("npm", /^/, true),
  bunx: install("npm", /^/, true),
  pip: install("pypi", /^install$/),
  pip3: install("pypi", /^install$/),
  pipx: install("pypi", /^(?:install|run)$/),
  uv: install("pypi", /^(?:install|add)$/),
  uvx: install("pypi", /^/, true),
  gem: install("gem", /^install$/),
  go: install("go", /^(?:install|get)$/),
  cargo: install("cargo", /^(?:install|add)$/),
  brew: install("brew", /^install$/),
  apt: install("apt", /^install$/),
  "apt-get": install("apt", /^install$/),
  pbpaste: capture("clipboard"),
  xclip: when(/-o\b/, { op: "capture", class: "clipboard" }),
  xsel: when(/-o\b|--output/, { op: "capture", class: "clipboard" }),
  screencapture: capture("screen"),
  scrot: capture("screen"),
  "import-window": capture("screen"),
  arecord: capture("microphone"),
  history: capture("history"),
  alias: standIn,
  script: capture("terminal"),
  compgen: when(/ -[ev]\b/, { op: "read-environment", target: "compgen" }),
  hostname: sense,
  whoami: sense,
  id: sense,
  date: sense,
  mkfs: only({ op: "delete", class: "root", traits: ["forced"] }),
  security: when(/find-(?:generic|internet)-password|dump-keychain|export/, {
    op: "read-secret",
    class: "keychain",
  }),
  "secret-tool": when(/lookup|search/, { op: "read-secret", class: "keychain" }),
  pass: when(/show|-c/, { op: "read-secret", class: "keychain" }),
  "set-variable": setVariable,
};
