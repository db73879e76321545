import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TreeEntry } from "../skill/index.ts";
import { loadGrammars } from "./program/parsers.ts";
import { listPackages, type NamedPackage } from "./list-packages.ts";
import { ALL_RULES } from "./rules/list-rules.ts";
import type { Rule } from "./rules/rule.ts";
import { loadSignatures } from "./signatures/scan-signatures.ts";
import { scanTree, type ScanOptions } from "./scan.ts";
import type { Engine, ScanReport } from "./types.ts";

/** Goes up with every change of what a scan answers: versions are then judged anew. */
const ENGINE_VERSION = "1.4.1";

export type Scanner = {
  readonly engine: Engine;
  readonly rules: readonly Rule[];
  /** Pure and synchronous: the same entries, options and engine give the same report, byte for byte. */
  readonly scan: (entries: readonly TreeEntry[], options: ScanOptions) => ScanReport;
  /** The packages that a skill takes from public registries: what somebody who knows bad ones can be asked about. */
  readonly listPackages: (entries: readonly TreeEntry[]) => readonly NamedPackage[];
};

/** What a bundle of this module has lost: the folder of its sources and of its packages. */
export type PackedScanner = {
  /** Holds the grammars' .wasm files. */
  readonly grammars: string;
  /** The digest that the sources had when they were bundled. */
  readonly rules: string;
};

/** Loads grammars and rules, once for many skills. */
export async function openScanner(packed?: PackedScanner): Promise<Scanner> {
  const grammars = await loadGrammars(packed?.grammars);
  const signatures = await loadSignatures();
  const engine: Engine = { version: ENGINE_VERSION, rules: packed?.rules ?? digestOfSources() };
  const deps = { grammars, signatures, rules: ALL_RULES, engine };
  return {
    engine,
    rules: ALL_RULES,
    scan: (entries, options) => scanTree(deps, entries, options),
    listPackages: (entries) => listPackages(deps, entries),
  };
}

/** SHA-256 over every file that has a part in the answer: rules, patterns, lists and what follows values. */
function digestOfSources(): string {
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !/\.test(?:-kit)?\.ts$|^report\//.test(path))
    .toSorted();
  const hash = createHash("sha256").update(ENGINE_VERSION);
  for (const path of files) hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}
