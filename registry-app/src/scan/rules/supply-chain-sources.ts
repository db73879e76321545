import { oncePerPackage, type Dependency } from "../dependencies/dependency.ts";
import { isKnown } from "../dependencies/typosquat.ts";
import type { Place } from "../facts.ts";
import type { ScanFile } from "../inventory/scan-file.ts";
import { describeUrl } from "../targets/classify-url.ts";
import type { Match, ScanSeverity } from "../types.ts";
import { isAboutHost } from "./affinity.ts";
import type { Evidence, Rule } from "./rule.ts";

/** Hosts of package servers that companies rent: private, and no stranger's. */
const RENTED =
  /(?:^|\.)(?:pkg\.dev|amazonaws\.com|pkgs\.dev\.azure\.com|visualstudio\.com|npm\.pkg\.github\.com|jfrog\.io|gitlab\.com|fury\.io|cloudsmith\.io|nvidia\.com|pytorch\.org|anaconda\.org|buildkite\.com|jsr\.io|googleapis\.com|huggingface\.co|alauda\.cn|antfin-inc\.com|databricks\.com|microsoft\.com)$/;

function findForeignIndex({ dependencies }: Evidence): readonly Match[] {
  return oncePerPackage(dependencies)
    .filter(({ source, how }) => source === "extra-index" && how !== "lock")
    .flatMap((dependency) => {
      const url = describeUrl(dependency.location ?? "");
      if (url === null || RENTED.test(url.host) || url.traits.includes("local")) return [];
      if (url.traits.includes("placeholder") && dependency.how !== "manifest") return [];
      const isBad = ["plain-http", "raw-address", "drop-host"].some((trait) =>
        url.traits.some((one) => one === trait),
      );
      return [
        {
          at: dependency.at,
          evidence: `${dependency.spelled} from ${dependency.location ?? ""}`,
          message: `${dependency.spelled} comes from ${url.host}, a package index of somebody's own.`,
          chain: [],
          severity: isBad ? "high" : "medium",
        } as const,
      ];
    });
}

/** Words for a registry that outsiders cannot see, said where something is to be installed. */
const INTERNAL =
  /\b(?:install|installed|installs|pull|fetch|get|available|resolved?|load(?:ed|s)?|download(?:ed)?)\b[^.\n]{0,60}\b(?:internal|private|company|corporate|in-house|intranet)\b[ -](?:\w{1,20} ){0,2}(?:registry|index|feed|pypi|package (?:server|repository|index))\b/gi;
const OTHER_REGISTRY =
  /\b(?:docker|container|image|helm|terraform|nuget|oci|kubernetes|ecr|gcr|windows|schema)\b|https?:\/\//i;
const INTERNAL_NAME = /(?:^|[-_/])(?:internal|intranet|inhouse|corp|private)(?:[-_]|$)/;
const PUBLIC_ALTHOUGH = new Set([
  "internal-slot",
  "internal-ip",
  "is-private-ip",
  "private-ip",
  "private",
]);
/** How much of the same line says what registry is meant. */
const MAX_AROUND = 400;
/** Such sentences that are looked at in one file. */
const MAX_SAID = 5;

function findConfusion(evidence: Evidence): readonly Match[] {
  const isSetUp =
    evidence.dependencies.some(({ source }) => source === "extra-index") ||
    evidence.files.some(({ path }) =>
      /(?:^|\/)(?:\.npmrc|pip\.conf|\.pypirc|uv\.toml|\.yarnrc\.yml)$/.test(path),
    );
  if (isSetUp) return [];
  const strangers = oncePerPackage(evidence.dependencies).filter(
    ({ name, source, how, ecosystem }) =>
      source === "registry" &&
      how !== "lock" &&
      !isKnown(name) &&
      (ecosystem === "npm" || ecosystem === "pypi") &&
      !name.startsWith("@"),
  );
  const said = evidence.files.flatMap((file) => sayings(file, evidence));
  const first = said[0];
  const imported = said.slice(0, MAX_SAID).flatMap(({ file }) => internalImports(file));
  const named = strangers[0]?.spelled ?? imported[0];
  if (first !== undefined && named !== undefined)
    return [
      {
        at: first.at,
        evidence: first.line,
        message: `${named} is said to come from an internal registry, and nothing names that registry: the public one is asked, where anybody can claim the name.`,
        chain: strangers.slice(0, 3).map((one) => stepOf(one)),
      },
    ];
  return strangers
    .filter(({ name }) => INTERNAL_NAME.test(name) && !PUBLIC_ALTHOUGH.has(name))
    .map((one) => ({
      at: one.at,
      evidence: `${one.ecosystem} ${one.spelled}`,
      message: `${one.spelled} is named like a package of one company's own and is asked of the public registry.`,
      chain: [],
    }));
}

function stepOf(one: Dependency) {
  return {
    what: "is installed",
    file: one.at.file,
    line: one.at.line,
    evidence: `${one.ecosystem} ${one.spelled}`,
  };
}

type Saying = { readonly at: Place; readonly line: string; readonly file: string };

function sayings(file: ScanFile, evidence: Evidence): readonly Saying[] {
  if (!["manifest", "instruction", "script"].includes(file.role)) return [];
  const text = new TextDecoder().decode(file.bytes);
  const found: Saying[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(INTERNAL)) {
    if (found.length >= MAX_SAID) break;
    for (let at = text.indexOf("\n", counted); at !== -1 && at < match.index;) {
      line += 1;
      counted = at + 1;
      at = text.indexOf("\n", counted);
    }
    const end = text.indexOf("\n", match.index);
    const from = Math.max(counted, match.index - MAX_AROUND);
    const to = Math.min(end === -1 ? text.length : end, match.index + MAX_AROUND);
    const around = text.slice(from, to).trim();
    const at = { file: file.path, line, via: file.via };
    if (OTHER_REGISTRY.test(around) || evidence.standingAt(at) !== "plain") continue;
    found.push({ at, line: around.slice(0, 200), file: text });
  }
  return found;
}

/** Modules in the code of the same text that are named like a company's own. */
function internalImports(text: string): readonly string[] {
  const found =
    /^\s{0,40}(?:from|import)\s{1,9}((?:internal|corp|company|private|inhouse)[\w-]{0,80}|\w{1,80}_(?:internal|private|corp))\b/m.exec(
      text,
    ) ?? /\brequire\(["']((?:internal|corp|company|private|inhouse)[\w-]{0,80})["']\)/.exec(text);
  return found?.[1] === undefined ? [] : [found[1]];
}

/** Where code is kept in the open, under an owner's name. */
const CODE_HOST =
  /(?:^|\.)(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|codeberg\.org|sr\.ht|npmjs\.org|pythonhosted\.org|pypi\.org|huggingface\.co|pytorch\.org|googleapis\.com|jsr\.io|microsoft\.com|nvidia\.com)$/;

function findRawSources({ dependencies, about }: Evidence): readonly Match[] {
  return oncePerPackage(dependencies).flatMap((dependency) => {
    if ((dependency.source !== "url" && dependency.source !== "git") || dependency.how === "lock")
      return [];
    const url = describeUrl((dependency.location ?? "").replace(/^git\+/, ""));
    const isStrange = url !== null && !isAboutHost(url.host, about) && !CODE_HOST.test(url.host);
    const severity = url === null ? null : rawSeverity(url.traits, dependency, isStrange);
    if (url === null || severity === null) return [];
    return [
      {
        at: dependency.at,
        evidence: dependency.location ?? "",
        message: `${dependency.spelled} is installed straight from ${url.host}.`,
        chain: [],
        severity,
      },
    ];
  });
}

function rawSeverity(
  traits: readonly string[],
  dependency: Dependency,
  isStrange: boolean,
): ScanSeverity | null {
  if (traits.includes("local") || traits.includes("placeholder")) return null;
  if (traits.includes("raw-address") || traits.includes("drop-host")) return "high";
  if (traits.includes("plain-http") || traits.includes("shortener")) return "medium";
  if (isStrange && dependency.how !== "manifest" && !dependency.hasHash) return "medium";
  return dependency.isPinned || dependency.hasHash ? null : "low";
}

export const SUPPLY_CHAIN_SOURCE_RULES: readonly Rule[] = [
  {
    id: "supply-chain.foreign-index",
    family: "supply-chain",
    title: "Packages come from somebody's own index",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Whoever holds the index decides what is installed under any name.",
    remedy: "Publish the package where others are, or ship it with the skill.",
    find: findForeignIndex,
    examples: {
      flags: [
        {
          name: "npm from a host of their own",
          files: { "s.sh": "npm install audit-helper --registry https://npm.audit-helper.dev\n" },
        },
        {
          name: "an extra index",
          files: {
            "requirements.txt":
              "--extra-index-url https://pip.fast-mirror.net/simple\nhelper-tools\n",
          },
        },
      ],
      passes: [
        {
          name: "the index of a framework",
          files: {
            "s.sh": "pip install torch --index-url https://download.pytorch.org/whl/cu121\n",
          },
        },
        {
          name: "the public registry by name",
          files: { "s.sh": "npm install left-pad --registry https://registry.npmjs.org\n" },
        },
      ],
    },
  },
  {
    id: "supply-chain.dependency-confusion",
    family: "supply-chain",
    title: "A private name is asked of the public registry",
    severity: "medium",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Anybody can publish under a name that only one company uses, and gets it installed.",
    remedy:
      "Name the registry in the command or in .npmrc or pip.conf, or use a scope that is yours.",
    find: findConfusion,
    examples: {
      flags: [
        {
          name: "an internal registry that nothing names",
          files: {
            "SKILL.md":
              "---\nname: loader\ndescription: Loads settings.\n---\n\nInstall it from the internal registry first.\n\n```python\nfrom internal_settings import load\n```\n",
          },
        },
        {
          name: "a name that says internal",
          files: { "requirements.txt": "acme-internal-auth\n" },
        },
      ],
      passes: [
        {
          name: "an internal registry that is named",
          files: {
            "SKILL.md":
              "---\nname: loader\ndescription: Loads settings.\n---\n\nInstall it from the internal registry, https://npm.acme.example.\n",
          },
        },
        {
          name: "images of a private registry",
          files: {
            "SKILL.md":
              "---\nname: deploy\ndescription: Deploys.\n---\n\nPull the container image from the private registry.\n\n```sh\npip install deploy-helper\n```\n",
          },
        },
      ],
    },
  },
  {
    id: "supply-chain.raw-source",
    family: "supply-chain",
    title: "A package is installed straight from an address",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "No registry keeps its versions: what is there tomorrow may be something else.",
    remedy: "Install a published version, or name the commit.",
    find: findRawSources,
    examples: {
      flags: [
        {
          name: "a wheel over plain http",
          files: {
            "requirements.txt": "http://files.helper-tools.net/helper-1.0-py3-none-any.whl\n",
          },
        },
        {
          name: "a branch of a repo",
          files: { "requirements.txt": "tool @ git+https://github.com/someone/tool@main\n" },
        },
      ],
      passes: [
        {
          name: "a commit of a repo",
          files: {
            "requirements.txt":
              "tool @ git+https://github.com/someone/tool@0123456789012345678901234567890123456789\n",
          },
        },
        { name: "a published version", files: { "requirements.txt": "tool==1.0\n" } },
      ],
    },
  },
];
