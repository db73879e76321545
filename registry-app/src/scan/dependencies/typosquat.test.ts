import { describe, expect, it } from "vitest";
import { makeDependency, type Ecosystem } from "./dependency.ts";
import { KNOWN_NPM } from "./known-npm.ts";
import { KNOWN_PYPI } from "./known-pypi.ts";
import { findLookAlike } from "./typosquat.ts";

function lookAlike(ecosystem: Ecosystem, spelled: string) {
  const at = { file: "package.json", line: 1, via: [] };
  const made = makeDependency(ecosystem, { spelled, how: "manifest", at });
  return made === undefined ? null : findLookAlike(made);
}

describe("a name", () => {
  it.each([
    ["pypi", "reqeusts", "requests", "swapped"],
    ["pypi", "requsts", "requests", "left-out"],
    ["npm", "expresss", "express", "doubled"],
    ["npm", "l0dash", "lodash", "look-alike"],
    ["npm", "ax1os", "axios", "look-alike"],
    ["npm", "аxios", "axios", "look-alike"],
    ["npm", "modern-rnongoose", null, null],
    ["npm", "rnongoose", "mongoose", "look-alike"],
    ["pypi", "tenserflow", "tensorflow", "replaced"],
    ["npm", "crossenv", "cross-env", "separators"],
    ["npm", "@antrhopic-ai/sdk", "@anthropic-ai", "scope"],
    ["npm", "lodash-fixed", "lodash", "combined"],
  ] as const)("%s %s looks like %s: %s", (ecosystem, name, known, trick) => {
    const found = lookAlike(ecosystem, name);
    expect([found?.known ?? null, found?.trick ?? null]).toEqual([known, trick]);
  });

  it.each([
    ["npm", "preact"],
    ["npm", "chalks"],
    ["npm", "uuid4"],
    ["pypi", "pypdf3"],
    ["pypi", "python-docx-template"],
    ["npm", "vitest"],
    ["npm", "@acme/react"],
    ["npm", "eslint-plugin-acme"],
    ["pypi", "garth"],
  ] as const)("%s %s is its own", (ecosystem, name) => {
    expect(lookAlike(ecosystem, name)).toBeNull();
  });

  it("that is well known looks like nothing else", () => {
    for (const name of KNOWN_NPM) expect([name, lookAlike("npm", name)]).toEqual([name, null]);
    for (const name of KNOWN_PYPI) expect([name, lookAlike("pypi", name)]).toEqual([name, null]);
  });
});
