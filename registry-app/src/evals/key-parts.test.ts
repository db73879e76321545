import { isDeepStrictEqual } from "node:util";
import { DEFAULT_LIMITS, type Isolation, type Limits } from "@assay/sandbox";
import { assert, constantFrom, property, record, type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import type { ArchiveFile } from "../blobs/index.ts";
import type { AgentCase, EvalCase, ScriptCase, TextChecks, TriggerCase } from "./format/types.ts";
import { evalKey, type KeyInput } from "./key.ts";
import { LOCAL_ISOLATION } from "./local-sandbox.test-kit.ts";

const NO_CHECKS: TextChecks = {
  equals: null,
  contains: [],
  notContains: [],
  patterns: [],
  json: [],
  jsonSchema: null,
  isEmpty: null,
};
const COMMON = {
  id: "a",
  name: "a",
  tags: [],
  skip: null,
  isRequired: true,
  limits: DEFAULT_LIMITS,
  trials: 3,
  pass: { kind: "all" },
  retries: 0,
  env: {},
  inputs: [],
  graders: [],
  line: 1,
} as const;
const SCRIPT: ScriptCase = {
  ...COMMON,
  kind: "script",
  command: ["sh", "/skill/run.sh"],
  stdin: { kind: "text", text: "" },
  expect: {
    exitCodes: [0],
    stdout: NO_CHECKS,
    stderr: NO_CHECKS,
    files: [],
    hasNoOtherFiles: false,
    maxDurationMs: null,
    maxMemoryBytes: null,
  },
};
const AGENT: AgentCase = {
  ...COMMON,
  kind: "agent",
  prompt: "Do it.",
  baseline: "none",
  maxTurns: 9,
};
const TRIGGER: TriggerCase = { ...COMMON, kind: "trigger", query: "Do it?", shouldTrigger: true };

// For every field there is a value that differs: of a field that is new, the compiler asks for one.
const OTHER_LIMITS: Limits = {
  timeoutMs: 1,
  memoryBytes: 2,
  cpus: 3,
  pids: 4,
  outputBytes: 5,
  keptOutputBytes: 6,
  diskBytes: 7,
  inodes: 8,
  fileBytes: 9,
  artifacts: 10,
  artifactBytes: 11,
};
const OTHER_ISOLATION: Isolation = {
  kind: "docker",
  engine: "docker 1",
  image: "sha256:1",
  seccomp: "1",
  cgroup: 1,
  runner: "other",
};
const CONTAINS: TextChecks = { ...NO_CHECKS, contains: ["b"] };
const OTHER_COMMON: Omit<ScriptCase, "kind" | "command" | "stdin" | "expect"> = {
  id: "b",
  name: "b",
  tags: ["b"],
  skip: "b",
  isRequired: false,
  limits: { ...DEFAULT_LIMITS, pids: 3 },
  trials: 2,
  pass: { kind: "any" },
  retries: 1,
  env: { B: "" },
  inputs: [{ path: "b", bytes: { kind: "text", text: "" }, isExecutable: false }],
  graders: [
    {
      kind: "text",
      name: "b",
      weight: 1,
      isRequired: true,
      target: { kind: "final" },
      expect: CONTAINS,
    },
  ],
  line: 2,
};
const OTHER_EXPECT: ScriptCase["expect"] = {
  exitCodes: "nonzero",
  stdout: CONTAINS,
  stderr: CONTAINS,
  files: [
    { path: "b", exists: true, minBytes: null, maxBytes: null, sha256: null, text: NO_CHECKS },
  ],
  hasNoOtherFiles: true,
  maxDurationMs: 1,
  maxMemoryBytes: 1,
};
const OTHER_SCRIPT: Omit<ScriptCase, "kind"> = {
  ...OTHER_COMMON,
  command: ["sh /skill/run.sh"],
  stdin: { kind: "text", text: "b" },
  expect: OTHER_EXPECT,
};
const OTHER_AGENT: Omit<AgentCase, "kind"> = {
  ...OTHER_COMMON,
  prompt: "b",
  baseline: "no-skill",
  maxTurns: 1,
};
const OTHER_TRIGGER: Omit<TriggerCase, "kind"> = {
  ...OTHER_COMMON,
  query: "b",
  shouldTrigger: false,
};

const file = (path: string, text: string, mode: ArchiveFile["mode"] = "100644"): ArchiveFile => ({
  path,
  mode,
  bytes: Buffer.from(text),
});
const SKILL = [file("SKILL.md", "x"), file("run.sh", "echo")];
const BASE: KeyInput = {
  files: SKILL,
  skill: SKILL,
  of: SCRIPT,
  arm: "with-skill",
  isolation: LOCAL_ISOLATION,
  agent: null,
  judge: null,
};

/** `base` with one of its fields as `other` has it, once for each. */
const eachField = <T extends object>(base: T, other: Partial<T>): Map<string, T> =>
  new Map(Object.entries(other).map(([field, value]) => [field, { ...base, [field]: value }]));
const keyOfCase = (of: EvalCase) => evalKey({ ...BASE, of });
const sharesKey = (base: EvalCase, others: ReadonlyMap<string, EvalCase>) =>
  [...others].filter(([, of]) => keyOfCase(of) === keyOfCase(base)).map(([field]) => field);

it("every field of a case counts, but for those that are for people", () => {
  const isForPeople = ["line", "name", "tags"];
  expect(sharesKey(SCRIPT, eachField(SCRIPT, OTHER_SCRIPT)).toSorted()).toEqual(isForPeople);
  expect(sharesKey(AGENT, eachField(AGENT, OTHER_AGENT)).toSorted()).toEqual(isForPeople);
  expect(sharesKey(TRIGGER, eachField(TRIGGER, OTHER_TRIGGER)).toSorted()).toEqual(isForPeople);
});

it("every limit, every thing that is expected and every fact of the isolation counts, each in its own way", () => {
  const { limits, expect: wanted } = SCRIPT;
  const cases: EvalCase[] = [
    SCRIPT,
    ...eachField(limits, OTHER_LIMITS)
      .values()
      .map((one) => ({ ...SCRIPT, limits: one })),
    ...eachField(wanted, OTHER_EXPECT)
      .values()
      .map((one) => ({ ...SCRIPT, expect: one })),
  ];
  const places = [...eachField(LOCAL_ISOLATION, OTHER_ISOLATION).values()];
  const keys = [
    ...cases.map(keyOfCase),
    ...places.map((isolation) => evalKey({ ...BASE, isolation })),
  ];
  expect(keys.length).toBe(1 + 11 + 7 + 6);
  expect(new Set(keys).size).toBe(keys.length);
});

const skills: Arbitrary<KeyInput["skill"]> = constantFrom(
  null,
  SKILL,
  SKILL.slice(1),
  // The same bytes, cut and named in other ways.
  [file("SKILL.md", "x"), file("run.sh", "echo", "100755")],
  [file("SKILL.md", "xecho"), file("run.sh", "")],
  [file("SKILL.mdx", ""), file("run.sh", "echo")],
  [file("SKILL.md", "x"), file("run.sh", "echo"), file("more", "")],
);
const limits = constantFrom(DEFAULT_LIMITS, ...eachField(DEFAULT_LIMITS, OTHER_LIMITS).values());
const wishes: Arbitrary<Omit<KeyInput, "files" | "of">> = record({
  skill: skills,
  arm: constantFrom("with-skill", "no-skill", "previous-version"),
  isolation: constantFrom(LOCAL_ISOLATION, ...eachField(LOCAL_ISOLATION, OTHER_ISOLATION).values()),
  // What one part says never passes for what another does.
  agent: constantFrom(null, "", "a", "null", "loop-1 openai:a"),
  judge: constantFrom(null, "", "a", "null", "loop-1 openai:a"),
});
const cases = constantFrom<EvalCase>(
  SCRIPT,
  ...eachField(SCRIPT, OTHER_SCRIPT).values(),
  AGENT,
  ...eachField(AGENT, OTHER_AGENT).values(),
  TRIGGER,
  ...eachField(TRIGGER, OTHER_TRIGGER).values(),
);
const inputs = record({ wish: wishes, of: cases, limits }).map(
  ({ wish, of, limits: own }): KeyInput => ({ ...wish, files: SKILL, of: { ...of, limits: own } }),
);
/** What a run sees of an input. */
const seen = ({ of, ...rest }: KeyInput) => {
  const { line: _line, name: _name, tags: _tags, ...own } = of;
  return { ...rest, of: own };
};

it("two inputs share a key exactly when a run sees no difference between them, whatever they differ in", () => {
  const parts = Object.keys(BASE) as (keyof KeyInput)[];
  const pairs = record({ one: inputs, other: inputs, part: constantFrom(...parts) });
  assert(
    property(pairs, ({ one, other, part }) => {
      // In all parts at once, and in one alone.
      for (const against of [other, { ...one, [part]: other[part] }])
        expect(evalKey(one) === evalKey(against)).toBe(isDeepStrictEqual(seen(one), seen(against)));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
