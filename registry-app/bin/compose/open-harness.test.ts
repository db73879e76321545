import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { readHarness } from "./open-harness.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const MODEL = {
  url: "http://127.0.0.1:9/v1",
  name: "tiny",
  dialect: "anthropic",
  keyFile: undefined,
} as const;
function read(content: unknown, model: typeof MODEL | null = MODEL) {
  const folder = mkdtempSync(join(tmpdir(), "assay-harness-"));
  folders.push(folder);
  const harnessFile = join(folder, "harness.json");
  writeFileSync(harnessFile, typeof content === "string" ? content : JSON.stringify(content));
  return readHarness({ harnessFile, model: model ?? undefined });
}
const AGENT = { name: "agent", command: ["agent", "-p"] };

it("a harness names its agent, the image it is in, and where it looks for skills", () => {
  const skills = "/home/.agent/skills";
  const env = { AGENT_URL: "{model_url}" };
  expect(read({ ...AGENT, image: "acme/agent:1", env, skills })).toEqual({
    harness: { ...AGENT, env, skills },
    image: "acme/agent:1",
  });
  expect(read(AGENT)).toEqual({
    harness: { ...AGENT, env: {}, skills: null },
    image: undefined,
  });
  expect(readHarness({ harnessFile: undefined, model: MODEL })).toBeUndefined();
});

it.each([
  ["is no JSON", "{", "is no harness"],
  ["has a field that nobody knows", { ...AGENT, comand: [] }, "comand"],
  ["names no command", { name: "agent", command: [] }, "command"],
  ["looks for skills where it could not write", { ...AGENT, skills: "/etc/agent" }, "skills"],
  ["leaves the folders that are its own", { ...AGENT, skills: "/home/../etc/x" }, "skills"],
  ["has variables of no form", { ...AGENT, env: { "A=B": "" } }, "env"],
])("a harness that %s is refused, with what is wrong", (_, content, what) => {
  expect(() => read(content)).toThrow(what);
});

it("a harness without a model is refused, since its agent could ask nobody", () => {
  expect(() => read(AGENT, null)).toThrow("there is no model");
});
