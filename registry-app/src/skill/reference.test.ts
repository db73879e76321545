import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readSkill, type FieldProfile } from "./index.ts";

const fixture = z
  .object({
    cases: z.array(
      z.object({
        case: z.string(),
        dir: z.string(),
        file: z.string(),
        text: z.string().optional(),
        base64: z.string().optional(),
        beside: z.record(z.string(), z.string()).optional(),
        valid: z.boolean(),
        crash: z.boolean().optional(),
        errors: z.array(z.string()),
        description: z.string().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("reference-cases.json", import.meta.url), "utf8")));

type Case = (typeof fixture.cases)[number];

const YAML_STEM = "Invalid YAML in frontmatter: ";
const stem = (message: string) => (message.startsWith(YAML_STEM) ? YAML_STEM : message);
const file = (path: string, bytes: Buffer) => ({
  path,
  mode: "100644" as const,
  size: bytes.length,
  bytes,
});

function readCase(reference: Case, profile: FieldProfile = "clients") {
  const bytes =
    reference.base64 === undefined
      ? Buffer.from(reference.text ?? "", "utf8")
      : Buffer.from(reference.base64, "base64");
  const beside = Object.entries(reference.beside ?? {}).map(([path, text]) =>
    file(path, Buffer.from(text)),
  );
  return readSkill([...beside, file(reference.file, bytes)], { dirName: reference.dir, profile });
}

describe("the reference validator skills-ref", () => {
  it("was asked about at least eighty texts, good and bad", () => {
    expect(fixture.cases.length).toBeGreaterThan(80);
    expect(fixture.cases.filter(({ valid }) => valid).length).toBeGreaterThan(40);
  });

  it.each(fixture.cases)("answers as we do: $case", (expected) => {
    const { valid, description } = readCase(expected);
    expect(valid).toBe(expected.valid);
    expect(description).toBe(expected.valid ? expected.description : description);
  });

  it.each(fixture.cases.filter(({ crash }) => crash !== true))(
    "says it in the same words: $case",
    (expected) => {
      expect(readCase(expected).referenceErrors.map(stem)).toEqual(expected.errors);
    },
  );

  it.each(fixture.cases.filter(({ crash }) => crash === true))(
    "stops with a traceback where we say why: $case",
    (expected) => {
      expect(readCase(expected).referenceErrors).toHaveLength(1);
    },
  );

  it.each(fixture.cases.filter(({ valid }) => !valid))(
    "refuses nothing that the profile spec would publish: $case",
    (expected) => {
      const { findings, publishable } = readCase(expected, "spec");
      expect(publishable).toBe(false);
      expect(findings.some(({ severity }) => severity === "error")).toBe(true);
    },
  );
});
