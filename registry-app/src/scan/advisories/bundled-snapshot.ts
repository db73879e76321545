import type { Ecosystem } from "../dependencies/dependency.ts";
import type { ScanSeverity } from "../types.ts";
import type { Advisory, AdvisorySnapshot, AffectedRange } from "./advisory.ts";
import { MALICIOUS_ROWS, VULNERABLE_ROWS } from "./bundled-rows.ts";

const ECOSYSTEMS: readonly Ecosystem[] = ["npm", "pypi", "gem", "cargo", "go", "apt", "brew"];
const SEVERITIES: readonly ScanSeverity[] = ["critical", "high", "medium", "low"];

/**
 * A start and no more: packages that became known for what they did, and a few common holes. Whoever wants to rely on
 * advisories gives a snapshot of OSV in its place.
 */
export const BUNDLED_SNAPSHOT: AdvisorySnapshot = {
  takenAt: "2026-04-15T00:00:00Z",
  advisories: [
    ...MALICIOUS_ROWS.flatMap(([ecosystem, name, versions, summary]) =>
      fromRow(ecosystem, name, versions, {
        id: `ASSAY-${ecosystem}-${name}`,
        kind: "malicious",
        severity: "critical",
        summary,
      }),
    ),
    ...VULNERABLE_ROWS.flatMap(([ecosystem, name, id, said, versions, summary]) => {
      const severity = SEVERITIES.find((one) => one === said) ?? "medium";
      return fromRow(ecosystem, name, versions, { id, kind: "vulnerable", severity, summary });
    }),
  ],
};

function fromRow(
  said: string,
  name: string,
  versions: string,
  rest: Pick<Advisory, "id" | "kind" | "severity" | "summary">,
): readonly Advisory[] {
  const ecosystem = ECOSYSTEMS.find((one) => one === said);
  if (ecosystem === undefined) return [];
  const parts = versions === "*" ? [] : versions.split(",").map((part) => part.trim());
  return [
    {
      ...rest,
      ecosystem,
      package: name,
      versions: parts.filter((part) => !/^[<>]/.test(part)),
      ranges: parts.filter((part) => /^[<>]/.test(part)).map(readRange),
    },
  ];
}

function readRange(text: string): AffectedRange {
  return {
    introduced: />=(\S+)/.exec(text)?.[1] ?? "0",
    fixed: /<([^=\s]\S*)/.exec(text)?.[1] ?? null,
    lastAffected: /<=(\S+)/.exec(text)?.[1] ?? null,
  };
}
