import { assert, constantFrom, integer, nat, property } from "fast-check";
import { expect, it } from "vitest";
import { DEFAULT_LIMITS } from "@assay/sandbox";
import type { ArchiveFile } from "../blobs/index.ts";
import { parseEvals } from "./format/parse-evals.ts";
import type { EvalCase } from "./format/types.ts";
import { evalKey, type KeyInput } from "./key.ts";
import { LOCAL_ISOLATION } from "./local-sandbox.test-kit.ts";

const EVALS = {
  evals: [
    {
      id: "a",
      run: ["sh", "/skill/run.sh"],
      files: ["evals/files/in.txt"],
      expect: { stdout: { equals_file: "want.txt", json_schema: "schema.json" } },
    },
  ],
};
const FILES: readonly ArchiveFile[] = [
  ["SKILL.md", "x"],
  ["run.sh", "echo"],
  ["evals/evals.json", JSON.stringify(EVALS)],
  ["evals/files/in.txt", "in"],
  ["evals/files/want.txt", "want"],
  ["evals/files/schema.json", "{}"],
  ["evals/files/other.txt", "other"],
].map(([path = "", text = ""]) => ({ path, mode: "100644", bytes: Buffer.from(text) }));

function readCase(evals: object = EVALS): EvalCase {
  const paths = new Set(FILES.map(({ path }) => path));
  const reading = parseEvals(Buffer.from(JSON.stringify(evals)), { paths });
  const [first] = reading.kind === "suite" ? reading.suite.cases : [];
  if (first === undefined) throw new Error(JSON.stringify(reading));
  return first;
}

const BASE: KeyInput = {
  files: FILES,
  skill: FILES,
  of: readCase(),
  arm: "with-skill",
  isolation: LOCAL_ISOLATION,
  agent: null,
  judge: null,
};

const withFiles = (change: (file: ArchiveFile) => ArchiveFile): KeyInput => {
  const files = FILES.map(change);
  return { ...BASE, files, skill: files };
};
const touch = (path: string, at: number, value: number) =>
  withFiles((file) => {
    if (file.path !== path) return file;
    const bytes = Buffer.from(file.bytes);
    bytes[at % bytes.length] = value;
    return { ...file, bytes };
  });

it("no two inputs of a case that differ in a byte that it sees share a key, and the same always do", () => {
  const seen = constantFrom(
    "SKILL.md",
    "run.sh",
    "evals/files/in.txt",
    "evals/files/want.txt",
    "evals/files/schema.json",
  );
  assert(
    property(seen, nat(20), integer({ min: 0, max: 255 }), (path, at, value) => {
      const other = touch(path, at, value);
      const isSame = FILES.every((file, index) =>
        Buffer.from(file.bytes).equals(other.files[index]?.bytes ?? Buffer.of()),
      );
      expect(evalKey(other) === evalKey(BASE)).toBe(isSame);
    }),
    { seed: 1, numRuns: 300 },
  );
});

const isolation = (own: object) => ({ ...BASE, isolation: { ...LOCAL_ISOLATION, ...own } });
const caseOf = (own: object): KeyInput => {
  const [first] = EVALS.evals;
  return { ...BASE, of: readCase({ evals: [{ ...first, ...own }] }) };
};
const moved = (from: string, to: string) =>
  withFiles((file) => (file.path === from ? { ...file, path: to } : file));

it("whatever else can change a result changes the key, each in its own way", () => {
  const others: readonly KeyInput[] = [
    BASE,
    isolation({ image: "sha256:1" }),
    isolation({ runner: "2" }),
    isolation({ kind: "docker" }),
    isolation({ engine: "docker 1" }),
    isolation({ seccomp: "a" }),
    isolation({ cgroup: 1 }),
    caseOf({ id: "b" }),
    caseOf({ run: ["sh", "/skill/run.sh", ""] }),
    caseOf({ run: ["sh /skill/run.sh"] }),
    caseOf({ stdin: "x" }),
    caseOf({ env: { A: "1" } }),
    caseOf({ limits: { timeout: "1s" } }),
    caseOf({ limits: { memory: "128Mi" } }),
    caseOf({ trials: 2 }),
    caseOf({ trials: 2, pass: "any" }),
    caseOf({ expect: { exit_code: 1 } }),
    caseOf({ files: [{ path: "a", content: "bc" }] }),
    caseOf({ files: [{ path: "ab", content: "c" }] }),
    caseOf({ files: [{ path: "ab", content: "c", mode: "755" }] }),
    { ...BASE, arm: "no-skill" },
    { ...BASE, skill: null },
    { ...BASE, agent: "a" },
    { ...BASE, judge: "a" },
    moved("run.sh", "run2.sh"),
    withFiles((file) => (file.path === "run.sh" ? { ...file, mode: "100755" } : file)),
    { ...BASE, skill: [...FILES, { path: "more.md", mode: "100644", bytes: Buffer.of() }] },
  ];
  expect(new Set(others.map(evalKey)).size).toBe(others.length);
});

it("what a case cannot see leaves the key as it is: other cases' files, its line, the order of files", () => {
  const key = evalKey(BASE);
  expect(evalKey(touch("evals/files/other.txt", 0, 7))).toBe(key);
  expect(evalKey({ ...BASE, of: { ...BASE.of, line: 99, name: "named" } })).toBe(key);
  expect(evalKey({ ...BASE, files: FILES.toReversed(), skill: FILES.toReversed() })).toBe(key);
});

it("a judge of the author's sees all of evals/, so that every byte of it counts", () => {
  const of = readCase({
    evals: [{ id: "a", run: "true", graders: [{ type: "script", command: ["true"] }] }],
  });
  expect(evalKey({ ...touch("evals/files/other.txt", 0, 7), of })).not.toBe(
    evalKey({ ...BASE, of }),
  );
});

it("a case that asks for nothing has the limits that containers are kept ready for", () => {
  expect(BASE.of.limits).toEqual(DEFAULT_LIMITS);
});
