import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../../test/needs.ts";
import type { ScanReport } from "../../scan/index.ts";
import type { Reviewer } from "../reviewer.ts";
import { REVIEWER_RULES } from "../reviewer-rules.ts";
import { openClamd } from "./open-clamd.ts";

const REPORT: ScanReport = {
  verdict: "pass",
  risk: "none",
  score: 100,
  capabilities: [],
  findings: [],
  coverage: { files: 1, analysed: 1, gaps: [], advisories: { takenAt: null, isStale: false } },
  engine: { version: "1", rules: "r" },
};
const MARK = "a-mark-of-our-own-that-is-harmless";
const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text, "utf8") });

describeWith("clamd")("a clamd that runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-clamd-"));
  const socket = join(folder, "clamd.sock");
  let daemon: ChildProcess;
  let clamd: Reviewer;

  beforeAll(async () => {
    const hex = Buffer.from(MARK, "utf8").toString("hex");
    writeFileSync(join(folder, "own.ndb"), `Assay.Test.Mark:0:*:${hex}\n`);
    const settings = [
      `LocalSocket ${socket}`,
      `DatabaseDirectory ${folder}`,
      `TemporaryDirectory ${folder}`,
      "Foreground yes",
      "StreamMaxLength 1M",
    ];
    writeFileSync(join(folder, "clamd.conf"), `${settings.join("\n")}\n`);
    daemon = spawn("/usr/sbin/clamd", ["-c", join(folder, "clamd.conf")], { stdio: "ignore" });
    clamd = await openWhenUp(`unix://${socket}`);
  }, 60_000);

  afterAll(() => {
    daemon.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("finds what its own signatures know, in the file that has it, and nothing in others", async () => {
    const review = await clamd.review(
      [file("SKILL.md", "# Fine"), file("a.bin", `x${MARK}y`)],
      REPORT,
    );
    expect(review).toMatchObject({
      kind: "findings",
      findings: [{ rule: "malware.clamav", severity: "critical", file: "a.bin" }],
      gaps: [],
    });
    expect(JSON.stringify(review)).toContain("Assay.Test.Mark");
  });

  it("has a gap, and no word of passing, for a file that is larger than it takes", async () => {
    const review = await clamd.review([file("big.bin", "x".repeat(3 * 1024 * 1024))], REPORT);
    expect(review).toMatchObject({ kind: "findings", findings: [], gaps: [{ file: "big.bin" }] });
  });

  it("says which version it is", () => expect(clamd.version).toMatch(/^1\.\d/));
});

describe("what answers in place of clamd", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const answering = async (answer: string | null): Promise<string> => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        if (data.toString("latin1").startsWith("zVERSION")) socket.end("ClamAV 1.4.6\0");
        else if (answer !== null) socket.end(answer);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return `tcp://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  };
  const ask = async (answer: string | null) => {
    const clamd = await openClamd({ url: await answering(answer), deadlineMs: 300 });
    return clamd.review([file("a.sh", "echo")], REPORT);
  };

  it.each([
    ["says nothing", null],
    ["hangs up", ""],
    ["goes on without an end", "x".repeat(100_000)],
  ])("is no opinion when it %s", async (_, answer) => {
    expect((await ask(answer)).kind).toBe("unavailable");
  });

  it("that it found is told as a rule that pages and SARIF know", async () => {
    const came = await ask("stream: Some.Malware FOUND\0");
    const [found] = came.kind === "findings" ? came.findings : [];
    expect(found).toMatchObject({ file: "a.sh", evidence: "Some.Malware", isIndicator: true });
    const { rule: id, category: family, severity, confidence, why, remedy } = { ...found };
    expect(REVIEWER_RULES).toContainEqual(
      expect.objectContaining({ id, family, severity, confidence, why, remedy }),
    );
  });

  it.each(["stream: OK FOUND OK\0", "OK\0", "\0", "INSTREAM size limit exceeded. ERROR\0"])(
    "never lets a file pass by the answer %j",
    async (answer) => {
      expect(await ask(answer)).toMatchObject({ kind: "findings", gaps: [{ file: "a.sh" }] });
    },
  );

  it("refuses the start, and says what to do, when nothing listens", async () => {
    await expect(openClamd({ url: "unix:///nowhere/clamd.sock" })).rejects.toThrow(
      /CLAMD_URL|No virus/,
    );
  });
});

async function openWhenUp(url: string): Promise<Reviewer> {
  for (let left = 150; ; left--)
    try {
      return await openClamd({ url });
    } catch (cause) {
      if (left === 0) throw cause;
      await sleep(200);
    }
}
