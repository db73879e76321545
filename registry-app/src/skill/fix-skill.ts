import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import { CLIENT_FIELDS, SPEC_FIELDS } from "./client-fields.ts";
import { SKILL_LIMITS } from "./limits.ts";
import { nearestNames } from "./nearest-names.ts";
import { readSkill } from "./read-skill.ts";
import { isSkillName } from "./skill-name.ts";
import { splitFrontmatter } from "./split-frontmatter.ts";
import type { ReadOptions, SkillReading, TreeEntry } from "./types.ts";

export type FixedSkill =
  | { readonly kind: "unchanged" }
  /** The new text of SKILL.md, and each change in words. */
  | { readonly kind: "fixed"; readonly text: string; readonly changes: readonly string[] };

type Changes = string[];
type Fields = YAMLMap<unknown, unknown>;

/**
 * Rewrites what a machine may decide in SKILL.md, so that the meaning stays: encoding and line ends, flow lists as lines,
 * text in quotes where YAML would read something else, the folder's name, unknown fields below metadata. What takes a
 * person (a missing description, a likely typo) stays as it is. A text that would come out worse is left alone.
 */
export function fixSkill(files: readonly TreeEntry[], options: ReadOptions): FixedSkill {
  const entry = files.find(({ path }) => path === "SKILL.md");
  const before = readSkill(files, options);
  if (entry?.bytes === undefined || isHopeless(before)) return { kind: "unchanged" };
  const changes: Changes = [];
  const text = fixText(Buffer.from(entry.bytes).toString("utf8"), options, changes);
  if (changes.length === 0) return { kind: "unchanged" };
  const bytes = Buffer.from(text);
  const others = files.filter((file) => file !== entry);
  const after = readSkill([...others, { ...entry, bytes, size: bytes.length }], options);
  return isBetter(before, after) ? { kind: "fixed", text, changes } : { kind: "unchanged" };
}

/** Nothing of it was read, so nothing can be kept. */
function isHopeless({ findings }: SkillReading): boolean {
  const rules: readonly string[] = ["skill.binary", "skill.too-large", "encoding.utf8"];
  return findings.some(({ rule }) => rules.includes(rule));
}

function isBetter(before: SkillReading, after: SkillReading): boolean {
  const [was, is] = [errorsOf(before), errorsOf(after)];
  // Behind a YAML error nothing was judged, so what shows up then is no harm done.
  const wasBlind = was.includes("frontmatter.yaml");
  const fresh = is.filter((rule) => !was.includes(rule));
  return !is.includes("frontmatter.yaml") && (wasBlind || fresh.length === 0);
}

const errorsOf = ({ findings }: SkillReading): string[] =>
  findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule);

function fixText(raw: string, options: ReadOptions, changes: Changes): string {
  let text = raw;
  if (text.startsWith("\ufeff")) {
    text = text.slice(1);
    changes.push("removed the byte order mark");
  }
  if (text.includes("\r")) {
    text = text.replaceAll(/\r\n?/g, "\n");
    changes.push("ended the lines with LF");
  }
  const split = splitFrontmatter(text, SKILL_LIMITS.frontmatterBytes);
  if (split.kind !== "split" || !split.isClean) return text;
  const yaml = fixYaml(split.yaml, options, changes);
  if (yaml === undefined) return text;
  return `---\n${yaml}---\n${text.slice(split.bodyOffset)}`;
}

/** The frontmatter written anew; undefined when nothing in it has to change or when it cannot be read. */
function fixYaml(yaml: string, options: ReadOptions, changes: Changes): string | undefined {
  const told = changes.length;
  const document = parseLeniently(yaml, changes);
  if (document === undefined || !isMap(document.contents)) return undefined;
  const fields = document.contents;
  fixName(fields, options, changes);
  fixTools(fields, changes);
  moveUnknownFields(document, fields, options, changes);
  quoteTexts(fields, changes);
  unfoldFlow(document, changes);
  if (changes.length === told) return undefined;
  return document.toString({ lineWidth: 0, indentSeq: true });
}

function parseLeniently(yaml: string, changes: Changes): Document.Parsed | undefined {
  const asIs = parse(yaml);
  if (asIs !== undefined) return asIs;
  const quoted = quotePlainLines(yaml);
  const document = quoted === yaml ? undefined : parse(quoted);
  if (document !== undefined) changes.push("put values that hold : or # in quotes");
  return document;
}

/** Anchors, aliases and tags say more than text can, and a person must write them out. */
function parse(yaml: string): Document.Parsed | undefined {
  const document = parseDocument(yaml, { schema: "core", prettyErrors: false, logLevel: "error" });
  if (document.errors.length + document.warnings.length > 0) return undefined;
  let isPlain = true;
  visit(document, {
    Alias: () => void (isPlain = false),
    Node: (_, node) => {
      if (node.anchor !== undefined || node.tag !== undefined) isPlain = false;
    },
  });
  return isPlain ? document : undefined;
}

/** `description: Use: this # now` is what people write and YAML refuses. */
function quotePlainLines(yaml: string): string {
  return yaml.replaceAll(
    /^([A-Za-z][\w-]*): +([^\s"'[{|>&*!%@`#-].*)$/gm,
    (line: string, key: string, value: string) =>
      /: |:$| #/.test(value) ? `${key}: ${JSON.stringify(value.trimEnd())}` : line,
  );
}

/** The folder's name is what the tag will say; a name that differs from it publishes nothing. */
function fixName(fields: Fields, { dirName }: ReadOptions, changes: Changes): void {
  if (dirName === undefined || !isSkillName(dirName)) return;
  const name = fields.get("name");
  if (name === dirName) return;
  if (typeof name === "string" && name.trim() === dirName) return;
  fields.set("name", text(dirName));
  changes.push(`set name to the folder's, ${dirName}`);
}

function fixTools(fields: Fields, changes: Changes): void {
  const tools = fields.get("allowed-tools", true) as unknown;
  if (!isSeq(tools)) return;
  const names = tools.items.map((item) => (isScalar(item) ? item.value : undefined));
  if (names.length === 0 || !names.every((name) => typeof name === "string")) return;
  fields.set("allowed-tools", text(names.join(" ")));
  changes.push("wrote allowed-tools as one line");
}

/** A field that is nearly one of those known is more likely a typo than metadata. */
function moveUnknownFields(
  document: Document,
  fields: Fields,
  { profile }: ReadOptions,
  changes: Changes,
): void {
  const known = new Set<string>([
    ...SPEC_FIELDS,
    ...(profile === "clients" ? CLIENT_FIELDS.keys() : []),
  ]);
  const names = fields.items.map(({ key }) => (isScalar(key) ? String(key.value) : ""));
  for (const name of names) {
    if (name === "" || known.has(name) || nearestNames(name, [...known]).length > 0) continue;
    const value = toText(fields.get(name, true));
    const metadata = fields.get("metadata") ?? document.createNode({});
    if (value === undefined || !(metadata instanceof YAMLMap) || metadata.has(name)) continue;
    fields.delete(name);
    metadata.set(name, text(value));
    if (!fields.has("metadata")) fields.set("metadata", metadata);
    changes.push(`moved ${name} below metadata`);
  }
}

/** A scalar as it was written, a list of scalars joined by commas, anything deeper as JSON: metadata maps text to text. */
function toText(node: unknown): string | undefined {
  if (isScalar(node)) return node.source ?? String(node.value ?? "");
  if (isSeq(node) && node.items.every((item) => isScalar(item)))
    return node.items.map(toText).join(", ");
  return isSeq(node) || isMap(node) ? JSON.stringify(node.toJSON()) : undefined;
}

/** `name: 123` and `version: 1.0` are numbers to every reader but the reference. */
function quoteTexts(fields: Fields, changes: Changes): void {
  const metadata = fields.get("metadata");
  const pairs = [
    ...fields.items.filter(
      ({ key }) => isScalar(key) && ["name", "description"].includes(String(key)),
    ),
    ...(metadata instanceof YAMLMap ? metadata.items : []),
  ];
  for (const { key, value } of pairs) {
    if (!isScalar(value) || typeof value.value === "string") continue;
    value.value = value.source ?? "";
    value.type = Scalar.QUOTE_DOUBLE;
    changes.push(`put ${String(key)} in quotes`);
  }
}

function unfoldFlow(document: Document, changes: Changes): void {
  let count = 0;
  visit(document, {
    Pair: (_, { value }) => {
      // Lines cannot say "nothing", and an absent field says the same.
      if ((value instanceof YAMLSeq || value instanceof YAMLMap) && value.items.length === 0) {
        count += 1;
        return visit.REMOVE;
      }
      return undefined;
    },
    Collection: (_, node) => {
      if (node.flow !== true) return;
      node.flow = false;
      count += 1;
    },
  });
  if (count > 0) changes.push("wrote flow lists and mappings as lines");
}

function text(value: string): Scalar<string> {
  return new Scalar(value);
}
