import type { Fact } from "../facts.ts";
import {
  makeDependency,
  placeIn,
  type Dependency,
  type Draft,
  type Ecosystem,
} from "./dependency.ts";
import { fieldsOf, isLoose, stringOr } from "./key-lines.ts";
import { listed, npmFromWish } from "./read-npm.ts";
import { indexUrl, isPublicIndex, pythonRequirement } from "./read-python.ts";

const PREFIXES: Readonly<Record<string, Ecosystem>> = {
  npm: "npm",
  node: "npm",
  pypi: "pypi",
  pip: "pypi",
  uv: "pypi",
  gem: "gem",
  go: "go",
  cargo: "cargo",
  crates: "cargo",
  brew: "brew",
  apt: "apt",
};

/** What `npm install`, `pip install`, `uvx` … in code bring in: `target` is `npm:left-pad@1.2.0` and the like. */
export function readInstallFact(fact: Fact): readonly Dependency[] {
  if (fact.op !== "install" || fact.target === null) return [];
  const found = /^([a-z]{1,10}):(.{1,2000})$/s.exec(fact.target);
  const prefix = found?.[1] ?? "";
  const ecosystem = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
  if (found === null || ecosystem === undefined) return [];
  const index = indexUrl(fact.excerpt);
  // The address decides where there is one: the index of a framework is not a stranger's.
  const isOther = index === null ? fact.traits.includes("extra-index") : !isPublicIndex(index);
  return (found[2] ?? "")
    .split(/\s{1,20}/, 60)
    .filter((word) => word !== "")
    .flatMap((word) => listed(fromWord(ecosystem, word, { how: "command", at: fact.at })))
    .map((one) =>
      isOther && one.source === "registry"
        ? { ...one, source: "extra-index" as const, location: index }
        : one,
    );
}

type Where = Pick<Draft, "how" | "at">;

function fromWord(ecosystem: Ecosystem, word: string, where: Where): Dependency | undefined {
  if (/^[-.<$`{]|^\/|[<>]{2}|\$\{|^~/.test(word)) return undefined;
  if (ecosystem === "pypi") return fromPython(word, where);
  if (ecosystem === "npm") return fromNpm(word, where);
  if (ecosystem !== "go" && ecosystem !== "cargo")
    return makeDependency(ecosystem, { ...where, spelled: word });
  const [spelled = "", version = null] = word.split("@", 2);
  return makeDependency(ecosystem, {
    ...where,
    spelled,
    version,
    isPinned: /^v?\d/.test(version ?? ""),
  });
}

/** `ruff@0.6.1` is uvx's way to pin what pip writes `ruff==0.6.1`. */
function fromPython(word: string, where: Where): Dependency | undefined {
  const uvx = /^([\w.-]{1,200}(?:\[[\w,-]{1,100}\])?)@([\w.]{1,60})$/.exec(word);
  if (uvx === null) return pythonRequirement(word, where);
  const version = uvx[2] ?? "";
  return pythonRequirement(version === "latest" ? (uvx[1] ?? "") : `${uvx[1]}==${version}`, where);
}

function fromNpm(word: string, where: Where): Dependency | undefined {
  if (/^(?:https?:|git[+:@]|github:|file:)/.test(word)) {
    const last = word.split(/[?#]/, 1)[0]?.split("/").at(-1) ?? "";
    return npmFromWish(last.replace(/\.(?:git|tgz|tar\.gz)$/, ""), word, where);
  }
  const found = /^(@[^@/\s]{1,100}\/[^@\s]{1,114}|[^@\s]{1,214})(?:@(.{1,100}))?$/.exec(word);
  if (found === null) return undefined;
  const [, spelled = "", range = null] = found;
  // `owner/repo` without a scope is a GitHub address for npm.
  if (/^[^@][^/]{0,100}\/[^/]{1,100}$/.test(spelled))
    return npmFromWish(spelled.split("/")[1] ?? "", spelled, where);
  return npmFromWish(spelled, range, where);
}

const KINDS: Readonly<Record<string, Ecosystem>> = {
  ...PREFIXES,
  npm: "npm",
  bun: "npm",
  pnpm: "npm",
  pipx: "pypi",
  python: "pypi",
  formula: "brew",
};
const MAX_INSTALLS = 50;

/** `metadata.openclaw.install` and its sister names: what the client installs before the skill is used. */
export function readFrontmatterInstalls(frontmatter: unknown, file: string): readonly Dependency[] {
  const metadata = isLoose(frontmatter) ? readMaybeJson(frontmatter["metadata"]) : undefined;
  return fieldsOf(metadata).flatMap(([, client]) => {
    const installs = isLoose(client) ? client["install"] : undefined;
    if (!Array.isArray(installs)) return [];
    return installs.slice(0, MAX_INSTALLS).flatMap((one) => listed(fromInstall(one, file)));
  });
}

function readMaybeJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function fromInstall(install: unknown, file: string): Dependency | undefined {
  if (!isLoose(install)) return undefined;
  const where: Where = { how: "command", at: placeIn(file, 1) };
  const url = stringOr(install["url"]);
  if (url !== null && /^https?:/i.test(url))
    return makeDependency("other", {
      ...where,
      spelled: url.split(/[?#]/, 1)[0]?.split("/").at(-1)?.slice(0, 200) || "download",
      source: "url",
      location: url,
    });
  const kind = stringOr(install["kind"]) ?? "";
  const ecosystem = (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined) ?? "other";
  const word = ["package", "formula", "module", "crate", "name"]
    .map((field) => stringOr(install[field]))
    .find((name) => name !== null);
  if (word === undefined || word === null) return undefined;
  return fromWord(ecosystem, word, where);
}
