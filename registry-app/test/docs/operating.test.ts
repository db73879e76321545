import { describe, expect, it } from "vitest";
import { TAG_CODES } from "../../src/publish/codes.ts";
import { envSchema, readConfig } from "../../src/runtime/index.ts";
import { listQuoted, readDoc, rowsOf, sectionOf } from "./read-docs.ts";

const VARIABLES = Object.keys(envSchema.shape).toSorted();
const LINE = /^#?([A-Z][A-Z_]*)=(.*)$/gm;
const example = [...readDoc(".env.example").matchAll(LINE)].map(
  ([, name = "", value = ""]) => [name, value] as const,
);

describe("the environment", () => {
  it("is listed whole in .env.example", () => {
    expect(example.map(([name]) => name).toSorted()).toEqual(VARIABLES);
  });

  it("can be what .env.example shows", () => {
    expect(() => readConfig(Object.fromEntries(example), false)).not.toThrow();
  });

  it("is listed whole in docs/operating.md", () => {
    const rows = rowsOf(sectionOf(readDoc("docs/operating.md"), "Environment"));
    expect(rows.map(([name = ""]) => listQuoted(name)[0]).toSorted()).toEqual(VARIABLES);
  });
});

describe("docs/publishing.md", () => {
  it("lists every code of a refused tag, titled as its page is", () => {
    const rows = rowsOf(sectionOf(readDoc("docs/publishing.md"), "Codes"));
    const written = rows.map(([code = "", title]) => [listQuoted(code)[0], title]);
    expect(written).toEqual(Object.entries(TAG_CODES).map(([code, { title }]) => [code, title]));
  });
});
