import {
  exactPython,
  makeDependency,
  placeIn,
  type Dependency,
  type Draft,
  type PackageHook,
} from "./dependency.ts";
import { listed } from "./read-npm.ts";
import { fieldText, readToml, textsOf, type TomlEntry, type TomlValue } from "./read-toml.ts";

type Where = Pick<Draft, "how" | "at">;

/** One requirement as pip takes it: `name[extra]==1.2 ; marker`, `name @ https://…`, a URL. */
export function pythonRequirement(text: string, where: Where): Dependency | undefined {
  const line = text.trim().slice(0, 1000);
  const direct = /^(?:(git|hg|svn)\+)?(https?|ssh|git|file):\/\/\S{1,800}/i.exec(line);
  if (direct !== null) return fromUrl(eggName(line), line, where);
  const found =
    /^([\p{L}\p{N}][\p{L}\p{N}._-]{0,200})\s{0,9}(?:\[[^\]]{0,200}\])?\s{0,9}(.{0,600})$/u.exec(
      line,
    );
  if (found === null) return undefined;
  const rest = found[2] ?? "";
  const spelled = (found[1] ?? "").replace(/[._-]{1,200}$/, "");
  const url = /^@\s{0,9}(\S{1,800})/.exec(rest);
  if (url !== null) return fromUrl(spelled, url[1] ?? "", where);
  const specifier =
    /^\(?\s{0,4}([=<>!~]{1,3}\s{0,3}[^;#\s,]{0,200}(?:\s?,\s?[^;#\s,]{1,60}){0,8})/.exec(
      rest.replace(/--hash.{0,500}$/, ""),
    );
  const range = specifier?.[1]?.replace(/\)$/, "").trim() ?? null;
  const exact = exactPython(range);
  return makeDependency("pypi", {
    ...where,
    spelled,
    version: exact ?? range,
    isPinned: exact !== null,
    hasHash: /--hash[= ]/.test(rest),
  });
}

function eggName(url: string): string {
  const egg = /[#&]egg=([\w.-]{1,200})/.exec(url)?.[1];
  const last = url
    .split(/[?#]/, 1)[0]
    ?.split("/")
    .findLast((part) => part !== "");
  return egg ?? (last ?? "").replace(/(?:\.git)?(?:@.{0,200})?$/, "").split("-", 1)[0] ?? "";
}

function fromUrl(spelled: string, url: string, where: Where): Dependency | undefined {
  const isGit = /^git[+:]|\.git(?:@|#|$)/.test(url);
  return makeDependency("pypi", {
    ...where,
    spelled,
    version: null,
    isPinned: /@[0-9a-f]{40}\b/.test(url),
    hasHash: /#sha256=/.test(url),
    source: /^file:/i.test(url) ? "path" : isGit ? "git" : "url",
    location: url,
  });
}

/** The URL of `--index-url X`, `--extra-index-url=X` and their short forms. */
export function indexUrl(text: string): string | null {
  const found =
    /(?:^|\s)(?:--(?:extra-)?index-url|-i|--find-links|-f|--registry|--index|--default-index)[= ]\s{0,9}["']?(https?:\/\/[^\s"'`]{1,400})/i.exec(
      text.slice(0, 2000),
    );
  return found?.[1] ?? null;
}

const PUBLIC_INDEX =
  /^https:\/\/(?:(?:test\.)?pypi\.org|download\.pytorch\.org|registry\.npmjs\.org|pypi\.nvidia\.com|pypi\.tuna\.tsinghua\.edu\.cn|mirrors\.aliyun\.com|mirrors?\.[\w.-]{1,60}\.edu\.cn|registry\.npmmirror\.com|repo\.huaweicloud\.com|mirrors\.cloud\.tencent\.com)\//;

/** Whether the index is one that serves what PyPI or npm has, or a vendor's own that everybody uses. */
export function isPublicIndex(url: string): boolean {
  return PUBLIC_INDEX.test(`${url}/`);
}

export function readRequirements(file: string, text: string): readonly Dependency[] {
  const lines = joinContinued(text);
  const index = lines.map(({ line }) => indexUrl(line)).find((url) => url !== null) ?? null;
  const isOther = index !== null && !isPublicIndex(index);
  return lines.flatMap(({ line, number }) => {
    const bare = line.replace(/(?:^|\s)#.*$/, "").trim();
    const plain = bare.replace(/^(?:-e|--editable)[= ]\s{0,9}/, "");
    if (plain === "" || plain.startsWith("-") || /^\.{0,2}\//.test(plain)) return [];
    const found = pythonRequirement(plain, { how: "manifest", at: placeIn(file, number) });
    if (found === undefined) return [];
    const isFromIndex = isOther && found.source === "registry";
    return [isFromIndex ? { ...found, source: "extra-index" as const, location: index } : found];
  });
}

function joinContinued(text: string): readonly { line: string; number: number }[] {
  const joined: { line: string; number: number }[] = [];
  let open: { parts: string[]; number: number } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const part = line.replace(/\r$/, "");
    open ??= { parts: [], number: index + 1 };
    if (part.endsWith("\\")) {
      open.parts.push(part.slice(0, -1));
      continue;
    }
    open.parts.push(part);
    joined.push({ line: open.parts.join(" "), number: open.number });
    open = null;
  }
  if (open !== null) joined.push({ line: open.parts.join(" "), number: open.number });
  return joined;
}

const PYPROJECT_LISTS =
  /^(?:project\.dependencies|project\.optional-dependencies\..{1,100}|dependency-groups\..{1,100}|build-system\.requires|tool\.uv\.dev-dependencies|dependencies)$/;
const PYPROJECT_TABLES =
  /^(?:tool\.poetry\.(?:dev-)?dependencies|tool\.poetry\.group\.[\w-]{1,60}\.dependencies|packages|dev-packages|tool\.pdm\.dev-dependencies)$/;

/** pyproject.toml of PEP 621, Poetry, PDM, uv; also Pipfile and the header of a script (PEP 723). */
export function readPyproject(
  file: string,
  text: string,
  how: Dependency["how"],
  firstLine = 1,
): readonly Dependency[] {
  const entries = readToml(text);
  const index = otherIndex(entries);
  return entries.flatMap((entry) => {
    const path = entry.table === "" ? entry.key : `${entry.table}.${entry.key}`;
    const at = (line: number) => placeIn(file, line + firstLine - 1);
    const found = PYPROJECT_LISTS.test(path)
      ? textsOf(entry.value).flatMap(({ text: item, line }) =>
          listed(pythonRequirement(item, { how, at: at(line) })),
        )
      : PYPROJECT_TABLES.test(entry.table) && entry.key !== "python"
        ? listed(fromTable(entry.key, entry.value, { how, at: at(entry.line) }))
        : [];
    return index === null
      ? found
      : found.map((one) =>
          one.source === "registry"
            ? { ...one, source: "extra-index" as const, location: index }
            : one,
        );
  });
}

/** An index besides PyPI: `[[tool.uv.index]]`, `[[tool.poetry.source]]`, `[[source]]` of a Pipfile. */
function otherIndex(entries: readonly TomlEntry[]): string | null {
  for (const { table, key, value } of entries) {
    const isIndex = /^(?:tool\.uv\.index|tool\.poetry\.source|source|tool\.pdm\.source)$/.test(
      table,
    );
    const isUv = /^tool\.uv(?:\.pip)?$/.test(table) && /^(?:extra-)?index-url$/.test(key);
    if (!((isIndex && key === "url") || isUv)) continue;
    const url = textsOf(value).find((item) => !isPublicIndex(item.text));
    if (url !== undefined && /^https?:/i.test(url.text)) return url.text;
  }
  return null;
}

function fromTable(name: string, value: TomlValue, where: Where): Dependency | undefined {
  const wish = value.kind === "text" ? value.text : fieldText(value, "version");
  const git = fieldText(value, "git");
  const url = fieldText(value, "url") ?? git;
  const path = fieldText(value, "path");
  const range = wish === "*" ? null : wish;
  const exact = exactPython(range) ?? (/^\d[\w.]{0,40}$/.test(range ?? "") ? range : null);
  return makeDependency("pypi", {
    ...where,
    spelled: name,
    version: exact ?? range,
    isPinned: exact !== null || /^[0-9a-f]{40}$/.test(fieldText(value, "rev") ?? ""),
    source: git !== null ? "git" : url !== null ? "url" : path !== null ? "path" : "registry",
    location: url ?? path,
  });
}

/** uv.lock, poetry.lock and Cargo.lock: `[[package]]` with name, version, source. */
export function readTomlLock(
  ecosystem: "pypi" | "cargo",
  file: string,
  text: string,
): readonly Dependency[] {
  const packages = new Map<number, TomlEntry[]>();
  for (const entry of readToml(text)) {
    if (entry.table !== "package") continue;
    packages.set(entry.index, [...(packages.get(entry.index) ?? []).slice(0, 30), entry]);
  }
  return [...packages.values()].flatMap((entries) => {
    const field = (key: string) => entries.find((entry) => entry.key === key)?.value;
    const name = field("name");
    const version = field("version");
    const source = field("source");
    if (name?.kind !== "text") return [];
    const where = source?.kind === "text" ? source.text : "";
    const git = where.startsWith("git+") ? where : source && fieldText(source, "git");
    const isOwn =
      source && (fieldText(source, "editable") ?? fieldText(source, "virtual")) !== null;
    if (isOwn === true) return [];
    return listed(
      makeDependency(ecosystem, {
        spelled: name.text,
        version: version?.kind === "text" ? version.text : null,
        isPinned: true,
        hasHash: ["files", "wheels", "sdist", "checksum"].some((key) => field(key) !== undefined),
        source: git ? "git" : "registry",
        location: git || null,
        how: "lock",
        at: placeIn(file, name.line),
      }),
    );
  });
}

/** The TOML that a Python script carries for its runner: comment lines between `# /// script` and `# ///`. */
export function readScriptHeader(file: string, text: string): readonly Dependency[] {
  const lines = text.split("\n", 400);
  const start = lines.findIndex((line) => /^# \/\/\/ script\s{0,9}$/.test(line));
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^# \/\/\/\s{0,9}$/.test(line) || !line.startsWith("#"));
  const toml = rest.slice(0, end === -1 ? undefined : end).map((line) => line.replace(/^# ?/, ""));
  return readPyproject(file, toml.join("\n"), "import", start + 2);
}

/** `install_requires=[…]` of setup.py, read as text: it is a program, and its facts say what it does. */
export function readSetupPy(file: string, text: string): readonly Dependency[] {
  const found: Dependency[] = [];
  let isIn = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (/\b(?:install_requires|setup_requires|tests_require)\s{0,4}=\s{0,4}\[/.test(line))
      isIn = true;
    if (!isIn) continue;
    const listPart = line.slice(0, 2000).replace(/^.{0,200}?=\s{0,4}\[/, "");
    for (const match of listPart.matchAll(/["']([^"'\n]{1,200})["']/g))
      found.push(
        ...listed(
          pythonRequirement(match[1] ?? "", { how: "manifest", at: placeIn(file, index + 1) }),
        ),
      );
    if (listPart.includes("]")) isIn = false;
  }
  return found;
}

/** A setup.py that puts its own class in the place of `install` or `develop`: pip runs it. */
export function readSetupHooks(file: string, text: string): readonly PackageHook[] {
  for (const [index, line] of text.split("\n").entries())
    if (/\bcmdclass\s{0,4}=/.test(line.slice(0, 2000)))
      return [
        { name: "cmdclass", command: line.trim().slice(0, 400), at: placeIn(file, index + 1) },
      ];
  return [];
}
