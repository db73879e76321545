import type {
  EvalCase,
  EvalCasePage,
  EvalComparison,
  EvalRun,
  VersionEvals,
} from "../src/data/eval-port.ts";

const AT = "2026-11-01T10:00:00Z";
const RUN: EvalRun = {
  id: "11111111-1111-4111-8111-111111111111",
  state: "done",
  reason: "tag",
  status: "failed",
  outcome: "review",
  summary: "1 passed, 1 failed",
  attempt: 1,
  before: null,
  report: {
    unavailable: null,
    isolation: {
      kind: "docker",
      engine: "docker 20.10.24",
      image: `sha256:${"0".repeat(64)}`,
      cgroup: 2,
      runner: "1",
    },
    warnings: ["evals/evals.json:9: timeout is 900 s and becomes 120 s"],
  },
  createdAt: AT,
  notBefore: AT,
  startedAt: AT,
  finishedAt: AT,
};

/** Bytes that try to take a terminal over. */
export const HOSTILE =
  "\u001B[31mred\u001B[0m \u001B]8;;https://bad.example\u0007link <script>alert(1)</script>\u202E";

const caseOf = (id: string, status: "passed" | "failed"): EvalCase => ({
  id,
  arm: "with-skill",
  name: `${id}-${"with-a-long-name-".repeat(4)}`,
  kind: "script",
  status,
  isRequired: status === "passed",
  isFlaky: status === "failed",
  trials: 2,
  passedTrials: 1,
  durationMs: 1_234,
  cpuMs: 56,
  peakMemoryBytes: 34 * 1024 * 1024,
  isCached: false,
  hasLog: true,
  detail: {
    because: null,
    asked: "sh /skill/scripts/add.sh 2 3",
    trials: [
      {
        number: 1,
        status,
        end: "exit",
        exitCode: 0,
        signal: null,
        durationMs: 1_234,
        checks: [
          {
            name: "stdout equals",
            passed: status === "passed",
            expected: "5",
            actual: HOSTILE,
            isRequired: true,
          },
        ],
        notes: [],
      },
    ],
  },
});

export const EVALS: VersionEvals = {
  runs: [
    RUN,
    {
      ...RUN,
      status: "skipped",
      report: { isolation: null, unavailable: "no engine", warnings: [] },
    },
  ],
  cases: [caseOf("adds", "passed"), caseOf("hopes", "failed")],
};

/** The page of one case, with a log that holds hostile bytes. */
export function evalCaseOf(caseId: string): EvalCasePage | null {
  const found = EVALS.cases.find(({ id }) => id === caseId);
  if (found === undefined) return null;
  const stream = { base64: Buffer.from(HOSTILE).toString("base64"), totalBytes: HOSTILE.length };
  const files = [{ path: "out\nput.txt", kind: "file", sizeBytes: 3 }];
  const trial = { number: 1, stdout: stream, stderr: stream, files, transcript: null };
  return {
    run: RUN,
    arms: [{ ...found, log: { trials: [trial] } }],
    sameInput: { runs: 5, flipRate: 0.25 },
    history: ["1.4.0", "1.3.0"].map((version) => ({
      version,
      status: version === "1.4.0" ? "passed" : "failed",
      durationMs: 900,
      peakMemoryBytes: 1_000_000,
      isFlaky: false,
      finishedAt: AT,
    })),
  };
}

/** One case that was broken, and one that is new. */
export function comparisonOf(version: string, against: string): EvalComparison {
  const side = { status: "passed", durationMs: 900, peakMemoryBytes: 4_000_000, isFlaky: false };
  const passed = { ...side, status: "passed" as const };
  const failed = { ...side, status: "failed" as const };
  return {
    version,
    against,
    cases: [
      { id: "adds", name: "adds", before: passed, after: failed, change: "broken" },
      { id: "hopes", name: "hopes", before: null, after: passed, change: "added" },
    ],
  };
}
