import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../needs.ts";
import { byCase, runCli } from "./run-cli.ts";

const PROCESS_MS = 60_000;
/** Nobody listens there. */
const NO_ENGINE = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-eval-"));
  await writeSkill("good", { evals: [{ id: "a", run: "true" }] });
  await writeSkill("bad", { evals: [{ id: "a", run: "true", expect: { stdot: {} } }] });
  await writeSkill("asks", {
    evals: [
      { id: "helps", prompt: "Help Ada." },
      { id: "is-chosen", query: "Help me", should_trigger: true },
    ],
  });
  await writeSkill("none", undefined);
  const run = 'test "$(cat)" = in && ls / && cat /skill/SKILL.md';
  await writeSkill("own", {
    evals: [
      { id: "reads", run, stdin: "in", expect: { stdout: { contains: "Help." } } },
      { id: "fails", run: "exit 3" },
    ],
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function writeSkill(name: string, evals: object | undefined): Promise<void> {
  const file = join(root, name, "evals", "evals.json");
  await mkdir(dirname(file), { recursive: true });
  const text = `---\nname: ${name}\ndescription: Helps. Use when help is asked for.\nlicense: MIT\n---\n\nHelp.\n`;
  await writeFile(join(root, name, "SKILL.md"), text);
  if (evals !== undefined) await writeFile(file, JSON.stringify(evals, null, 2));
}

const run = (...args: string[]) => runCli(args, { cwd: root, env: NO_ENGINE });

describe("eval", () => {
  it(
    "without an engine skips every case, says why and what to do, and calls nothing passed",
    async () => {
      const evaluated = await run("eval", "good", "--json");
      expect(evaluated.code).toBe(0);
      expect(evaluated.lines()).toMatchObject([
        {
          dir: "good",
          case: "a",
          kind: "script",
          status: "skipped",
          because: expect.stringMatching(/^no sandbox: /),
          checks: [],
          durationMs: null,
          isolation: null,
          log: null,
        },
      ]);
      expect(evaluated.stderr).toContain("no sandbox (");
    },
    PROCESS_MS,
  );

  it(
    "ends with 1 for a file that is not valid, with 2 for a folder that is not there, with 0 without evals",
    async () => {
      const bad = await run("eval", "bad", "--json");
      expect(bad.code).toBe(1);
      expect(bad.lines()).toMatchObject([
        { dir: "bad", status: "invalid", findings: [{ rule: "evals-field", line: 7 }] },
      ]);
      expect((await run("eval", "nowhere")).code).toBe(2);
      expect((await run("eval", "none")).code).toBe(0);
    },
    PROCESS_MS,
  );
});

const CAUTION = "bubblewrap: no container; only for skills of your own";

describeWith("bubblewrap")("eval --isolation bubblewrap", () => {
  it(
    "runs an author's own cases without an engine, and every line says that it was no container",
    async () => {
      const json = await run("eval", "own", "--isolation", "bubblewrap", "--json");
      expect(json.code).toBe(1);
      const isolation = { kind: "bubblewrap", engine: expect.stringContaining("weaker") };
      expect(byCase(json.lines())).toMatchObject([
        { case: "fails", status: "failed", caution: CAUTION, isolation },
        { case: "reads", status: "passed", caution: CAUTION, isolation },
      ]);
      const told = await run("eval", "own", "--isolation", "bubblewrap");
      const lines = told.stdout.split("\n").filter((line) => /(?:passed|failed) /.test(line));
      expect(lines.map((line) => line.includes(CAUTION))).toEqual([true, true]);
      expect(told.stderr).toContain(`1 passed, 1 failed; ${CAUTION}, no network`);
    },
    PROCESS_MS,
  );

  it(
    "skips cases for an agent with its reason, and without a model says which variables name one",
    async () => {
      const own = ["eval", "asks", "--isolation", "bubblewrap", "--json"];
      const without = await run(...own);
      const reasons = without.lines().map(({ status, because }) => [status, because]);
      const unset = ["skipped", "no model endpoint is configured"];
      expect([without.code, reasons]).toEqual([0, [unset, unset]]);
      expect(without.stderr).toContain("Set MODEL_URL and MODEL_NAME");
      const env = { ...NO_ENGINE, MODEL_URL: "http://127.0.0.1:9/v1", MODEL_NAME: "tiny" };
      const withModel = await runCli(own, { cwd: root, env });
      const needs = expect.stringContaining("an agent needs several in one container");
      expect(withModel.lines()).toMatchObject([
        { status: "skipped", because: needs },
        { status: "skipped", because: needs },
      ]);
      expect(withModel.stderr).not.toContain("MODEL_URL");
    },
    PROCESS_MS,
  );

  it(
    "is never taken by itself: without the engine that is the default, cases are skipped",
    async () => {
      const [line] = (await run("eval", "good", "--json")).lines();
      expect(line).toMatchObject({ status: "skipped", isolation: null, caution: null });
    },
    PROCESS_MS,
  );
});

it(
  "eval refuses an isolation that is not there, says what to install, and skips nothing in its place",
  async () => {
    const env = { ...NO_ENGINE, PATH: "/nonexistent" };
    const without = await runCli(["eval", "good", "--isolation", "bubblewrap"], { cwd: root, env });
    expect([without.code, without.stdout.includes("skipped")]).toEqual([2, false]);
    expect(without.stderr).toContain("bubblewrap is not installed");
    expect(without.stderr).toContain("apt-get install bubblewrap");
    const gvisor = await run("eval", "good", "--isolation", "gvisor");
    expect([gvisor.code, gvisor.stdout.includes("skipped")]).toEqual([2, false]);
    const unknown = await run("eval", "good", "--isolation", "none");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("docker, gvisor, bubblewrap");
  },
  PROCESS_MS,
);

it(
  "lint tells of evals that cannot be run by a warning, with line and fix, and the skill stays publishable",
  async () => {
    const linted = await run("lint", "bad", "good", "--json");
    expect(linted.code).toBe(0);
    expect(linted.lines()).toMatchObject([
      {
        dir: "bad",
        publishable: true,
        findings: [
          {
            rule: "evals-field",
            severity: "warning",
            file: "evals/evals.json",
            line: 7,
            fix: expect.stringContaining("docs/evals.md"),
          },
        ],
      },
      { dir: "good", publishable: true, findings: [] },
    ]);
  },
  PROCESS_MS,
);
