import type { Anomaly } from "../inventory/anomaly.ts";
import { isArchiveKind, isBinaryKind } from "../inventory/classify.ts";
import type { ScanFile } from "../inventory/scan-file.ts";
import { sniffKind } from "../inventory/sniff.ts";
import { SIGNATURE_SCOPES, YARA_RULES, type SignatureScope } from "./yara-rules.ts";

export type Signatures =
  | { readonly kind: "ready"; readonly scan: (file: ScanFile) => readonly Anomaly[] }
  /** The engine is compiled code, which does not exist for every machine. */
  | { readonly kind: "unavailable"; readonly because: string };

type Hit = {
  readonly ruleIdentifier: string;
  readonly matches: readonly { readonly offset: number; readonly length: number }[];
};
type Engine = { readonly scan: (data: Buffer) => readonly Hit[] };

const SHOWN = 160;

/** Loads the engine and compiles the signatures, once for many skills. Never rejects. */
export async function loadSignatures(rules: string = YARA_RULES): Promise<Signatures> {
  try {
    const { compile } = await import("@litko/yara-x");
    const engine: Engine = compile(rules);
    return { kind: "ready", scan: (file) => scanFile(engine, file) };
  } catch (error) {
    return { kind: "unavailable", because: error instanceof Error ? error.message : String(error) };
  }
}

/** Matches in a file as it lies; each names the signature, and where its first pattern stands. */
function scanFile(engine: Engine, file: ScanFile): readonly Anomaly[] {
  const { bytes } = file;
  if (bytes.length === 0) return [];
  const scope = scopeOf(file);
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return scanSafely(engine, data).flatMap((hit) => {
    const where = SIGNATURE_SCOPES[hit.ruleIdentifier];
    if (where === undefined || !counts(where, scope)) return [];
    const [first] = hit.matches.toSorted((a, b) => a.offset - b.offset);
    const offset = first?.offset ?? 0;
    const shown = data.subarray(offset, offset + Math.min(first?.length ?? 0, SHOWN));
    return [toAnomaly(file, hit.ruleIdentifier, lineOf(data, offset), shown)];
  });
}

function scanSafely(engine: Engine, data: Buffer): readonly Hit[] {
  try {
    return engine.scan(data);
  } catch {
    return [];
  }
}

/** What the other stages read as a program or as prose they judge better than a pattern does. */
function scopeOf({ bytes, language }: ScanFile): SignatureScope {
  const kind = sniffKind(bytes);
  if (isBinaryKind(kind) || kind === "unknown") return "binary";
  return language === "other" && !isArchiveKind(kind) ? "unread" : "any";
}

function counts(where: SignatureScope, scope: SignatureScope): boolean {
  if (where === "any") return true;
  return where === "binary" ? scope === "binary" : scope !== "any";
}

function lineOf(data: Buffer, offset: number): number {
  let line = 1;
  for (let at = data.indexOf(10); at >= 0 && at < offset; at = data.indexOf(10, at + 1)) line += 1;
  return line;
}

function toAnomaly(file: ScanFile, rule: string, line: number, shown: Buffer): Anomaly {
  const text = shown
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, " ")
    .trim();
  return {
    kind: "signature",
    at: { file: file.path, line, via: file.via },
    detail: text === "" ? "Several traits of it together." : text,
    subject: rule,
  };
}
