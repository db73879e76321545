import {
  exactNpm,
  makeDependency,
  placeIn,
  type Dependency,
  type Draft,
  type PackageHook,
} from "./dependency.ts";
import { fieldsOf, isLoose, keyLines, readJson, stringOr } from "./key-lines.ts";

const TABLES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
/** What npm runs by itself when the folder is installed; `prepare` also when it is installed from git. */
const HOOKS = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];

export function readPackageJson(file: string, text: string): readonly Dependency[] {
  const json = readJson(text);
  if (json === undefined) return [];
  const lineOf = keyLines(text);
  return TABLES.flatMap((table) =>
    fieldsOf(json[table]).flatMap(([name, wish]) =>
      listed(
        npmFromWish(name, stringOr(wish), { how: "manifest", at: placeIn(file, lineOf(name)) }),
      ),
    ),
  );
}

export function readNpmHooks(file: string, text: string): readonly PackageHook[] {
  const json = readJson(text);
  if (json === undefined) return [];
  const lineOf = keyLines(text);
  return fieldsOf(json["scripts"]).flatMap(([name, command]) =>
    HOOKS.includes(name) && typeof command === "string"
      ? [{ name, command: command.slice(0, 4000), at: placeIn(file, lineOf(name)) }]
      : [],
  );
}

/** `^1.2.0`, `npm:other@1`, `git+https://…`, `file:../x`, `owner/repo#branch` … as package.json has it. */
export function npmFromWish(
  name: string,
  wish: string | null,
  draft: Pick<Draft, "how" | "at">,
): Dependency | undefined {
  const alias = /^npm:(@?[^@]{1,214})(?:@(.{1,100}))?$/.exec(wish ?? "");
  const [spelled, range] = alias === null ? [name, wish] : [alias[1] ?? name, alias[2] ?? null];
  const source = npmSource(range);
  const exact = exactNpm(range);
  return makeDependency("npm", {
    ...draft,
    spelled,
    version: exact ?? range,
    isPinned: exact !== null || (source === "git" && /#[0-9a-f]{40}$/.test(range ?? "")),
    source,
    location: source === "registry" ? null : range,
  });
}

function npmSource(range: string | null): Dependency["source"] {
  if (range === null) return "registry";
  if (/^(?:git[+:@]|ssh:|github:|gitlab:|bitbucket:|gist:)|\.git(?:#|$)/.test(range)) return "git";
  if (/^https?:/i.test(range)) return "url";
  if (/^(?:file:|link:|portal:|workspace:|\.{0,2}\/)/.test(range)) return "path";
  return /^[\w.-]{1,100}\/[\w.-]{1,100}(?:#.{0,200})?$/.test(range) ? "git" : "registry";
}

export function readPackageLock(file: string, text: string): readonly Dependency[] {
  const json = readJson(text);
  if (json === undefined) return [];
  const lineOf = keyLines(text);
  const packages = fieldsOf(json["packages"]);
  if (packages.length > 0)
    return packages.flatMap(([path, entry]) => {
      const cut = path.lastIndexOf("node_modules/");
      if (cut === -1) return [];
      return locked(path.slice(cut + "node_modules/".length), entry, file, lineOf(path));
    });
  return fieldsOf(json["dependencies"]).flatMap(([name, entry]) =>
    locked(name, entry, file, lineOf(name)),
  );
}

const NPM_REGISTRIES = /^https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)\//;

function locked(key: string, entry: unknown, file: string, line: number): readonly Dependency[] {
  if (!isLoose(entry) || entry["link"] === true) return [];
  const resolved = stringOr(entry["resolved"]);
  const isOther = resolved !== null && /^https?:/.test(resolved) && !NPM_REGISTRIES.test(resolved);
  const isGit = resolved !== null && resolved.startsWith("git");
  return listed(
    makeDependency("npm", {
      spelled: stringOr(entry["name"]) ?? key,
      version: stringOr(entry["version"]),
      isPinned: true,
      hasHash: typeof entry["integrity"] === "string",
      source: isGit ? "git" : isOther ? "extra-index" : "registry",
      location: isGit || isOther ? resolved : null,
      runsHooks: entry["hasInstallScript"] === true,
      // What only its developers install reaches nobody who uses it.
      licence: entry["dev"] === true ? null : npmLicence(entry["license"] ?? entry["licenses"]),
      how: "lock",
      at: placeIn(file, line),
    }),
  );
}

/** `license` of npm in each of its shapes, as one expression: text, `{type, url}`, or the list of the old `licenses`. */
export function npmLicence(value: unknown): string | null {
  const items = Array.isArray(value) ? value.slice(0, 10) : [value];
  const names = items.flatMap((item) => {
    const name = stringOr(item) ?? (isLoose(item) ? stringOr(item["type"] ?? item["name"]) : null);
    return name === null || name.trim() === "" ? [] : [name];
  });
  const [first] = names;
  return names.length <= 1 ? (first ?? null) : names.map((name) => `(${name})`).join(" OR ");
}

/** pnpm-lock.yaml without YAML: the keys of its `packages` are `/name@1.2.3`, `name@1.2.3(peer)` or `/name/1.2.3`. */
export function readPnpmLock(file: string, text: string): readonly Dependency[] {
  const found: Dependency[] = [];
  let isIn = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\S/.test(line)) isIn = line.startsWith("packages:");
    else if (!isIn) continue;
    else if (/^ {4}resolution:.{0,400}integrity/.test(line)) markHashed(found);
    else if (/^ {4}requiresBuild: true/.test(line)) markHooks(found);
    const key = /^ {2}'?\/?(@?[^@'\s(:]{1,214})[@/](\d[\w.+-]{0,80})/.exec(line);
    if (key === null) continue;
    const dependency = makeDependency("npm", {
      spelled: key[1] ?? "",
      version: key[2] ?? null,
      isPinned: true,
      how: "lock",
      at: placeIn(file, index + 1),
    });
    if (dependency !== undefined) found.push(dependency);
  }
  return found;
}

function markHashed(found: Dependency[]): void {
  const last = found.pop();
  if (last !== undefined) found.push({ ...last, hasHash: true });
}

function markHooks(found: Dependency[]): void {
  const last = found.pop();
  if (last !== undefined) found.push({ ...last, runsHooks: true });
}

/** yarn.lock, both forms: a heading `"name@range", name@range:` and under it `version`, `resolved`, `integrity`. */
export function readYarnLock(file: string, text: string): readonly Dependency[] {
  const found: Dependency[] = [];
  let heading: { readonly name: string; readonly line: number } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const top = /^"?(@?[^@"\s]{1,214})@[^\n]{1,2000}:\s{0,4}$/.exec(line);
    if (top !== null) heading = { name: top[1] ?? "", line: index + 1 };
    const version = /^ {2}"?version"?:? "?([\w.+-]{1,80})"?\s{0,4}$/.exec(line);
    if (version !== null && heading !== null) {
      const at = placeIn(file, heading.line);
      const draft: Draft = {
        spelled: heading.name,
        version: version[1] ?? null,
        isPinned: true,
        how: "lock",
        at,
      };
      found.push(...listed(makeDependency("npm", draft)));
      heading = null;
    }
    if (/^ {2}(?:integrity|checksum):? \S/.test(line)) markHashed(found);
  }
  return found;
}

/** `npm:chalk@5`, `jsr:@std/path@1` in the imports of deno.json or of a script, and packages of a CDN. */
export function npmFromSpecifier(
  specifier: string,
  draft: Pick<Draft, "how" | "at">,
): Dependency | undefined {
  const found =
    /^(npm|jsr):\/?(@[\w.~-]{1,100}\/[\w.~-]{1,100}|[\w.~-]{1,100})(?:@([\w.^~*+-]{1,60}))?/.exec(
      specifier,
    ) ??
    /^https:\/\/(esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net\/npm|unpkg\.com)\/(@[\w.~-]{1,100}\/[\w.~-]{1,100}|[\w.~-]{1,100})(?:@([\w.^~*+-]{1,60}))?/.exec(
      specifier,
    );
  if (found === null) return undefined;
  const range = found[3] ?? null;
  const exact = exactNpm(range);
  return makeDependency(found[1] === "jsr" ? "other" : "npm", {
    ...draft,
    spelled: found[2] ?? "",
    version: exact ?? range,
    isPinned: exact !== null,
  });
}

export function readDenoJson(file: string, text: string): readonly Dependency[] {
  const json = readJson(text);
  if (json === undefined) return [];
  const lineOf = keyLines(text);
  return fieldsOf(json["imports"]).flatMap(([name, target]) =>
    listed(
      npmFromSpecifier(stringOr(target) ?? "", {
        how: "manifest",
        at: placeIn(file, lineOf(name)),
      }),
    ),
  );
}

/** Imports of a script that name a registry, as Deno has them: `from "npm:chalk@5"`. */
export function readScriptImports(file: string, text: string): readonly Dependency[] {
  const found: Dependency[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (!/\b(?:from|import)\b/.test(line.slice(0, 1000))) continue;
    for (const match of line
      .slice(0, 1000)
      .matchAll(/["']((?:npm:|jsr:|https:\/\/)[^"']{1,300})["']/g))
      found.push(
        ...listed(
          npmFromSpecifier(match[1] ?? "", { how: "import", at: placeIn(file, index + 1) }),
        ),
      );
  }
  return found;
}

export function listed<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}
