import { hash } from "node:crypto";
import type { Artifact } from "@assay/sandbox";
import type { Expect, FileCheck } from "../format/types.ts";
import { makeCheck, plain, quote, type Check } from "./check.ts";
import { gradeText, type Grading } from "./text.ts";

/** Holds what a case left in /work against what its author expects. */
export function gradeFiles(
  expect: Pick<Expect, "files" | "hasNoOtherFiles">,
  artifacts: readonly Artifact[],
  { inputs, grading }: { readonly inputs: readonly string[]; readonly grading: Grading },
): readonly Check[] {
  const byPath = new Map(artifacts.map((artifact) => [artifact.path, artifact]));
  const checks = expect.files.flatMap((check) => gradeFile(check, byPath.get(check.path), grading));
  if (!expect.hasNoOtherFiles) return checks;
  const known = new Set([...inputs, ...expect.files.map(({ path }) => path)]);
  const others = artifacts.filter(({ kind, path }) => kind !== "folder" && !known.has(path));
  const actual = others.slice(0, 5).map(({ path }) => quote(path.slice(0, 80)));
  const more = others.length > 5 ? ` and ${others.length - 5} more` : "";
  return [
    ...checks,
    makeCheck("no other files", others.length === 0, "none", actual.join(", ") + more || "none"),
  ];
}

function gradeFile(check: FileCheck, artifact: Artifact | undefined, grading: Grading): Check[] {
  const name = `file ${plain(check.path, 80)}`;
  const found = artifact === undefined ? "not there" : `a ${artifact.kind} is there`;
  if (!check.exists)
    return [makeCheck(`${name} is not there`, artifact === undefined, "not there", found)];
  const exists = makeCheck(`${name} is there`, artifact?.kind === "file", "a file", found);
  if (artifact?.kind !== "file") return [exists];
  return [
    exists,
    ...gradeSize(name, check, artifact),
    ...gradeContent(name, check, artifact, grading),
  ];
}

function gradeSize(
  name: string,
  { minBytes, maxBytes }: FileCheck,
  { sizeBytes }: Artifact,
): Check[] {
  const actual = `${sizeBytes} bytes`;
  const checks: Check[] = [];
  if (minBytes !== null)
    checks.push(
      makeCheck(
        `${name} is large enough`,
        sizeBytes >= minBytes,
        `at least ${minBytes} bytes`,
        actual,
      ),
    );
  if (maxBytes !== null)
    checks.push(
      makeCheck(
        `${name} is small enough`,
        sizeBytes <= maxBytes,
        `at most ${maxBytes} bytes`,
        actual,
      ),
    );
  return checks;
}

function gradeContent(
  name: string,
  check: FileCheck,
  { content }: Artifact,
  grading: Grading,
): Check[] {
  const subject = { name, bytes: content ?? new Uint8Array(), isTruncated: content === null };
  const checks = [...gradeText(check.text, subject, grading)];
  if (check.sha256 === null) return checks;
  const actual = content === null ? "too large to be kept" : hash("sha256", content, "hex");
  return [
    makeCheck(`${name} has its SHA-256`, actual === check.sha256, check.sha256, actual),
    ...checks,
  ];
}
