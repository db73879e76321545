import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseEvals } from "./parse-evals.ts";

const page = readFileSync(new URL("../../../../docs/evals.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]) => text);

it("every example of docs/evals.md is a valid file", () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
  const paths = new Set(["SKILL.md", "evals/evals.json"]);
  for (const text of examples)
    expect(parseEvals(Buffer.from(text), { paths })).toMatchObject({ kind: "suite", warnings: [] });
});
