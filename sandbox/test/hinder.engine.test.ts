import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../registry-app/test/needs.ts";
import { DEFAULT_LIMITS, type Sandbox } from "../index.ts";
import { bash, expectRan, openForTest, python, specOf, textOf } from "./engine.ts";

const SHORT = { ...DEFAULT_LIMITS, timeoutMs: 4_000 };
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openForTest();
}, 600_000);
afterAll(() => sandbox.close());

/** Leaves a process of this program running when the case has ended. */
const leave = (program: string, then: string) =>
  bash(
    `setsid python3 -c "$PROGRAM" </dev/null >/dev/null 2>&1 & while [ ! -e /tmp/up ]; do sleep 0.05; done; ${then}`,
  ).concat([program]);
const runLeaving = async (program: string, then: string) => {
  const [shell = "", flag = "", script = ""] = leave(program, then);
  const env = { PROGRAM: `open('/tmp/up','w')\n${program}` };
  return sandbox.run(specOf([shell, flag, script], { limits: SHORT, env }));
};

describeWith("docker")("a verdict is reached on a case that", () => {
  it.each([
    ["kills whatever comes", "import os\nwhile True:\n try: os.kill(-1, 9)\n except OSError: pass"],
    [
      "stops whatever comes",
      "import os, signal\nwhile True:\n for p in os.listdir('/proc'):\n  if p.isdigit() and int(p) != os.getpid():\n   try: os.kill(int(p), signal.SIGSTOP)\n   except OSError: pass",
    ],
    [
      "fills all processes",
      "import os, time\nwhile True:\n try:\n  if os.fork() == 0: time.sleep(60)\n except OSError: time.sleep(0.001)",
    ],
    [
      "writes into the memory of whatever comes",
      "import os\nwhile True:\n for p in os.listdir('/proc'):\n  if p.isdigit() and int(p) != os.getpid():\n   try:\n    with open('/proc/%s/maps' % p) as m: at = int(m.readline().split('-')[0], 16)\n    with open('/proc/%s/mem' % p, 'r+b', 0) as f: f.seek(at); f.write(bytes(4096))\n   except OSError: pass",
    ],
  ])("%s", async (_, program) => {
    const startedMs = performance.now();
    const ran = expectRan(await runLeaving(program, "sleep 0.3; exit 5"));
    expect(ran.end === "exit" && ran.exitCode === 0).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(45_000);
  });

  it("fills every place that takes bytes", async () => {
    const script = `for d in /work /tmp /home /dev/shm; do head -c 31000000 /dev/zero > $d/a; head -c 31000000 /dev/zero > $d/b; head -c 31000000 /dev/zero > $d/c; done 2>/dev/null; exit 6`;
    const ran = expectRan(await sandbox.run(specOf(bash(script), { limits: SHORT })));
    expect([ran.end, ran.exitCode]).toEqual(["exit", 6]);
    expect(ran.files.map(({ path }) => path)).toContain("a");
  });

  it("wants memory that outlives it", async () => {
    const ask = "import ctypes; print(ctypes.CDLL(None).shmget(0, 1<<28, 0o1600))";
    expect(textOf(expectRan(await sandbox.run(specOf(python(ask)))).stdout)).toBe("-1\n");
  });

  it("does not read what it was given", async () => {
    const stdin = Buffer.alloc(4 * 1024 * 1024, "x");
    const ran = expectRan(await sandbox.run(specOf(bash("exit 125"), { stdin })));
    expect([ran.end, ran.exitCode]).toEqual(["exit", 125]);
  });

  it("is a command that is not there", async () => {
    const ran = expectRan(await sandbox.run(specOf(["no-such-command"])));
    expect([ran.end, ran.exitCode]).toEqual(["exit", 127]);
  });
});

describeWith("docker")("what a case leaves", () => {
  it("is taken out even where it locked it away", async () => {
    const script = "mkdir d; echo hidden > d/f; chmod 000 d/f d /work";
    const ran = expectRan(await sandbox.run(specOf(bash(script))));
    const hidden = ran.files.find(({ path }) => path === "d/f");
    expect(Buffer.from(hidden?.content ?? []).toString()).toBe("hidden\n");
  });

  it("comes in the order of its names, so that what is cut is the same everywhere", async () => {
    const ran = expectRan(await sandbox.run(specOf(bash("touch c a b; mkdir B; touch B/x"))));
    expect(ran.files.map(({ path }) => path)).toEqual(["B", "B/x", "a", "b", "c"]);
  });

  it("does not count towards what is said of its time", async () => {
    const ran = expectRan(await sandbox.run(specOf(["sleep", "0.5"])));
    expect(ran.durationMs).toBeGreaterThanOrEqual(480);
    expect(ran.durationMs).toBeLessThan(3_000);
  });

  it("cannot be ended before the command is: an abort before the start is no run", async () => {
    const signal = AbortSignal.abort();
    expect((await sandbox.run(specOf(["true"], { signal }))).kind).toBe("cancelled");
  });

  it("a limit of output ends a case, and its first bytes are kept", async () => {
    const limits = { ...SHORT, outputBytes: 1_000, keptOutputBytes: 10 };
    const ran = expectRan(await sandbox.run(specOf(["yes"], { limits })));
    expect([ran.end, textOf(ran.stdout), ran.stdout.isTruncated]).toEqual([
      "output-limit",
      "y\ny\ny\ny\ny\n",
      true,
    ]);
  });
});

describeWith("docker")("a session", () => {
  it("tells the out-of-memory kill of the command that had it, and not of the next", async () => {
    const opened = await sandbox.openSession({
      id: "oom-session",
      skill: null,
      inputs: [],
      limits: DEFAULT_LIMITS,
    });
    if ("kind" in opened) throw new Error(opened.because);
    const say = async (command: readonly string[]) =>
      expectRan(
        await opened.run({ command, stdin: Buffer.from("in"), env: {}, timeoutMs: 10_000 }),
      );
    expect((await say(python("x=bytearray(400<<20)"))).end).toBe("oom");
    expect((await say(bash("cat; exit 2"))).oomKills).toBe(0);
    await opened.close();
  });
});
