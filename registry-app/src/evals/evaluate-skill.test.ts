import { describe, expect, it } from "vitest";
import type { Opening, RunSpec } from "@assay/sandbox";
import { decodeUstar, type ArchiveFile } from "../blobs/index.ts";
import { systemClock, systemIds } from "../runtime/index.ts";
import { evaluateSkill } from "./evaluate-skill.ts";
import { DEFAULT_POLICY } from "./format/limits.ts";
import { LOCAL_ISOLATION, openLocalSandbox } from "./local-sandbox.test-kit.ts";
import type { AgentTask, AgentTrace } from "./ports.ts";
import type { CachedResult } from "./store/results.ts";
import type { CaseResult, EvalReport, SuiteDeps } from "./suite-types.ts";

const SKILL = "---\nname: demo\ndescription: Adds. Use when sums are asked for.\n---\n\nAdd.\n";
const file = (path: string, text: string): ArchiveFile => ({
  path,
  mode: "100644",
  bytes: Buffer.from(text),
});
const skillWith = (evals: object, ...more: readonly ArchiveFile[]): readonly ArchiveFile[] => [
  file("SKILL.md", SKILL),
  file("scripts/add.sh", 'echo "$(($1 + $2))"\n'),
  file("evals/evals.json", JSON.stringify(evals)),
  file("evals/files/data.txt", "seven\n"),
  file("evals/answers.txt", "secret\n"),
  ...more,
];

function setUp(own: Partial<SuiteDeps> = {}) {
  const specs: RunSpec[] = [];
  const told: string[] = [];
  const results: CaseResult[] = [];
  const opening: Opening = { kind: "ready", sandbox: openLocalSandbox((spec) => specs.push(spec)) };
  const deps: SuiteDeps = {
    opening,
    model: null,
    agent: null,
    clock: systemClock,
    ids: systemIds,
    onStarted: async ({ caseId }) => void told.push(`+${caseId}`),
    onResult: async (result) => {
      told.push(`-${result.caseId}`);
      results.push(result);
    },
    findCached: async () => undefined,
    ...own,
  };
  return { deps, specs, told, results };
}

async function evaluate(
  deps: SuiteDeps,
  files: readonly ArchiveFile[],
  more: { signal?: AbortSignal; maxRunMs?: number; previous?: readonly ArchiveFile[] } = {},
): Promise<EvalReport> {
  const input = {
    runId: "r1",
    files,
    previous: null,
    policy: DEFAULT_POLICY,
    isWatched: false,
    ...more,
  };
  const evaluation = await evaluateSkill(deps, input);
  if (evaluation.kind === "none") throw new Error("the skill has no evals");
  return evaluation.report;
}

const script = (id: string, run: string, more: object = {}) => ({ id, run, ...more });
const ADD = 'sh "$SKILL_DIR/scripts/add.sh" 1 2';

describe("a suite", () => {
  it("runs each case apart, grades what came out, and says what it comes to", async () => {
    const { deps, told } = setUp();
    const files = skillWith({
      evals: [
        script("adds", ADD, { expect: { stdout: { equals: "3\n" } } }),
        script("wrong", ADD, { expect: { stdout: { equals: "4\n" } } }),
        script("slow", "sleep 30", { limits: { timeout: "200ms" } }),
        script("writes", "cp data.txt out.txt", {
          files: ["evals/files/data.txt"],
          expect: { files: { "out.txt": { equals: "seven\n" } }, no_other_files: true },
        }),
        script("later", "false", { skip: "not yet" }),
      ],
    });
    const report = await evaluate(deps, files);
    expect(report.cases.map(({ caseId, status, score }) => [caseId, status, score])).toEqual([
      ["adds", "passed", 1],
      ["wrong", "failed", 0.5],
      ["slow", "timeout", 0],
      ["writes", "passed", 1],
      ["later", "skipped", null],
    ]);
    expect(report).toMatchObject({
      status: "failed",
      outcome: "block",
      isolation: LOCAL_ISOLATION,
    });
    expect(report.summary).toBe("2 passed, 1 failed, 1 timeout, 1 skipped (not yet)");
    expect(report.findings.map(({ rule, message }) => [rule, message])).toEqual([
      ["evals-failed", 'Case wrong failed: stdout equals, expected "4\\n", was "3\\n"'],
      ["evals-timeout", "Case slow ran out of time"],
    ]);
    expect(told.filter((one) => one.startsWith("+")).length).toBe(5);
    expect(told.indexOf("-adds")).toBeGreaterThan(told.indexOf("+adds"));
  });

  it("shows a case nothing of evals/ but the files that it lists", async () => {
    const { deps, specs } = setUp();
    const files = skillWith({ evals: [script("a", "true", { files: ["evals/files/data.txt"] })] });
    await evaluate(deps, files);
    const [spec] = specs;
    expect(decodeUstar(spec?.skill ?? new Uint8Array()).map(({ path }) => path)).toEqual([
      "SKILL.md",
      "scripts/add.sh",
    ]);
    expect(spec?.inputs.map(({ path }) => path)).toEqual(["data.txt"]);
  });

  it("lets the author's judge see the answers and what was left, in a container without the skill", async () => {
    const { deps, specs } = setUp();
    const judge = file(
      "evals/judge.sh",
      'grep -q secret evals/answers.txt && grep -q made run/out.txt && echo \'{"score": 0.5, "checks": [{"name": "form", "passed": true}]}\'',
    );
    const graders = [{ type: "script", command: ["sh", "evals/judge.sh"], min_score: 0.5 }];
    const made = script("a", "echo made > out.txt", { graders });
    const strict = script("b", "echo made > out.txt", {
      graders: [{ type: "script", command: ["sh", "evals/judge.sh"] }],
    });
    const hangs = script("c", "true", {
      graders: [{ type: "script", command: ["sleep", "30"], timeout: "200ms" }],
    });
    const report = await evaluate(deps, skillWith({ evals: [made, strict, hangs] }, judge));
    expect(report.cases.map(({ status }) => status)).toEqual(["passed", "failed", "ungraded"]);
    expect(report.cases[0]?.detail.trials[0]?.checks.map(({ name }) => name)).toContain(
      "grader 1: form",
    );
    const judged = specs.filter(({ skill }) => skill === null);
    expect(judged).toHaveLength(3);
    expect(specs.filter((spec) => spec.skill !== null).flatMap(({ inputs }) => inputs)).toEqual([]);
  });

  it("without a sandbox skips every case, says why, and is never green", async () => {
    const opening: Opening = {
      kind: "unavailable",
      because: "Docker is not there",
      remedy: "Start it.",
    };
    const { deps } = setUp({ opening });
    const report = await evaluate(deps, skillWith({ evals: [script("a", "true")] }));
    expect(report).toMatchObject({
      status: "skipped",
      outcome: "skipped",
      unavailable: "Docker is not there",
      cases: [
        { status: "skipped", trials: 0, detail: { because: "no sandbox: Docker is not there" } },
      ],
    });
  });

  it("tries again what failed on our side, and never what the case decided", async () => {
    const runs: string[] = [];
    const local = openLocalSandbox();
    const opening: Opening = {
      kind: "ready",
      sandbox: {
        ...local,
        run: async (spec) => {
          runs.push(spec.id);
          const isFirst = runs.length === 1;
          return isFirst ? { kind: "errored", because: "the engine went away" } : local.run(spec);
        },
      },
    };
    const { deps } = setUp({ opening });
    const once = await evaluate(deps, skillWith({ evals: [script("a", "true", { retries: 2 })] }));
    expect([once.status, runs.length]).toEqual(["passed", 2]);
    const failing = skillWith({ evals: [script("a", "false", { retries: 3 })] });
    expect([(await evaluate(deps, failing)).status, runs.length]).toEqual(["failed", 3]);
    expect(new Set(runs).size).toBe(2);
  });

  it("whose engine is gone is errored, and says nothing against the skill", async () => {
    const sandbox = {
      ...openLocalSandbox(),
      run: async () => ({ kind: "errored", because: "gone" }) as const,
    };
    const { deps } = setUp({ opening: { kind: "ready", sandbox } });
    const report = await evaluate(deps, skillWith({ evals: [script("a", "true")] }));
    expect(report).toMatchObject({ status: "errored", outcome: "errored", findings: [] });
    expect(report.cases[0]?.detail.because).toBe("gone");
  });

  it("that is cancelled begins nothing more and is no verdict", async () => {
    const stop = new AbortController();
    const { deps, specs } = setUp({ onResult: async () => stop.abort() });
    const evals = Array.from({ length: 10 }, (_, at) => script(`c${at}`, "false"));
    const report = await evaluate(deps, skillWith({ evals }), { signal: stop.signal });
    expect(specs.length).toBeLessThan(5);
    expect(report.cases.filter(({ status }) => status === "errored").length).toBeGreaterThan(5);
  });

  it("that uses up its time skips the rest, which then is not green", async () => {
    const { deps } = setUp();
    const report = await evaluate(deps, skillWith({ evals: [script("a", "true")] }), {
      maxRunMs: -1,
    });
    expect(report).toMatchObject({ status: "skipped", outcome: "skipped" });
  });

  it("takes a kept result of the same key instead of running, and asks for no key that differs", async () => {
    const asked: string[] = [];
    const kept = new Map<string, CachedResult>();
    const { deps, specs } = setUp({
      findCached: async (key) => {
        asked.push(key);
        return kept.get(key);
      },
      onResult: async (result) => {
        if (result.cacheKey !== null && !result.isCached) kept.set(result.cacheKey, result);
      },
    });
    const files = skillWith({ evals: [script("a", ADD)] });
    const first = await evaluate(deps, files);
    const second = await evaluate(deps, files);
    expect(specs.length).toBe(1);
    expect([first.cases[0]?.isCached, second.cases[0]?.isCached]).toEqual([false, true]);
    expect(second).toMatchObject({ status: first.status, outcome: first.outcome });
    await evaluate(deps, [...files, file("references/more.md", "x")]);
    expect(specs.length).toBe(2);
    expect(new Set(asked).size).toBe(2);
  });

  it("that is not valid is held as not looked at, with each finding", async () => {
    const { deps, specs } = setUp();
    const report = await evaluate(
      deps,
      skillWith({ evals: [script("a", "true", { expect: { x: 1 } })] }),
    );
    expect(report).toMatchObject({ status: "failed", outcome: "incomplete" });
    expect(report.findings[0]).toMatchObject({ rule: "evals-field", severity: "error" });
    expect(specs).toEqual([]);
  });

  it("makes trials one after the other and calls a case flaky whose trials differ", async () => {
    const { deps } = setUp();
    const counter = `/tmp/assay-evals-${process.pid}-${Math.trunc(performance.now())}`;
    const flip = `n=$(cat ${counter} 2>/dev/null || echo 0); echo $((n+1)) > ${counter}; test $((n % 2)) = 0`;
    const evals = [script("flip", flip, { trials: 3, pass: "majority" })];
    const report = await evaluate(deps, skillWith({ evals }));
    expect(report.cases[0]).toMatchObject({
      status: "passed",
      isFlaky: true,
      trials: 3,
      passedTrials: 2,
    });
  });
});

describe("agent cases", () => {
  const trace: AgentTrace = {
    kind: "ran",
    end: "done",
    final: "3",
    transcript: "user: add\nagent: 3",
    commands: ["sh /skill/scripts/add.sh 1 2"],
    isSkillRead: true,
    toolCalls: 1,
    tokens: 10,
    files: [],
    notes: [],
    durationMs: 5,
    cpuMs: null,
    peakMemoryBytes: null,
  };
  const evals = [
    {
      id: "sum",
      prompt: "Add 1 and 2",
      trials: 5,
      baseline: "no_skill",
      graders: [{ type: "text", target: "final", expect: { equals: "3" } }],
    },
    { id: "chosen", query: "Add", should_trigger: true },
    { id: "judged", prompt: "Add", expected_output: "3" },
  ];

  it("are skipped where no model is configured, and that is not green", async () => {
    const { deps } = setUp();
    const report = await evaluate(deps, skillWith({ evals }));
    expect(report.outcome).toBe("skipped");
    expect(report.summary).toBe("3 skipped (no model endpoint is configured)");
  });

  it("are run with the skill and without it, graded, and compared with n", async () => {
    const tasks: AgentTask[] = [];
    const agent = {
      id: "fake agent",
      runAgentCase: async (task: AgentTask) => {
        tasks.push(task);
        return { ...trace, final: task.skill === null ? "do not know" : "3" };
      },
    };
    const { deps } = setUp({ agent });
    const report = await evaluate(deps, skillWith({ evals }));
    expect(report.cases.map(({ caseId, arm, status }) => [caseId, arm, status])).toEqual([
      ["sum", "with-skill", "passed"],
      ["sum", "no-skill", "failed"],
      ["chosen", "with-skill", "passed"],
      ["judged", "with-skill", "ungraded"],
    ]);
    expect(report.lifts).toMatchObject([{ verdict: "improved", pairs: 5 }]);
    expect(report.summary).toContain("n = 5 pairs");
    expect(report).toMatchObject({ status: "passed", outcome: "pass", findings: [] });
    expect(tasks.filter(({ arm }) => arm === "no-skill").every(({ skill }) => skill === null)).toBe(
      true,
    );
  });
});
