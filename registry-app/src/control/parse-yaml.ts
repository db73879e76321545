import { isMap, isNode, LineCounter, type Document, parseDocument } from "yaml";
import type { z } from "zod";
import type { ControlProblem } from "./types.ts";

export type ParsedFile<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "broken"; readonly problems: readonly ControlProblem[] };

/** A control file as its schema has it, or what is wrong with it and in which line. An empty file is an empty map. */
export function parseYaml<Schema extends z.ZodType>(
  file: string,
  bytes: Buffer,
  schema: Schema,
): ParsedFile<z.output<Schema>> {
  const text = decode(bytes);
  if (text === undefined) return broken([{ file, line: 1, message: "the file is not UTF-8 text" }]);
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    schema: "core",
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const lineOf = (offset: number) => Math.max(1, counter.linePos(offset).line);
  if (document.errors.length > 0)
    return broken(
      document.errors.map((one) => ({ file, line: lineOf(one.pos[0]), message: one.message })),
    );
  const plain = toPlain(document);
  if (plain === undefined) return broken([{ file, line: 1, message: "aliases are not accepted" }]);
  const checked = schema.safeParse(plain.value ?? {});
  if (checked.success) return { kind: "ok", value: checked.data };
  return broken(checked.error.issues.flatMap((issue) => toProblems(file, issue, document, lineOf)));
}

/** From 1: where the key of a path stands in a file that was read, or the nearest thing above it. */
export function findLine(bytes: Buffer, path: readonly (string | number)[]): number {
  const counter = new LineCounter();
  const document = parseDocument(bytes.toString("utf8"), { lineCounter: counter });
  return Math.max(1, counter.linePos(findOffset(document, path)).line);
}

function broken(problems: readonly ControlProblem[]) {
  return { kind: "broken", problems } as const;
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined for a document with aliases: they are how a small file becomes a large one. */
function toPlain(document: Document): { value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: 0 }) };
  } catch {
    return undefined;
  }
}

type LineOf = (offset: number) => number;

function toProblems(
  file: string,
  issue: z.core.$ZodIssue,
  document: Document,
  lineOf: LineOf,
): ControlProblem[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const where = path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      file,
      line: lineOf(findOffset(document, [...path, key])),
      message: `unknown key ${JSON.stringify([...path, key].join("."))}`,
    }));
  const line = lineOf(findOffset(document, path));
  return [{ file, line, message: where === "" ? issue.message : `${where}: ${issue.message}` }];
}

/** Where the key of a path stands, or the nearest thing above it that is there. */
function findOffset(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isNode(key) && String(key) === String(last))
      : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
