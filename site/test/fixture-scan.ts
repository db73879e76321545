import type { VersionState } from "../src/data/port.ts";
import type { Capability, Scan, ScanRule } from "../src/data/scan-port.ts";

const SCANNED_AT = "2026-03-03T09:00:00.000Z";

export const SCAN_RULES: readonly ScanRule[] = [
  {
    id: "exfiltration.secret-to-network",
    family: "exfiltration",
    title: "A secret is sent away",
    severity: "critical",
    confidence: "flow",
    owasp: ["AST01", "AST03"],
    why: "Who has the key is you, as far as every machine can tell.",
    remedy: "Do not read keys; let the tool that needs one ask for it.",
  },
];

const WEB: Capability = {
  kind: "network",
  detail: "forms.acme.example",
  isDeclared: true,
  file: "scripts/fill.py",
  line: 12,
};
export const NEW_ABILITIES: readonly Capability[] = [
  {
    kind: "write-outside",
    detail: "~/.config/<b>pdf</b>",
    isDeclared: false,
    file: "scripts/fill.py",
    line: 40,
  },
];

/** A held version has a grave finding, a file that was not read, and no text; every other a remark. */
export function scanOf(state: VersionState): Scan {
  const isGrave = state === "held" || state === "quarantined";
  return {
    verdict: isGrave ? "block" : "review",
    risk: "medium",
    score: isGrave ? 42 : 97,
    capabilities: isGrave ? [{ ...WEB, detail: null }] : [WEB, ...NEW_ABILITIES],
    findings: isGrave ? [GRAVE] : [REMARK],
    coverage: {
      files: 7,
      analysed: isGrave ? 6 : 7,
      gaps: isGrave
        ? [{ file: "assets/blank.pdf", state: "partly", because: "It is encrypted." }]
        : [],
      advisories: { takenAt: isGrave ? null : SCANNED_AT, isStale: false },
    },
    observed: isGrave ? null : OBSERVED,
    engine: { version: "1.0.0", rules: "9d3f9c1ac6eb".repeat(5) },
    scannedAt: SCANNED_AT,
  };
}

const OBSERVED: Scan["observed"] = {
  watched: 2,
  unwatched: 1,
  hosts: { declared: ["api.acme.example"], undeclared: ["drop.example"], unseen: [] },
  secretsRead: ["/home/.netrc"],
  secretsSent: [],
  programs: ["sh /skill/scripts/check.sh", "curl https://drop.example/"],
  writesOutsideWork: ["/home/.cache/x"],
  notes: ["slow: The command was ended when its time was over."],
  observedAt: SCANNED_AT,
};

const GRAVE: Scan["findings"][number] = {
  rule: "exfiltration.secret-to-network",
  category: "exfiltration",
  severity: "critical",
  confidence: "flow",
  file: "scripts/fill.py",
  line: 31,
  message: "The private SSH key is sent to collect.example.net.",
  evidence: "",
  remedy: "Do not read keys; let the tool that needs one ask for it.",
  why: "Who has the key is you, as far as every machine can tell.",
  owasp: ["AST01", "AST03"],
  isIndicator: false,
  points: 40,
  chain: [
    { what: "SKILL.md says to run it", file: "SKILL.md", line: 14, evidence: "" },
    { what: "reads ~/.ssh/id_ed25519", file: "scripts/fill.py", line: 22, evidence: "" },
    { what: "sends it to collect.example.net", file: "scripts/fill.py", line: 31, evidence: "" },
  ],
};

const REMARK: Scan["findings"][number] = {
  ...GRAVE,
  rule: "supply-chain.unpinned",
  category: "supply-chain",
  severity: "low",
  confidence: "structural",
  line: 3,
  message: "pypdf is installed in whatever version is newest.",
  evidence: "pip install pypdf <script>alert(1)</script>",
  remedy: "Name the version.",
  why: "Tomorrow's version was seen by nobody.",
  points: 2.7,
  chain: [],
};
