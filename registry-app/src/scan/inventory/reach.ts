import { INVENTORY_LIMITS } from "./limits.ts";

/** A file as far as reachability cares: its path, and its text when it may lead on. */
export type Leading = { readonly path: string; readonly text: string | null };

export type Reach = {
  readonly reachable: ReadonlySet<string>;
  /** Named themselves, and not only by the folder that they are in. */
  readonly named: ReadonlySet<string>;
};

/** Words that look like paths; `*` for globs. */
const PATH_WORD = /[\p{L}\p{N}_.@~+*$-]{1,100}(?:[/\\][\p{L}\p{N}_.@~+*{}$-]{1,100}){0,12}[/\\]?/gu;
const FOLDER_WORDS =
  /\b([\w-]{1,60})`?["']?[ \t]{1,3}(?:folder|directory|dir|subfolder|subdirectory)\b/gi;
const IMPORTS =
  /^[ \t]{0,40}(?:from[ \t]{1,4}(\.{0,3}[\w.]{0,120})[ \t]{1,4}import[ \t]{1,4}([\w, \t]{1,200})|import[ \t]{1,4}([\w., \t]{1,200}))/gm;
const ENDINGS = ["", ".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx", ".sh", ".json"];
const INDEXES = ["/__init__.py", "/index.js", "/index.ts", "/__main__.py", "/SKILL.md"];

type Index = {
  readonly byPath: ReadonlyMap<string, string>;
  readonly byName: ReadonlyMap<string, readonly string[]>;
  readonly byFolder: ReadonlyMap<string, readonly string[]>;
  /** Paths with characters that `PATH_WORD` does not have: blanks, brackets, what is invisible. */
  readonly odd: readonly string[];
};

/** What SKILL.md leads to: by links, paths, names, folders and imports, and then what those lead to. */
export function reachFrom(start: string, files: readonly Leading[]): Reach {
  const index = indexOf(files);
  const texts = new Map(files.map((file) => [file.path, file.text]));
  const reachable = new Set<string>([start]);
  const named = new Set<string>([start]);
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = texts.get(path);
    if (text === null || text === undefined) continue;
    const found = mentionsIn(text, path, index);
    for (const one of found.named) named.add(one);
    for (const one of [...found.named, ...found.inFolders]) {
      if (reachable.has(one)) continue;
      reachable.add(one);
      waiting.push(one);
    }
  }
  return { reachable, named };
}

function indexOf(files: readonly Leading[]): Index {
  const byPath = new Map<string, string>();
  const byName = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const { path } of files) {
    const key = path.toLowerCase();
    byPath.set(key, path);
    push(byName, key.slice(key.lastIndexOf("/") + 1), path);
    for (let at = key.lastIndexOf("/"); at > 0; at = key.lastIndexOf("/", at - 1))
      push(byFolder, key.slice(0, at), path);
  }
  const odd = files.map(({ path }) => path).filter((path) => !/^[\p{L}\p{N}_.@~+/-]+$/u.test(path));
  return { byPath, byName, byFolder, odd: odd.slice(0, 100) };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

type Found = { readonly named: Set<string>; readonly inFolders: Set<string> };

function mentionsIn(whole: string, path: string, index: Index): Found {
  const found: Found = { named: new Set(), inFolders: new Set() };
  const text = whole.slice(0, INVENTORY_LIMITS.mentionChars);
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")).toLowerCase() : "";
  const seen = new Set<string>();
  for (const [raw] of text.matchAll(PATH_WORD)) {
    if (seen.size >= INVENTORY_LIMITS.mentions) break;
    if (seen.has(raw)) continue;
    seen.add(raw);
    lookUp(raw, folder, index, found);
  }
  for (const [, name = ""] of text.matchAll(FOLDER_WORDS))
    addFolder(name.toLowerCase(), folder, index, found);
  for (const [, from = "", names = "", plain = ""] of text.matchAll(IMPORTS))
    lookUpImports(from, `${names},${plain}`, folder, index, found);
  const decoded = index.odd.length > 0 && text.includes("%20") ? text.replaceAll("%20", " ") : text;
  for (const one of index.odd) {
    const name = one.slice(one.lastIndexOf("/") + 1);
    if (decoded.includes(name)) found.named.add(one);
  }
  return found;
}

function lookUp(raw: string, folder: string, index: Index, found: Found): void {
  const word = raw
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/[.,]+$/, "")
    .toLowerCase();
  if (word.includes("*") || word.includes("{")) {
    const fixed = word.slice(0, word.search(/[*{]/));
    addFolder(fixed.slice(0, fixed.lastIndexOf("/")), folder, index, found);
    return;
  }
  if (word.endsWith("/")) {
    addFolder(word.slice(0, -1), folder, index, found);
    return;
  }
  const hasSlash = word.includes("/");
  if (!hasSlash && !word.includes(".")) {
    const plain = index.byPath.get(resolve(folder, word)) ?? index.byPath.get(word);
    if (plain !== undefined) found.named.add(plain);
    return;
  }
  const direct = hit(resolve(folder, word), index) ?? hit(resolve("", word), index);
  if (direct !== undefined) found.named.add(direct);
  else {
    addByName(word, index, found);
    if (hasSlash) addFolder(word, folder, index, found);
  }
}

/** `path/of/another/checkout/run.sh`, `$DIR/run.sh` or `run.sh`: the name counts, and more of the path if there is more. */
function addByName(word: string, index: Index, found: Found): void {
  const name = word.slice(word.lastIndexOf("/") + 1);
  const same = index.byName.get(name) ?? [];
  const parent = word.split("/").slice(-2).join("/");
  const closer = same.filter((path) => path.toLowerCase().endsWith(`/${parent}`));
  for (const path of closer.length > 0 ? closer : same) found.named.add(path);
}

function addFolder(name: string, folder: string, index: Index, found: Found): void {
  if (name === "") return;
  const files = index.byFolder.get(resolve(folder, name)) ?? index.byFolder.get(resolve("", name));
  for (const path of files ?? []) found.inFolders.add(path);
}

function lookUpImports(
  from: string,
  names: string,
  folder: string,
  index: Index,
  found: Found,
): void {
  const base = from.replace(/^\.+/, "").replaceAll(".", "/").toLowerCase();
  const modules = names
    .toLowerCase()
    .split(",")
    .slice(0, 40)
    .map((one) => one.trim().split(/[ \t]/)[0]?.replaceAll(".", "/") ?? "")
    .filter((one) => one !== "");
  const wanted = base === "" ? modules : [base, ...modules.map((one) => `${base}/${one}`)];
  for (const one of wanted) {
    const path =
      hit(resolve(folder, one), index) ?? hit(one, index) ?? hit(`scripts/${one}`, index);
    if (path !== undefined) found.named.add(path);
  }
}

function hit(path: string, index: Index): string | undefined {
  for (const ending of ENDINGS) {
    const found = index.byPath.get(path + ending);
    if (found !== undefined) return found;
  }
  for (const ending of INDEXES) {
    const found = index.byPath.get(path + ending.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolve(folder: string, path: string): string {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
