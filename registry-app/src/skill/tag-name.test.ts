import { describe, expect, it } from "vitest";
import { formatTagName, parseTagName, type TagContext, type TagName } from "./index.ts";

const MANY: TagContext = { isOneSkillSource: false };
const KNOWN: TagContext = { isOneSkillSource: false, knownSkillNames: ["deploy", "x-v1"] };
const ONE: TagContext = { isOneSkillSource: true };
const skill = (name: string, version: string, form: string) => ({
  kind: "skill",
  name,
  version,
  form,
});

describe("a tag's name", () => {
  it.each([
    ["deploy--v1.2.3", skill("deploy", "1.2.3", "double-hyphen")],
    ["deploy--1.2.3", skill("deploy", "1.2.3", "double-hyphen")],
    ["refs/tags/deploy--v1.2.3", skill("deploy", "1.2.3", "double-hyphen")],
    ["deploy/v1.2.3", skill("deploy", "1.2.3", "slash")],
    ["deploy@1.2.3", skill("deploy", "1.2.3", "at")],
    ["deploy@v1.2.3", skill("deploy", "1.2.3", "at")],
    ["deploy-v1.2.3", skill("deploy", "1.2.3", "hyphen")],
    ["a-v1-v2.0.0", skill("a-v1", "2.0.0", "hyphen")],
    ["x-v1--v2.0.0", skill("x-v1", "2.0.0", "double-hyphen")],
    ["a--v1.0.0-rc.1", skill("a", "1.0.0-rc.1", "double-hyphen")],
    ["a--v1.0.0--v2.0.0", skill("a", "1.0.0--v2.0.0", "double-hyphen")],
    ["a-v1.0.0-v2.0.0", skill("a", "1.0.0-v2.0.0", "hyphen")],
    ["2048--v1.0.0", skill("2048", "1.0.0", "double-hyphen")],
  ])("%s names a version", (tag, expected) => {
    expect(parseTagName(tag, MANY)).toEqual(expected);
  });

  it.each(["v1.2.3", "1.2.3"])("%s is enough in a one-skill source only", (tag) => {
    expect(parseTagName(tag, ONE)).toEqual({ kind: "bare", version: "1.2.3" });
    expect(parseTagName(tag, KNOWN)).toMatchObject({
      kind: "did-you-mean",
      suggestions: ["deploy--v1.2.3", "x-v1--v1.2.3"],
    });
  });

  it.each([
    ["depoly--v1.0.0", KNOWN, ["deploy--v1.0.0"]],
    ["My_Skill--v1.0.0", MANY, ["my-skill--v1.0.0"]],
    ["group/deploy/v1.0.0", MANY, ["deploy--v1.0.0"]],
    ["deploy-1.0.0", MANY, ["deploy--v1.0.0"]],
  ] as const)("%s is answered with what was meant", (tag, context, suggestions) => {
    expect(parseTagName(tag, context)).toMatchObject({ kind: "did-you-mean", suggestions });
  });

  it("of an unknown skill still tells name and version", () => {
    expect(parseTagName("zzzzzz--v1.0.0", KNOWN)).toMatchObject({
      kind: "did-you-mean",
      name: "zzzzzz",
      version: "1.0.0",
      suggestions: [],
    });
  });

  it.each([
    "latest",
    "release-2024",
    "v1",
    "v1.2",
    "nightly/2024-01-01",
    "日本語",
    "a b",
    "deploy--v1",
    "",
  ])("%j without a semantic version is ignored, with a reason", (tag) => {
    const parsed: TagName = parseTagName(tag, MANY);
    expect(parsed.kind).toBe("ignored");
    expect("reason" in parsed && parsed.reason.length > 10).toBe(true);
  });

  it("with half a version is ignored and told the whole one", () => {
    expect(parseTagName("deploy--v1.2", MANY)).toMatchObject({
      reason: expect.stringContaining("deploy--v1.2.0"),
    });
  });

  it.each([
    "deploy--v1.0.0+build",
    "deploy--v1.0.0-rc.1+x",
    "v1.0.0+x",
    "de\u202eploy--v1.0.0",
    "deploy%2f--v1.0.0",
    "deploy--v1.0.0;rm",
    "$(x)--v1.0.0",
    "a..b--v1.0.0",
    "a//v1.0.0",
    "--v1.0.0",
    "dеploy--v1.0.0",
    `${"a".repeat(300)}--v1.0.0`,
    "-a--v1.0.0 ",
  ])("%j is refused", (tag) => {
    expect(parseTagName(tag, MANY).kind).toBe("refused");
  });

  it.each([
    "a--v01.0.0",
    "a--v1.0.0-01",
    "a--v1.0",
    "a--v1.0.0.0",
    "a--v1.0.0-",
    "a--vv1.0.0",
    "a--v99999999999.0.0",
  ])("%s is no version", (tag) => {
    expect(["ignored", "refused"]).toContain(parseTagName(tag, MANY).kind);
  });

  it("is made in the primary form only, and read back", () => {
    expect(formatTagName("deploy", "1.2.3-rc.1")).toBe("deploy--v1.2.3-rc.1");
    expect(() => formatTagName("De", "1.2.3")).toThrow("not a skill name");
    expect(() => formatTagName("de", "1.2")).toThrow("not a version");
  });

  it("costs little however long it is", () => {
    const start = performance.now();
    for (const part of ["-", "--v1", "a-", "1.", "@", "/v", "-v0"])
      parseTagName(part.repeat(100_000), MANY);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
