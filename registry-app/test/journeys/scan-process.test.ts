import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openScan, type ScanPool } from "../../bin/compose/open-scan.ts";
import { nameEngine } from "../../src/publish/index.ts";
import { encodeUstar } from "../../src/blobs/index.ts";
import { silentLog } from "../../src/runtime/index.ts";
import { skillMd } from "../forge.ts";

const ODD = fileURLToPath(new URL("../odd-scanner.ts", import.meta.url));
const today = new Date("2026-05-01T00:00:00Z");

describe("a scan process that does not do its work", () => {
  let odd: ScanPool;
  beforeAll(async () => {
    process.env["ASSAY_SECRET_OF_THE_TEST"] = "not for a scanner";
    odd = await openScan({ log: silentLog, entry: ODD, deadlineMs: 300 });
  });
  afterAll(async () => {
    delete process.env["ASSAY_SECRET_OF_THE_TEST"];
    await odd.close();
  });
  const scan = (ask: string) => odd.scan(Buffer.from(ask), today);

  it("has no environment, writes nothing, reads nothing but the project, and starts and evaluates nothing", () => {
    expect(JSON.parse(odd.engine.version)).toEqual({
      environment: [],
      write: "ERR_ACCESS_DENIED",
      read: "ERR_ACCESS_DENIED",
      spawn: "ERR_ACCESS_DENIED",
      evaluate: "may not",
    });
  });

  it("is killed when it takes too long, and the skill is incomplete, with a word why", async () => {
    const { verdict, coverage } = await scan("think");
    expect([verdict, coverage.gaps[0]?.because]).toEqual([
      "incomplete",
      "Reading it took longer than 1 s.",
    ]);
  });

  it("is asked twice when it dies, and then the skill is incomplete too", async () => {
    const { verdict, coverage } = await scan("die");
    expect([verdict, coverage.gaps[0]?.because]).toEqual([
      "incomplete",
      "The scanner died twice while it read this.",
    ]);
  });

  it("is not believed when what it answers is no report", async () => {
    await expect(scan("lie")).rejects.toThrow(/report|verdict|Invalid/);
  });
});

describe("the scan process", () => {
  it("goes by the advisories that it was given, and tells how old they are", async () => {
    const advisory = {
      id: "MAL-2026-1",
      ecosystem: "npm",
      package: "left-padding",
      kind: "malicious",
      severity: "critical",
      summary: "steals",
      versions: [],
      ranges: [],
    } as const;
    const takenAt = "2026-04-30T12:00:00Z";
    const own = { takenAt, advisories: [advisory] };
    const scanner = await openScan({ log: silentLog, advisories: own });
    try {
      const md = Buffer.from(skillMd("deploy", "Run `npm install left-padding` first.\n"));
      const tar = encodeUstar([{ path: "SKILL.md", mode: "100644", bytes: md }]);
      const report = await scanner.scan(tar, today);
      expect(report.coverage.advisories).toEqual({ takenAt, isStale: false });
      expect(report.findings.map(({ rule }) => rule).join()).toMatch(/supply-chain\./);
      expect(nameEngine(scanner)).toContain("20260430T120000Z");
    } finally {
      await scanner.close();
    }
  });

  it("goes on with the next skill, several at once, and answers the same bytes to the same question", async () => {
    const scanner = await openScan({ log: silentLog });
    try {
      const bytes = Buffer.from(skillMd("deploy"));
      const tar = encodeUstar([{ path: "SKILL.md", mode: "100644", bytes }]);
      const all = await Promise.all([1, 2, 3, 4].map(() => scanner.scan(tar, today)));
      expect(new Set(all.map((report) => JSON.stringify(report))).size).toBe(1);
      expect(all[0]).toMatchObject({ verdict: "pass", score: 100, engine: scanner.engine });
    } finally {
      await scanner.close();
    }
  });
});
