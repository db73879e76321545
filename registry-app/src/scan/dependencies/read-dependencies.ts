import type { Fact } from "../facts.ts";
import type { FileCoverage, ScanFile } from "../inventory/scan-file.ts";
import type { Dependency, PackageHook } from "./dependency.ts";
import { readLooseFrontmatter } from "./loose-frontmatter.ts";
import { readFrontmatterInstalls, readInstallFact } from "./read-installs.ts";
import {
  readDenoJson,
  readNpmHooks,
  readPackageJson,
  readPackageLock,
  readPnpmLock,
  readScriptImports,
  readYarnLock,
} from "./read-npm.ts";
import { readCargoToml, readGemfile, readGoMod } from "./read-others.ts";
import {
  readPyproject,
  readRequirements,
  readScriptHeader,
  readSetupHooks,
  readSetupPy,
  readTomlLock,
} from "./read-python.ts";

export type DependencyReading = {
  readonly dependencies: readonly Dependency[];
  /** Manifests that were not read whole. */
  readonly gaps: readonly FileCoverage[];
};

type Read = (file: string, text: string) => readonly Dependency[];

const BY_NAME: Readonly<Record<string, Read>> = {
  "package.json": readPackageJson,
  "package-lock.json": readPackageLock,
  "npm-shrinkwrap.json": readPackageLock,
  "pnpm-lock.yaml": readPnpmLock,
  "yarn.lock": readYarnLock,
  "deno.json": readDenoJson,
  "deno.jsonc": readDenoJson,
  "import_map.json": readDenoJson,
  "pyproject.toml": (file, text) => readPyproject(file, text, "manifest"),
  pipfile: (file, text) => readPyproject(file, text, "manifest"),
  "uv.lock": (file, text) => readTomlLock("pypi", file, text),
  "poetry.lock": (file, text) => readTomlLock("pypi", file, text),
  "pdm.lock": (file, text) => readTomlLock("pypi", file, text),
  "cargo.lock": (file, text) => readTomlLock("cargo", file, text),
  "setup.py": readSetupPy,
  gemfile: readGemfile,
  "go.mod": readGoMod,
  "cargo.toml": readCargoToml,
};

const MAX_MANIFEST_BYTES = 5 * 1024 * 1024;
/** Bytes of SKILL.md in which its frontmatter stands. */
const MAX_HEAD = 100_000;
const MAX_DEPENDENCIES = 20_000;

/** Every dependency that a manifest, a lock file, a script's header or an install command names, in a fixed order. */
export function readDependencies(
  files: readonly ScanFile[],
  facts: readonly Fact[],
  frontmatter: unknown,
): DependencyReading {
  const gaps: FileCoverage[] = [];
  const found: Dependency[] = [];
  const add = (more: readonly Dependency[], file: string) => {
    const room = MAX_DEPENDENCIES - found.length;
    for (const one of more.slice(0, room)) found.push(one);
    if (more.length > room && gaps.at(-1)?.file !== file)
      gaps.push(
        partly(file, `Only the first ${MAX_DEPENDENCIES} dependencies of the skill were read.`),
      );
  };
  const manifest = files.find((file) => file.role === "manifest");
  const path = manifest?.path ?? "SKILL.md";
  const strict = readFrontmatterInstalls(frontmatter, path);
  // The strict reader gives nothing for YAML that the registry refuses; the scan must not be blind to it.
  const loose = () =>
    readFrontmatterInstalls(
      readLooseFrontmatter(decode(manifest?.bytes.subarray(0, MAX_HEAD))),
      path,
    );
  add(strict.length > 0 ? strict : loose(), path);
  for (const fact of facts) add(readInstallFact(fact), fact.at.file);
  for (const file of files) {
    const read = readerFor(file);
    if (read === undefined) continue;
    if (file.bytes.length > MAX_MANIFEST_BYTES)
      gaps.push(partly(file.path, "It is too large to read its dependencies."));
    else add(read(file.path, decode(file.bytes)), file.path);
  }
  return { dependencies: found, gaps };
}

/** Scripts that the skill's own packages run when they are installed. */
export function readPackageHooks(files: readonly ScanFile[]): readonly PackageHook[] {
  return files.flatMap((file) => {
    if (file.bytes.length > MAX_MANIFEST_BYTES) return [];
    const name = baseName(file.path);
    if (name === "package.json") return readNpmHooks(file.path, decode(file.bytes));
    return name === "setup.py" ? readSetupHooks(file.path, decode(file.bytes)) : [];
  });
}

function readerFor(file: ScanFile): Read | undefined {
  const name = baseName(file.path);
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (known !== undefined) return known;
  if (
    /^(?:requirements|constraints)[\w.-]{0,60}\.(?:txt|in)$|^[\w.-]{1,60}[-_]requirements\.txt$/.test(
      name,
    )
  )
    return readRequirements;
  if (/(?:^|\/)requirements\/[^/]{1,80}\.txt$/i.test(file.path)) return readRequirements;
  if (file.language === "python") return readScriptHeader;
  const isScript = file.language === "javascript" || file.language === "typescript";
  return isScript ? readScriptImports : undefined;
}

function baseName(path: string): string {
  return (path.split("/").at(-1) ?? path).toLowerCase();
}

function decode(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

function partly(file: string, because: string): FileCoverage {
  return { file, state: "partly", because };
}
