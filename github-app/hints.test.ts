import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHintedRepos } from "./hints.ts";

const hint = (event: string, payload: unknown) =>
  toHintedRepos(event, Buffer.from(JSON.stringify(payload)));
const acme = { repository: { full_name: "acme/skills", id: 1 } };

describe("a webhook", () => {
  it.each([
    ["push of a tag", "push", { ...acme, ref: "refs/tags/a--v1.0.0" }, ["acme/skills"]],
    [
      "creation of a tag",
      "create",
      { ...acme, ref: "a--v1.0.0", ref_type: "tag" },
      ["acme/skills"],
    ],
    [
      "rename is about both names: the law may know the old one",
      "repository",
      { ...acme, action: "renamed", changes: { repository: { name: { from: "old" } } } },
      ["acme/skills", "acme/old"],
    ],
    [
      "installation is about all of its repos",
      "installation",
      { action: "created", repositories: [{ full_name: "acme/a" }, { full_name: "acme/b" }] },
      ["acme/a", "acme/b"],
    ],
    [
      "repo that joins an installation is one to look at",
      "installation_repositories",
      { action: "added", repositories_added: [{ full_name: "acme/c" }] },
      ["acme/c"],
    ],
  ])("%s", (_what, event, payload, repos) => {
    expect(hint(event, payload)).toEqual({ kind: "look", repos });
  });

  it.each([
    ["of another kind", "star", acme],
    ["of an installation that ends", "installation", { action: "deleted" }],
  ])("%s gives no reason to look", (_what, event, payload) => {
    expect(hint(event, payload)).toEqual({ kind: "nothing" });
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a name that is no repo", '{"repository":{"full_name":"../../etc"}}'],
  ])("that is %s is unreadable", (_what, text) => {
    expect(toHintedRepos("push", Buffer.from(text))).toEqual({ kind: "unreadable" });
  });

  it("of any bytes whatever never throws, and never names what is no repo", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    );
    const isHarmless = (body: Uint8Array) => {
      const hinted = toHintedRepos("push", body);
      const names = hinted.kind === "look" ? hinted.repos : [];
      return names.every((name) => /^[\w.-]+\/[\w.-]+$/.test(name));
    };
    expect(() => fc.assert(fc.property(bytes, isHarmless))).not.toThrow();
  });
});
