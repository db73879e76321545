import { hash } from "node:crypto";
import type { Isolation } from "@assay/sandbox";
import type { ArchiveFile } from "../blobs/index.ts";
import type { EvalArm } from "../db/index.ts";
import { isOfEvals } from "./format/paths.ts";
import type { Bytes, EvalCase, TextChecks } from "./format/types.ts";

/** Goes up with every change of how results are graded. */
const GRADER_VERSION = "graders-1";

export type KeyInput = {
  /** The folder that the case stands in, evals/ included. */
  readonly files: readonly ArchiveFile[];
  /** The skill of this arm; null for the arm without one. */
  readonly skill: readonly ArchiveFile[] | null;
  readonly of: EvalCase;
  readonly arm: EvalArm;
  readonly isolation: Isolation;
  /** Of agent cases: harness, model and settings. */
  readonly agent: string | null;
  /** Of cases that a model grades. */
  readonly judge: string | null;
};

/**
 * One value for everything that can change what comes of a case. Equal keys mean equal input; the arm without a skill
 * holds none of its bytes, so that every version shares it.
 */
export function evalKey({ files, skill, of, arm, isolation, agent, judge }: KeyInput): string {
  const wanted = fixturesOf(of);
  const needsAll = of.graders.some(({ kind }) => kind === "script");
  const isFixture = ({ path }: ArchiveFile) => wanted.has(path) || (needsAll && isOfEvals(path));
  const { line: _line, name: _name, tags: _tags, ...rest } = of;
  return hash(
    "sha256",
    canonical({
      graders: GRADER_VERSION,
      arm,
      skill: skill && sum(skill.filter(({ path }) => !isOfEvals(path))),
      fixtures: sum(files.filter(isFixture)),
      case: rest,
      isolation,
      agent,
      judge,
    }),
    "hex",
  );
}

/** The files of the skill that a case names. */
export function fixturesOf(of: EvalCase): ReadonlySet<string> {
  const named: (Bytes | null)[] = of.inputs.map(({ bytes }) => bytes);
  const texts: TextChecks[] = of.graders.flatMap((one) =>
    one.kind === "text" ? [one.expect] : [],
  );
  if (of.kind === "script") {
    named.push(of.stdin);
    texts.push(of.expect.stdout, of.expect.stderr, ...of.expect.files.map(({ text }) => text));
  }
  const paths = new Set<string>();
  for (const bytes of [...named, ...texts.map(({ equals }) => equals)])
    if (bytes?.kind === "file") paths.add(bytes.from);
  for (const { jsonSchema } of texts) if (jsonSchema?.kind === "file") paths.add(jsonSchema.from);
  return paths;
}

function sum(files: readonly ArchiveFile[]): readonly (readonly string[])[] {
  return files
    .map(({ path, mode, bytes }) => [path, mode, hash("sha256", bytes, "hex")] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}

/** JSON with its keys in order, so that one value has one text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}
