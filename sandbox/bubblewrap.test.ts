import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { describeWith } from "../registry-app/test/needs.ts";
import { openBubblewrap } from "./bubblewrap.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { RunSpec } from "./types.ts";

const hasBubblewrap = spawnSync("bwrap", ["--version"]).status === 0;
const opened = await openBubblewrap();

const run = async (script: string, more: Partial<RunSpec> = {}) => {
  if (opened.kind !== "ready") throw new Error(opened.because);
  const result = await opened.sandbox.run({
    id: "test",
    skill: null,
    inputs: [],
    stdin: Buffer.from("said"),
    env: { A: "b" },
    command: ["bash", "-c", script],
    limits: { ...DEFAULT_LIMITS, timeoutMs: 2_000 },
    ...more,
  });
  if (result.kind !== "ran") throw new Error(JSON.stringify(result));
  return { ...result, out: Buffer.from(result.stdout.bytes).toString() };
};

it("bubblewrap says that it is weaker, or why it cannot be used and what to do instead", () => {
  const said = opened.kind === "ready" ? opened.sandbox.isolation.engine : opened.remedy;
  expect(said).toMatch(/weaker|Docker/);
  expect(opened.kind === "ready" && !hasBubblewrap).toBe(false);
});

describeWith("bubblewrap")("an author's own case, under bubblewrap,", () => {
  it("gets its files, input and variables, and gives back what it wrote", async () => {
    const inputs = [{ path: "a.txt", content: Buffer.from("in"), isExecutable: false }];
    const ran = await run('cat a.txt -; echo "$A" > out; exit 3', { inputs });
    expect([ran.end, ran.exitCode, ran.out]).toEqual(["exit", 3, "insaid"]);
    expect(ran.files.map(({ path }) => path)).toEqual(["a.txt", "out"]);
  });

  it("sees no file of its author, no network, and no environment of ours", async () => {
    const { out } = await run(
      "ls /root /etc/shadow 2>/dev/null; ls /sys/class/net 2>/dev/null; env | cut -d= -f1 | sort | tr '\\n' ' '; cat < /dev/tcp/127.0.0.1/22",
    );
    expect(out.replaceAll(/\b(_|PWD|SHLVL|OLDPWD) /g, "").trim()).toBe(
      "A HOME LANG PATH SKILL_DIR",
    );
  });

  it("is ended in time with everything that it started, and after too much output", async () => {
    const ran = await run("setsid sleep 977 & trap '' TERM; while :; do sleep 1; done");
    expect([ran.end, ran.exitCode]).toEqual(["timeout", null]);
    expect(spawnSync("pgrep", ["-f", "^sleep 977"]).status).toBe(1);
    expect((await run("yes", { limits: { ...DEFAULT_LIMITS, outputBytes: 9_999 } })).end).toBe(
      "output-limit",
    );
  });

  it("gets no more processes and no more memory than it may have", async () => {
    const forks =
      "import os,time\nn=0\ntry:\n for i in range(200):\n  if os.fork()==0: time.sleep(20)\n  n+=1\nexcept OSError: pass\nprint(n)";
    const limits = { ...DEFAULT_LIMITS, pids: 40, timeoutMs: 4_000 };
    const pids = await run(`python3 -c "$FORKS"`, { limits, env: { FORKS: forks } });
    expect(Number(pids.out)).toBeGreaterThan(0);
    expect(Number(pids.out)).toBeLessThan(40);
    const memory = await run("python3 -c 'x=bytearray(400<<20)'; echo $?");
    expect(["137\n", "1\n"]).toContain(memory.out);
  }, 20_000);
});
