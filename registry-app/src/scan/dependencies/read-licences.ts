import type { ScanFile } from "../inventory/scan-file.ts";
import type { Place } from "../facts.ts";
import { keyLines, readJson } from "./key-lines.ts";
import { readHeader, recogniseTexts } from "./licence-texts.ts";
import { anyOf, isPointer, readLicence, type Licence } from "./licences.ts";
import { listed, npmLicence } from "./read-npm.ts";
import { fieldText, readToml, textsOf, type TomlEntry } from "./read-toml.ts";

/** Something in the skill that says under which licence a part of it is. */
export type LicenceStatement = {
  /** The skill itself, or what it brings along from somebody else. */
  readonly of: "skill" | "bundled";
  readonly by: "frontmatter" | "text" | "package" | "header";
  /** For a header its file, else the folder; empty for the skill's own. */
  readonly scope: string;
  readonly licence: Licence;
  readonly at: Place;
};

/** Bytes that are read of a file, by what it is; a longer package file or licence is none that people wrote. */
const MAX_BYTES = { text: 64_000, package: 64_000, header: 8_000 } as const;
/** Of all files together. What is beyond is no gap: nobody is let through for a licence. */
const MAX_BYTES_READ = 6_000_000;
const MAX_STATEMENTS = 2_000;
const MAX_FOLDERS_DEEP = 40;

const LICENCE_FILE =
  /^(?:licen[cs]e|copying|unlicense)(?:[-_.](?:mit|apache|apache-?2(?:\.0)?|bsd|[al]?gpl(?:[-_]?v?\d(?:\.\d)?)?|mpl|lesser|code))?(?:\.(?:txt|md|rst|markdown))?$/i;
const PACKAGE_FILE = /^(?:package\.json|pyproject\.toml|cargo\.toml)$/i;
/** What lies there is handed out, and is no part of the skill: licences to choose from, projects to start from. */
const HANDED_OUT =
  /(?:^|\/)(?:licen[cs]es|licensing|legal|[\w-]{0,40}templates?|scaffold(?:s|ing)?|boilerplates?|starters?|skeletons?|fixtures?|testdata)(?:\/|$)/i;
/** What says a licence there may be shown, as an example of one. */
const SHOWN = /(?:^|\/)(?:examples?|samples?|references?|docs?|tests?|__tests__)(?:\/|$)/i;

/** Everything that says a licence, in the order of the files. `frontmatter` is the text of its field. */
export function readLicences(
  files: readonly ScanFile[],
  frontmatter: string,
): readonly LicenceStatement[] {
  const material = foldersWithMaterial(files);
  const found: LicenceStatement[] = [];
  let bytesRead = 0;
  for (const file of files) {
    if (file.role === "manifest") found.push(...fromFrontmatter(file, frontmatter));
    const by = partOf(file, material);
    if (by === null) continue;
    bytesRead += Math.min(file.bytes.length, MAX_BYTES[by]);
    if (bytesRead > MAX_BYTES_READ || found.length >= MAX_STATEMENTS) break;
    found.push(...fromFile(file, by));
  }
  return found;
}

function fromFrontmatter(file: ScanFile, text: string): readonly LicenceStatement[] {
  if (text.trim() === "" || isPointer(text)) return [];
  const lines = decode(file, MAX_BYTES.header).split("\n");
  const index = lines.findIndex((line) => /^["']?licen[cs]e["']?\s{0,9}:/i.test(line));
  const at = placeOf(file, Math.max(index, 0) + 1);
  return [{ of: "skill", by: "frontmatter", scope: "", licence: readLicence(text), at }];
}

type By = "text" | "package" | "header";

/** What of a file may say a licence; null for what has no part in it. */
function partOf(file: ScanFile, material: ReadonlySet<string>): By | null {
  const folder = folderOf(file.path);
  if (HANDED_OUT.test(folder) || file.role === "test" || file.role === "manifest") return null;
  const name = nameOf(file.path);
  const by = LICENCE_FILE.test(name) ? "text" : PACKAGE_FILE.test(name) ? "package" : null;
  if (by === null) return mayHaveHeader(file) ? "header" : null;
  // A licence with nothing beside it is not the licence of anything.
  const isApart = folder !== "" && (!material.has(folder) || SHOWN.test(folder));
  return isApart || file.bytes.length > MAX_BYTES[by] ? null : by;
}

function fromFile(file: ScanFile, by: By): readonly LicenceStatement[] {
  const folder = folderOf(file.path);
  return saidIn(by, nameOf(file.path), decode(file, MAX_BYTES[by])).map(({ licence, line }) => ({
    of: folder === "" && by !== "header" ? "skill" : "bundled",
    by,
    scope: by === "header" ? file.path : folder,
    licence,
    at: placeOf(file, line),
  }));
}

type Said = { readonly licence: Licence; readonly line: number };

function saidIn(by: By, name: string, text: string): readonly Said[] {
  if (by === "header") return listed(readHeader(text));
  if (by === "text") return recogniseTexts(text).map((licence) => ({ licence, line: 1 }));
  const isNpm = name.toLowerCase() === "package.json";
  const said = isNpm ? fromPackageJson(text) : fromToml(readToml(text));
  return said.filter(({ licence }) => !isPointer(licence.spelled));
}

function fromPackageJson(text: string): readonly Said[] {
  const json = readJson(text);
  const licence = json === undefined ? null : npmLicence(json["license"] ?? json["licenses"]);
  if (licence === null) return [];
  const lineOf = keyLines(text);
  const line = json?.["license"] === undefined ? lineOf("licenses") : lineOf("license");
  return [{ licence: readLicence(licence), line }];
}

const TOML_FIELDS = /^(?:project\.license(?:\.text)?|tool\.poetry\.license|package\.license)$/;

/** pyproject.toml and Cargo.toml. Of several classifiers one may be chosen, as PyPI does not say that all hold. */
function fromToml(entries: readonly TomlEntry[]): readonly Said[] {
  for (const { table, key, value, line } of entries) {
    if (!TOML_FIELDS.test(`${table}.${key}`)) continue;
    const text = value.kind === "text" ? value.text : fieldText(value, "text");
    if (text === null || text === "true") continue;
    const isField = text.length < 200 && !text.includes("\n");
    const licences = isField ? [readLicence(text)] : recogniseTexts(text);
    return licences.map((licence) => ({ licence, line }));
  }
  const classifiers = entries.find(({ key }) => key === "classifiers");
  if (classifiers === undefined) return [];
  const found = textsOf(classifiers.value).filter(({ text }) =>
    /^License :: (?!OSI Approved$)/.test(text),
  );
  const [first] = found;
  if (first === undefined) return [];
  return [{ licence: anyOf(found.map(({ text }) => readLicence(text))), line: first.line }];
}

/** Sources; Markdown, text and data name licences for other reasons than to be under them. */
function mayHaveHeader({ role, language }: ScanFile): boolean {
  return role === "script" || (role === "asset" && (language === "html" || language === "xml"));
}

/** Folders that hold more than words, with the folders above them. */
function foldersWithMaterial(files: readonly ScanFile[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { path, role, language } of files) {
    const isWords = language === "markdown" || language === "text";
    if (isWords || role === "dependencies" || role === "lockfile") continue;
    let at = path.lastIndexOf("/");
    for (let deep = 0; at > 0 && deep < MAX_FOLDERS_DEEP; deep += 1) {
      const folder = path.slice(0, at);
      if (found.has(folder)) break;
      found.add(folder);
      at = path.lastIndexOf("/", at - 1);
    }
  }
  return found;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function decode(file: ScanFile, most: number): string {
  return new TextDecoder().decode(file.bytes.subarray(0, most));
}

function placeOf({ path, via }: ScanFile, line: number): Place {
  return { file: path, line, via };
}

/**
 * What is bundled, each folder and file once. Where a folder says several things, one may be chosen as far as anybody
 * can tell.
 */
export function bundledLicences(
  statements: readonly LicenceStatement[],
): readonly LicenceStatement[] {
  const byScope = Map.groupBy(
    statements.filter((one) => one.of === "bundled"),
    (one) => `${one.by === "header" ? "header" : "folder"} ${one.scope}`,
  );
  return [...byScope.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const licence = group.length === 1 ? first.licence : anyOf(group.map((one) => one.licence));
    return [{ ...first, licence }];
  });
}
