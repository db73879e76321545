import { describe, expect, it } from "vitest";
import { encodeUstar } from "../../src/blobs/index.ts";
import { nameEngine, type ScanEngine } from "../../src/publish/index.ts";
import type { Review, ReviewedFile, Reviewer } from "../../src/reviewers/index.ts";
import type { AddedFinding, ScanReport } from "../../src/scan/index.ts";
import { withReviewers } from "./with-reviewers.ts";

const TODAY = new Date("2026-05-01T00:00:00Z");
const TAR = encodeUstar([
  { path: "SKILL.md", mode: "100644", bytes: Buffer.from("# Tidy\n") },
  { path: "run.sh", mode: "100755", bytes: Buffer.from("echo hi\n") },
]);
const CLEAN: ScanReport = {
  verdict: "pass",
  risk: "none",
  score: 100,
  capabilities: [],
  findings: [],
  coverage: { files: 2, analysed: 2, gaps: [], advisories: { takenAt: null, isStale: false } },
  engine: { version: "1.0.0", rules: "0".repeat(64) },
};
const scanner: ScanEngine = {
  engine: CLEAN.engine,
  advisoriesAt: TODAY,
  scan: async () => CLEAN,
};
const finding = (rule: string, severity: AddedFinding["severity"]): AddedFinding => ({
  rule,
  category: "harmful",
  severity,
  confidence: "structural",
  file: "run.sh",
  line: 1,
  message: "It is known.",
  evidence: "echo hi",
  remedy: "Take it out.",
  why: "It does harm.",
  owasp: ["AST01"],
  isIndicator: false,
  chain: [],
});
const found = (...findings: readonly AddedFinding[]): Review => {
  return { kind: "findings", findings, gaps: [] };
};

type Asked = {
  readonly by: string;
  readonly files: readonly ReviewedFile[];
  readonly report: ScanReport;
};

/** A reviewer that says this, or fails with it, and writes down what it was asked. */
function reviewer(name: string, says: Review | Error, asked: Asked[] = []): Reviewer {
  return {
    name,
    version: "7",
    async review(files, report) {
      asked.push({ by: name, files, report });
      if (says instanceof Error) throw says;
      return says;
    },
  };
}
const scanWith = (...reviewers: readonly Reviewer[]) =>
  withReviewers(scanner, reviewers).scan(TAR, TODAY);

describe("a scan with reviewers", () => {
  it("has what a reviewer found, and a verdict and score that go by it", async () => {
    const report = await scanWith(reviewer("clamd", found(finding("malware.clamav", "critical"))));
    expect(report.verdict).toBe("block");
    expect(report.score).toBeLessThan(100);
    expect(report.findings).toMatchObject([{ rule: "malware.clamav", file: "run.sh" }]);
    expect(report.findings[0]?.points).toBeGreaterThan(0);
  });

  it("asks one after the other, each with every file and with what those before it found", async () => {
    const asked: Asked[] = [];
    const first = reviewer("clamd", found(finding("malware.clamav", "critical")), asked);
    const second = reviewer("semantic", found(finding("semantic.judge", "medium")), asked);
    const report = await scanWith(first, second);
    expect(
      asked.map(({ by, report: seen }) => [by, seen.findings.map(({ rule }) => rule)]),
    ).toEqual([
      ["clamd", []],
      ["semantic", ["malware.clamav"]],
    ]);
    for (const { files } of asked)
      expect(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
        ["SKILL.md", "# Tidy\n"],
        ["run.sh", "echo hi\n"],
      ]);
    expect(report.findings.map(({ rule }) => rule)).toEqual(["malware.clamav", "semantic.judge"]);
  });

  it("is incomplete where a reviewer could not look at everything", async () => {
    const gap = { file: "run.sh", state: "partly", because: "It hung up." } as const;
    const report = await scanWith(
      reviewer("clamd", { kind: "findings", findings: [], gaps: [gap] }),
      reviewer("semantic", found()),
    );
    expect(report).toMatchObject({ verdict: "incomplete", coverage: { analysed: 1, gaps: [gap] } });
  });

  it.each<[string, Review | Error, string]>([
    [
      "does not answer",
      { kind: "unavailable", because: "It is busy." },
      "clamd did not answer: It is busy.",
    ],
    ["fails", new Error("a socket broke"), "a socket broke"],
  ])("gives no report when a reviewer %s, and asks no other", async (_what, says, message) => {
    const asked: Asked[] = [];
    const scanned = scanWith(
      reviewer("semantic", found(finding("semantic.judge", "medium")), asked),
      reviewer("clamd", says, asked),
      reviewer("last", found(), asked),
    );
    await expect(scanned).rejects.toThrow(message);
    expect(asked.map(({ by }) => by)).toEqual(["semantic", "clamd"]);
  });

  it("asks nobody when the scanner itself fails", async () => {
    const asked: Asked[] = [];
    const scan: ScanEngine["scan"] = async () => Promise.reject(new Error("it died"));
    const broken = { ...scanner, scan };
    const scanned = withReviewers(broken, [reviewer("clamd", found(), asked)]).scan(TAR, TODAY);
    await expect(scanned).rejects.toThrow("it died");
    expect(asked).toEqual([]);
  });

  it("is an engine of another name for each reviewer and each version of one", () => {
    const plain = nameEngine(withReviewers(scanner, []));
    const one = nameEngine(withReviewers(scanner, [reviewer("clamd", found())]));
    const newer = { ...reviewer("clamd", found()), version: "8" };
    expect(new Set([plain, one, nameEngine(withReviewers(scanner, [newer]))]).size).toBe(3);
    expect(plain).toBe(nameEngine(scanner));
  });

  it("without any is what the scanner says, whatever was read", async () => {
    const unread = withReviewers(scanner, []).scan(Buffer.from("no tar"), TODAY);
    expect(await unread).toBe(CLEAN);
  });

  it("keeps what else the scanner can do", () => {
    const pool = { ...scanner, close: async () => "closed" };
    expect(withReviewers(pool, []).close).toBe(pool.close);
  });
});
