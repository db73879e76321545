import type { FileRole, Language } from "./scan-file.ts";
import type { FileKind } from "./sniff.ts";

const LANGUAGES: Readonly<Record<Exclude<Language, "other">, string>> = {
  markdown: "md markdown mdx mdc mdown rst adoc qmd rmd",
  shell: "sh bash zsh ksh fish command bats envrc profile bashrc zshrc",
  powershell: "ps1 psm1 psd1",
  batch: "bat cmd",
  python: "py pyw pyi pyx pth",
  javascript: "js mjs cjs jsx",
  typescript: "ts mts cts tsx",
  json: "json jsonc json5 jsonl ndjson ipynb har map webmanifest lock",
  yaml: "yaml yml",
  toml: "toml ini cfg conf npmrc editorconfig properties env",
  html: "html htm xhtml hta vue svelte",
  xml: "xml svg xsd xsl xslt plist rels drawio",
  csv: "csv tsv",
  text: "txt text log tex sty bib diff patch",
};

const BY_EXTENSION: ReadonlyMap<string, Language> = new Map(
  Object.entries(LANGUAGES).flatMap(([language, extensions]) =>
    extensions.split(" ").map((one) => [one, language as Language] as const),
  ),
);

const SHEBANGS: readonly (readonly [RegExp, Language])[] = [
  [/^#!.{0,80}\b(?:ba|z|da|k|a)?sh\b/, "shell"],
  [/^#!.{0,80}\bpython/, "python"],
  [/^#!.{0,80}\b(?:ts-node|tsx)\b/, "typescript"],
  [/^#!.{0,80}\b(?:node|deno|bun)\b/, "javascript"],
  [/^#!.{0,80}\b(?:pwsh|powershell)\b/, "powershell"],
];

const PROGRAMS: ReadonlySet<Language> = new Set([
  "shell",
  "powershell",
  "batch",
  "python",
  "javascript",
  "typescript",
]);

/** Languages that this scanner has no grammar for, but that run. */
const OTHER_PROGRAMS =
  /\.(?:rb|pl|pm|php|lua|go|rs|c|cc|cpp|java|kt|swift|cs|r|jl|scpt|applescript|vbs|vbe|wsf|hta|tcl|awk|scala|dart|groovy|ps|jse?|nix|ex|exs)$/i;
const LOCK =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|poetry\.lock|uv\.lock|pdm\.lock|pipfile\.lock|cargo\.lock|gemfile\.lock|composer\.lock|go\.sum)$/i;
const DEPENDENCIES =
  /(?:^|\/)(?:package\.json|[\w.-]{0,40}requirements[\w.-]{0,40}\.(?:txt|in)|constraints\.txt|pyproject\.toml|setup\.cfg|pipfile|environment\.ya?ml|cargo\.toml|gemfile|composer\.json|go\.mod|deno\.jsonc?|pom\.xml|build\.gradle)$/i;
const HOOKS =
  /(?:^|\/)(?:\.?mcp(?:[._-]?servers?)?\.json|hooks\.json|settings(?:\.local)?\.json|claude_desktop_config\.json|plugin\.json|\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|\.pypirc|\.pre-commit-config\.ya?ml|\.envrc|lefthook\.ya?ml|tasks\.json|launch\.json|devcontainer\.json)$|(?:^|\/)(?:\.husky|\.git\/hooks|\.githooks)\//i;
const AGENT_FILE =
  /(?:^|\/)(?:agents|claude|gemini|soul|memory|identity|tools|user|heartbeat|copilot-instructions|\.cursorrules|\.windsurfrules|\.clinerules)(?:\.md)?$/i;
const TEST_PLACE = /(?:^|\/)(?:tests?|evals?|__tests__|specs?|fixtures?|testdata|__mocks__)\//i;
const TEST_NAME =
  /(?:^|\/)(?:test_[^/]{1,80}\.py|conftest\.py|[^/]{1,80}[._-](?:test|spec)\.\w{2,4}|[^/]{1,80}_test\.\w{2,4})$/i;

const ARCHIVES: ReadonlySet<FileKind> = new Set([
  "zip",
  "gzip",
  "tar",
  "7z",
  "rar",
  "xz",
  "zstd",
  "bzip2",
  "lz4",
  "cab",
  "crx",
  "ar",
  "iso",
  "dmg",
]);
const BINARIES: ReadonlySet<FileKind> = new Set([
  "elf",
  "pe",
  "macho",
  "wasm",
  "class",
  "dex",
  "pyc",
  "pickle",
]);

export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** `head` is the first line or so. A shebang outranks the extension: it is what runs. */
export function languageOf(path: string, kind: FileKind, head: string): Language {
  if (kind !== "text" && kind !== "empty") return "other";
  const byShebang = SHEBANGS.find(([pattern]) => pattern.test(head))?.[1];
  const byName = BY_EXTENSION.get(extensionOf(path));
  if (byShebang !== undefined && (byName === undefined || !PROGRAMS.has(byName))) return byShebang;
  if (byName !== undefined) return byName;
  if (LOCK.test(path)) return "toml";
  if (/^\s{0,20}<(?:!doctype html|html)\b/i.test(head)) return "html";
  if (/^\s{0,20}<\?xml\b/.test(head)) return "xml";
  return OTHER_PROGRAMS.test(path) || head.startsWith("#!") ? "other" : "text";
}

/** Whether a machine can run it: a program text, or code for a processor. */
export function isProgram(path: string, language: Language, kind: FileKind, head: string): boolean {
  if (isBinaryKind(kind)) return kind !== "pickle";
  if (kind !== "text") return false;
  return PROGRAMS.has(language) || head.startsWith("#!") || OTHER_PROGRAMS.test(path);
}

export function isArchiveKind(kind: FileKind): boolean {
  return ARCHIVES.has(kind);
}

export function isBinaryKind(kind: FileKind): boolean {
  return BINARIES.has(kind);
}

export type Classified = {
  readonly path: string;
  readonly language: Language;
  readonly kind: FileKind;
  readonly isProgram: boolean;
  /** Something leads to this very file, not only to the folder that it is in. */
  readonly isNamed: boolean;
  readonly isReachable: boolean;
};

export function roleOf(file: Classified): FileRole {
  const { path, kind, language } = file;
  if (/^SKILL\.md$/i.test(path)) return "manifest";
  if (isArchiveKind(kind)) return "archive";
  if (isBinaryKind(kind)) return "binary";
  if (LOCK.test(path)) return "lockfile";
  if (HOOKS.test(path)) return "config-hook";
  // What the skill says to run is no test, whatever its folder is called.
  if (isTestPath(path) && !file.isNamed) return "test";
  if (DEPENDENCIES.test(path)) return "dependencies";
  if (file.isProgram) return "script";
  if (AGENT_FILE.test(path)) return "instruction";
  if (language === "markdown" || language === "text")
    return file.isReachable ? "instruction" : "reference";
  return "asset";
}

function isTestPath(path: string): boolean {
  return TEST_PLACE.test(path) || TEST_NAME.test(path);
}
