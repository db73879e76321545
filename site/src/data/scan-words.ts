import { plural } from "./format.ts";
import type { Capability, Observed, Scan } from "./scan-port.ts";

/** What a kind of capability is called where a sentence begins with "Can". */
const ABILITIES: Readonly<Record<string, string>> = {
  network: "use the network",
  "run-programs": "run programs",
  "read-secrets": "read secrets",
  "read-environment": "read its environment",
  "run-data": "run what it made or fetched",
  "read-files": "read files",
  "write-files": "write files",
  "write-outside": "write outside its folder",
  install: "install packages",
  schedule: "start things later",
  elevate: "raise its rights",
};

export function abilityWord(kind: string): string {
  return ABILITIES[kind] ?? kind.replaceAll("-", " ");
}

export interface Ability {
  readonly kind: string;
  readonly word: string;
  readonly details: readonly string[];
  readonly isDeclared: boolean;
}

/** One line per kind, its hosts, programs or paths behind it. */
export function groupAbilities(capabilities: readonly Capability[]): Ability[] {
  const kinds = [...new Set(capabilities.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const own = capabilities.filter((one) => one.kind === kind);
    const details = own.flatMap(({ detail }) => (detail === null ? [] : [detail]));
    const isDeclared = own.every((one) => one.isDeclared);
    return { kind, word: abilityWord(kind), details: [...new Set(details)], isDeclared };
  });
}

/** Why the verdict is what it is, as a sentence. */
export function whyVerdict({ verdict, findings, coverage }: Scan): string {
  const unread = `${plural(coverage.gaps.length, "file")} could not be read whole, and what was not read may be anything.`;
  switch (verdict) {
    case "block":
      return "A grave finding rests on how code or text is built, not on words alone. The default policy refuses it.";
    case "warn":
      return "Something here needs a person to decide. The default policy holds it until somebody does.";
    case "incomplete":
      return unread;
    case "review":
      return "Nothing speaks against it; there are remarks to know of.";
    case "pass":
      return findings.length === 0
        ? "Nothing was found that speaks against it."
        : "What was found is for information and takes nothing away.";
  }
}

/** "all files analysed" */
export function coverageWords({ coverage }: Scan): string {
  return coverage.gaps.length === 0
    ? "all files analysed"
    : `${coverage.analysed} of ${coverage.files} files analysed`;
}

/** How many of its script cases were watched. */
export function watchedWords({ watched, unwatched }: Pick<Observed, "watched" | "unwatched">) {
  const all = watched + unwatched;
  if (unwatched > 0) return `${watched} of its ${all} script cases were run once more and watched.`;
  return all === 1
    ? "Its script case was run once more and watched."
    : `Its ${all} script cases were run once more and watched.`;
}
