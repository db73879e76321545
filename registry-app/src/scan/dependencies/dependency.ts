import semver from "semver";
import type { Place } from "../facts.ts";

export type Ecosystem = "npm" | "pypi" | "gem" | "go" | "cargo" | "brew" | "apt" | "other";

/** Something that the skill brings in from elsewhere, by whatever file or command says so. */
export type Dependency = {
  readonly ecosystem: Ecosystem;
  /** As its registry compares it: PEP 503 for Python, lower case for npm. */
  readonly name: string;
  /** As it is written. */
  readonly spelled: string;
  /** The version when it is one, else the range as written, else null. */
  readonly version: string | null;
  /** Exactly one version fits. */
  readonly isPinned: boolean;
  /** A digest stands beside it. */
  readonly hasHash: boolean;
  readonly source: "registry" | "git" | "url" | "path" | "extra-index";
  /** The URL of a source that is not the ecosystem's own registry. */
  readonly location: string | null;
  /** A lock file says that it runs scripts when it is installed. */
  readonly runsHooks: boolean;
  /** As the lock file has it; null as well where only developers install it. */
  readonly licence: string | null;
  /** `lock` names all that is installed, `manifest` what is wished for, `command` what somebody is told to install. */
  readonly how: "manifest" | "lock" | "command" | "import";
  readonly at: Place;
};

/** A script that the package manager runs by itself when the skill's own folder is installed. */
export type PackageHook = { readonly name: string; readonly command: string; readonly at: Place };

/** What is left out of a dependency when it goes without saying. */
export type Draft = {
  readonly spelled: string;
  readonly version?: string | null;
  readonly isPinned?: boolean;
  readonly hasHash?: boolean;
  readonly source?: Dependency["source"];
  readonly location?: string | null;
  readonly runsHooks?: boolean;
  readonly licence?: string | null;
  readonly how: Dependency["how"];
  readonly at: Place;
};

const MAX_NAME = 214;
const MAX_LICENCE = 300;
const NAME: Readonly<Partial<Record<Ecosystem, RegExp>>> = {
  npm: /^(?:@[\p{L}\p{N}._~-]{1,100}\/)?[\p{L}\p{N}._~-]{1,214}$/u,
  pypi: /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,200}[\p{L}\p{N}])?$/u,
  gem: /^[\w.-]{1,200}$/,
  cargo: /^[\w-]{1,100}$/,
};

/** A dependency from what a file says, or undefined when the name cannot be one. Letters of any script may stand in it. */
export function makeDependency(ecosystem: Ecosystem, draft: Draft): Dependency | undefined {
  const spelled = draft.spelled.trim();
  if (spelled === "" || spelled.length > MAX_NAME) return undefined;
  if (NAME[ecosystem]?.test(spelled) === false) return undefined;
  const version = draft.version?.trim().slice(0, 100) ?? null;
  return {
    ecosystem,
    name: normaliseName(ecosystem, spelled),
    spelled,
    version: version === "" ? null : version,
    isPinned: draft.isPinned ?? false,
    hasHash: draft.hasHash ?? false,
    source: draft.source ?? "registry",
    location: draft.location?.slice(0, 500) ?? null,
    runsHooks: draft.runsHooks ?? false,
    // A part of an expression can say something else than the whole.
    licence: (draft.licence?.length ?? 0) > MAX_LICENCE ? null : (draft.licence ?? null),
    how: draft.how,
    at: draft.at,
  };
}

/** The name as the registry compares it. PEP 503: runs of `-`, `_` and `.` are one hyphen. */
export function normaliseName(ecosystem: Ecosystem, spelled: string): string {
  if (ecosystem === "pypi") return spelled.toLowerCase().replace(/[-_.]{1,200}/g, "-");
  return ecosystem === "go" ? spelled : spelled.toLowerCase();
}

/** Whether a wish of npm's fits one version only, and which. */
export function exactNpm(wish: string | null): string | null {
  if (wish === null) return null;
  return semver.valid(wish.trim().replace(/^=\s?/, ""));
}

/** Whether a Python specifier fits one version only, and which. */
export function exactPython(specifier: string | null): string | null {
  const found = /^={2,3}\s{0,4}([\w.!+-]{1,60})$/.exec(specifier?.trim() ?? "");
  return found?.[1] ?? null;
}

export function placeIn(file: string, line: number, via: Place["via"] = []): Place {
  return { file, line, via };
}

/** Each package from each source once, by the place where it is first named. */
export function oncePerPackage(dependencies: readonly Dependency[]): readonly Dependency[] {
  const first = new Map<string, Dependency>();
  for (const one of dependencies) {
    const key = `${one.ecosystem} ${one.name} ${one.location ?? ""}`;
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
