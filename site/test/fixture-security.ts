import type { FoundFinding, SecuritySummary } from "../src/data/security-port.ts";
import type { SkillItem } from "../src/data/port.ts";

const RULE = "supply-chain.vulnerable-version";
const LONG = `${"a-folder-with-a-long-name/".repeat(6)}requirements.txt`;

/** What the scans of a registry with this many skills come to. */
export function securityOf(rows: number): SecuritySummary {
  const warned = rows === 0 ? 0 : Math.ceil(rows / 10);
  return {
    versions: rows,
    verdicts: [
      { verdict: "block", versions: 0 },
      { verdict: "warn", versions: warned },
      { verdict: "pass", versions: rows - warned },
      { verdict: "none", versions: 0 },
    ],
    states: [
      { state: "published", versions: rows - warned },
      { state: "held", versions: warned },
    ],
    refused: { days: 30, versions: rows === 0 ? 0 : 3 },
    rules:
      rows === 0
        ? []
        : [{ rule: RULE, severity: "medium", findings: warned, versions: warned, skills: warned }],
    engine: rows === 0 ? null : { name: "1.0.0+0123456789ab", state: "waiting", flips: 12 },
  };
}

/** A finding for each of these skills. */
export function findingsOf(skills: readonly SkillItem[]): readonly FoundFinding[] {
  return skills.map(({ team, name, latest }, place) => ({
    team,
    name,
    version: latest ?? "1.0.0",
    state: "held",
    verdict: "warn",
    score: 88,
    rule: RULE,
    severity: "medium",
    file: place === 0 ? LONG : "requirements.txt",
    line: 1,
  }));
}
