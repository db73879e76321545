import type { TreeEntry } from "../skill/index.ts";
import type { Ecosystem } from "./dependencies/dependency.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { takeInventory } from "./inventory/take-inventory.ts";
import type { ScanDeps } from "./scan.ts";

/** A package by the name that its public registry knows it by. */
export type NamedPackage = {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** Null unless exactly one version fits. */
  readonly version: string | null;
};

/** The packages that a skill takes from public registries, each version once. What lies at a URL or a path is none. */
export function listPackages(
  deps: Pick<ScanDeps, "grammars" | "signatures">,
  entries: readonly TreeEntry[],
): readonly NamedPackage[] {
  const { evidence } = gatherEvidence(deps, entries, takeInventory(entries), null);
  const named = new Map<string, NamedPackage>();
  for (const { ecosystem, name, version, isPinned, source } of evidence.dependencies) {
    if (source !== "registry") continue;
    const one = { ecosystem, name, version: isPinned ? version : null };
    named.set(JSON.stringify(one), one);
  }
  return [...named.values()];
}
