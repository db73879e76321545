import type { TreeEntry } from "../skill/index.ts";
import { scanTree } from "./scan.ts";
import type { Engine, ScanReport } from "./types.ts";

export type ScanOptions = {
  /** Known bad and vulnerable packages, or null when the operator has no snapshot. */
  readonly advisories: null;
  /** The day from which the age of the advisories is counted; nothing else depends on it. */
  readonly today: Date;
};

export type Scanner = {
  readonly engine: Engine;
  /** Pure and synchronous: the same entries, options and engine give the same report, byte for byte. */
  readonly scan: (entries: readonly TreeEntry[], options: ScanOptions) => ScanReport;
};

/** Loads grammars and rules, once for many skills. */
export async function openScanner(): Promise<Scanner> {
  const engine: Engine = { version: "1.0.0", rules: "none" };
  return {
    engine,
    scan: (entries) => scanTree(entries, engine, { takenAt: null, isStale: false }),
  };
}
