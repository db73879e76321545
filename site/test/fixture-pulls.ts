import type { PullPage } from "../src/data/pull-port.ts";

const FINDING = {
  rule: "exfiltration.environment",
  severity: "high",
  message: "A script sends what stands in the environment to another host.",
  file: "scripts/<img src=x>.sh",
  line: 14,
  fix: "Send only what the task needs.",
};
const BASE: Omit<PullPage, "number" | "source"> = {
  head: "4f1c".repeat(10),
  base: "90ab".repeat(10),
  isFork: false,
  isOpen: true,
  isJudged: true,
  judged: "4f1c".repeat(10),
  judgedAt: "2026-11-20T09:00:00.000Z",
  seenAt: "2026-11-20T09:05:00.000Z",
  report: null,
  signer: null,
  evals: [],
};
const READY = {
  folder: "skills/pdf-forms",
  name: "pdf-forms",
  isPublishable: true,
  problem: null,
  findings: [],
  scan: {
    verdict: "warn" as const,
    score: 82,
    known: 1,
    added: [FINDING],
    gained: ["network: api.example.com"],
    gaps: ["assets/blank.bin: not a format that is read"],
  },
  release: {
    previous: "1.4.0",
    bump: "minor",
    version: "1.5.0",
    tag: "pdf-forms--v1.5.0",
    notes: ["feat: fill check boxes", "fix: keep <b>markup</b> of names"],
  },
  digest: "s1:7QmJ3kq0s1Zb9xYwVtUuTtSsRrQqPpOo",
};

/** 7 waits for a look, 8 is broken, 9 comes from a fork; no other is there. */
export function pullOf(source: string, number: number): PullPage | null {
  if (number === 9)
    return { ...BASE, source, number, isFork: true, isJudged: false, judged: null, judgedAt: null };
  if (number === 8) {
    const skill = {
      ...READY,
      name: null,
      isPublishable: false,
      findings: [
        { ...FINDING, rule: "name.missing", severity: "error", message: "There is no name." },
      ],
      scan: null,
      release: null,
      digest: null,
    };
    return { ...BASE, source, number, report: { skills: [skill], leftOut: 3 } };
  }
  if (number !== 7) return null;
  const cases = (["passed", "failed", "timeout", "skipped"] as const).map((status, nth) => ({
    name: `case ${nth} with a name that goes on for as long as somebody liked to write it`,
    status,
    isRequired: nth < 2,
    durationMs: status === "skipped" ? null : 340 * (nth + 1),
    change: (["same", "broken", "added", "unknown"] as const)[nth] ?? null,
  }));
  const run = {
    skill: "pdf-forms",
    folder: READY.folder,
    state: "done" as const,
    outcome: "block" as const,
    summary: "1 of 3 cases passed",
    against: "1.4.0",
    cases,
    removed: ["an old case"],
  };
  const signer = {
    kind: "unready" as const,
    says: `The newest commit is signed with SHA256:${"q1Zb9xYw".repeat(5)}Tuu, which the law of this registry does not name. A tag made alike would be refused.`,
    help: "npx assay key add YOUR-EMAIL --team docs --key 'CONTENT OF YOUR .pub FILE'",
  };
  const report = { skills: [READY], leftOut: 0 };
  return { ...BASE, source, number, report, signer, evals: [run] };
}
