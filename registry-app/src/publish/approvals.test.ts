import { describe, expect, it } from "vitest";
import { askOfImport, askOfOwners, listApprovers, listWaivers } from "./approvals.ts";

const version = {
  team: "acme",
  skill: "deploy",
  version: "1.2.0",
  digest: "s1:these-bytes",
};
const approval = {
  skill: "acme/deploy",
  version: "1.2.0",
  digest: "s1:these-bytes",
  by: "bo@acme.example",
  reason: "read it",
};

describe("an approval", () => {
  it.each([
    ["by another for these bytes counts", {}, ["bo@acme.example"]],
    ["by the signer does not", { by: "ann@acme.example" }, []],
    ["by the signer in other letters does not", { by: "ANN@ACME.EXAMPLE" }, []],
    ["for other bytes does not", { digest: "s1:other-bytes" }, []],
    ["for another version does not", { version: "1.2.1" }, []],
    ["for another skill does not", { skill: "acme/other" }, []],
  ])("%s", (_sentence, change, approvers) => {
    const approvals = [{ ...approval, ...change }];
    expect(listApprovers({ approvals }, version, "ann@acme.example")).toEqual(approvers);
  });
});

describe("a waiver", () => {
  const waiver = {
    skill: "acme/deploy",
    version: "1.2.0",
    digest: "s1:these-bytes",
    rule: "shell.curl-pipe",
    requestedBy: "ann@acme.example",
    by: "bo@acme.example",
    reason: "pinned by hash",
    until: new Date("2027-01-01T00:00:00Z"),
  };
  it.each([
    ["for these bytes, by another than their signer, counts", {}, 1],
    ["by the signer does not", { by: "ANN@acme.example", requestedBy: "cy@acme.example" }, 0],
    ["by whoever asked for it does not", { requestedBy: "BO@acme.example" }, 0],
    ["for other bytes does not", { digest: "s1:other-bytes" }, 0],
    ["for another version does not", { version: "1.2.1" }, 0],
    ["for another skill does not", { skill: "acme/other" }, 0],
  ])("%s", (_sentence, change, count) => {
    const waivers = [{ ...waiver, ...change }];
    expect(listWaivers({ waivers }, version, "ann@acme.example")).toHaveLength(count);
  });
});

describe("what is asked of a person about an imported version", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const word = { source: "mirror", digest, by: "bo@acme.example", reason: "known" };
  const other = { ...word, digest: `sha256:${"b".repeat(64)}` };
  const own = { ...word, by: "Ann@acme.example" };

  it.each([
    ["nobody has confirmed anything", [], "nobody has confirmed that history"],
    ["other tags were confirmed", [other], "are not the tags that came with it"],
    ["its signer alone confirmed it", [own], "only ann@acme.example, who signed it"],
    ["its signer confirmed it, and another other tags", [own, other], "only ann@acme.example"],
  ])("is said when %s", (_sentence, confirmed, says) => {
    expect(askOfImport(confirmed, digest, "ann@acme.example")).toEqual([
      expect.stringContaining(says),
    ]);
  });

  it("is nothing once another than its signer confirmed these very tags", () => {
    expect(askOfImport([own, word], digest, "ann@acme.example")).toEqual([]);
  });
});

describe("what is asked of a person about a version whose code owners are to approve it", () => {
  const require = { codeOwners: "require" } as const;
  const followed = { kind: "followed" } as const;
  const known = {
    verdict: { kind: "lacking", because: "bo said nothing" },
    problem: null,
  } as const;
  it.each([
    ["nobody was asked yet", followed, undefined, "GitHub has not said yet"],
    ["the host could not be asked", followed, { verdict: null, problem: "It hung up." }, "hung up"],
    ["something is lacking", followed, known, "bo said nothing"],
    ["it is hosted here", { kind: "hosted" } as const, undefined, "hosted here"],
  ])("says what is wrong where %s", (_what, source, review, says) => {
    expect(askOfOwners(require, source, review)).toEqual([expect.stringContaining(says)]);
  });

  it("is nothing once they approved, or where policy asks for nothing", () => {
    const approved = { verdict: { kind: "approved", by: [] }, problem: "It hung up." } as const;
    expect(askOfOwners(require, followed, approved)).toEqual([]);
    expect(askOfOwners({ codeOwners: "ignore" }, followed, known)).toEqual([]);
  });
});
