import type { AdvisoryMatch } from "../advisories/advisory.ts";
import type { Match, ScanSeverity } from "../types.ts";
import type { Evidence, Rule } from "./rule.ts";
import { SUPPLY_CHAIN_HOOK_RULES } from "./supply-chain-hooks.ts";
import { SUPPLY_CHAIN_LICENCE_RULES } from "./supply-chain-licences.ts";
import { SUPPLY_CHAIN_NAME_RULES } from "./supply-chain-names.ts";
import { SUPPLY_CHAIN_SOURCE_RULES } from "./supply-chain-sources.ts";
import { TOLD_SOURCE_RULES } from "./supply-chain-told.ts";

function sayMatch({ dependency, advisory }: AdvisoryMatch): string {
  const version = dependency.version === null ? "" : ` ${dependency.version}`;
  return `${dependency.spelled}${version}: ${advisory.summary} (${advisory.id})`;
}

function toMatch(one: AdvisoryMatch): Match {
  const { ecosystem, spelled, version, at } = one.dependency;
  const evidence = `${ecosystem} ${spelled} ${version ?? ""}`.trim();
  return { at, evidence, message: sayMatch(one), chain: [] };
}

function findMalicious({ advisoryMatches }: Evidence): readonly Match[] {
  return advisoryMatches.filter(({ advisory }) => advisory.kind === "malicious").map(toMatch);
}

/** A hole is not an attack: only what can be run over from afar asks for a person's look. */
const WEIGHT: Readonly<Record<ScanSeverity, ScanSeverity>> = {
  critical: "medium",
  high: "low",
  medium: "low",
  low: "info",
  info: "info",
};

function findVulnerable({ advisoryMatches }: Evidence): readonly Match[] {
  return advisoryMatches
    .filter(({ advisory }) => advisory.kind === "vulnerable")
    .map((one) => ({ ...toMatch(one), severity: WEIGHT[one.advisory.severity] }));
}

/** What fetches a package and runs it at once, whatever its newest version is that day. */
const RUNNERS = /\b(?:npx|bunx|uvx|pnpx|pnpm dlx|yarn dlx|bun x|npm exec|pipx run|uv tool run)\b/;

function findUnpinnedRuns({ facts }: Evidence): readonly Match[] {
  const runs = facts.filter(
    (fact) =>
      fact.op === "install" &&
      fact.traits.includes("unpinned") &&
      (fact.class === "run" || RUNNERS.test(fact.excerpt)),
  );
  const byPackage = new Map(runs.toReversed().map((fact) => [fact.target, fact]));
  return [...byPackage.values()].toReversed().map((fact) => ({
    at: fact.at,
    evidence: fact.excerpt,
    message: `${fact.target?.replace(/^\w{1,10}:/, "") ?? "A package"} is fetched and run in whatever version is newest.`,
    chain: [],
  }));
}

export const SUPPLY_CHAIN_RULES: readonly Rule[] = [
  {
    id: "supply-chain.malicious-version",
    family: "supply-chain",
    title: "Brings in a package that is known to do harm",
    severity: "critical",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Installing it is enough to be attacked.",
    remedy: "Remove it. If it was ever installed, take that machine's keys for stolen.",
    isIndicator: true,
    find: findMalicious,
    examples: {
      flags: [
        {
          name: "a version that was taken over",
          files: { "package.json": '{"dependencies": {"event-stream": "3.3.6"}}\n' },
        },
        {
          name: "a package that only ever did harm",
          files: { "requirements.txt": "colourama\n" },
        },
      ],
      passes: [
        {
          name: "another version of the same package",
          files: { "package.json": '{"dependencies": {"event-stream": "4.0.1"}}\n' },
        },
      ],
    },
  },
  {
    id: "supply-chain.vulnerable-version",
    family: "supply-chain",
    title: "Brings in a version with a known hole",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Whoever can reach the hole can use the skill's rights.",
    remedy: "Take a version in which it is mended.",
    isIndicator: true,
    find: findVulnerable,
    examples: {
      flags: [{ name: "an old version", files: { "requirements.txt": "pyyaml==5.3.1\n" } }],
      passes: [
        { name: "a mended version", files: { "requirements.txt": "pyyaml==6.0.2\n" } },
        { name: "a range that will take the newest", files: { "requirements.txt": "pyyaml>=5\n" } },
      ],
    },
  },
  {
    id: "supply-chain.unpinned-run",
    family: "supply-chain",
    title: "Fetches and runs whatever version is newest",
    severity: "low",
    confidence: "structural",
    owasp: ["AST02"],
    why: "Who takes over the package runs code on every machine at the next call, and nothing in the skill has changed.",
    remedy: "Name the version: npx name@1.2.3, uvx name==1.2.3.",
    find: findUnpinnedRuns,
    examples: {
      flags: [
        { name: "npx without a version", files: { "run.sh": "npx -y some-converter in.md\n" } },
      ],
      passes: [
        { name: "npx with a version", files: { "run.sh": "npx -y some-converter@1.4.2 in.md\n" } },
      ],
    },
  },
  ...SUPPLY_CHAIN_NAME_RULES,
  ...SUPPLY_CHAIN_SOURCE_RULES,
  ...TOLD_SOURCE_RULES,
  ...SUPPLY_CHAIN_HOOK_RULES,
  ...SUPPLY_CHAIN_LICENCE_RULES,
];
