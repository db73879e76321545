import { describe, expect, it } from "vitest";
import { judgeOwners, type OwnersCase, type PullStep } from "./judge-owners.ts";
import type { MergedPull, OwnerReviewed } from "./owner-review.ts";
import type { Owner } from "./parse-code-owners.ts";

const AUTHOR = 1;
const person = (login: string): Owner => ({ kind: "person", login });
const SEC: Owner = { kind: "team", org: "acme", slug: "sec" };
const yes = (login: string, more: Partial<OwnerReviewed> = {}): OwnerReviewed => ({
  reviewerId: login.length + 100,
  login,
  decision: "approved",
  commitOid: "head",
  mayWrite: true,
  ...more,
});
const step = (
  headTree: string,
  baseTree: string,
  reviews: MergedPull["reviews"],
  owners: readonly Owner[] = [person("bo")],
): PullStep => ({
  pull: { number: 7, headOid: "head", mergeOid: "merge", authorId: AUTHOR, reviews },
  headTree,
  baseTree,
  changed: [{ path: "skills/x/SKILL.md", owners }],
  problem: null,
});
const judge = (more: Partial<OwnersCase>) =>
  judgeOwners({ tree: "t1", published: new Set(), steps: [], members: [], ...more });
const kindOf = (more: Partial<OwnersCase>) => judge(more).kind;

describe("the word of code owners on a tree", () => {
  it("is given by an owner's approval of the head that has it", () => {
    expect(judge({ steps: [step("t1", "", [yes("bo")])] })).toEqual({
      kind: "approved",
      by: [{ number: 7, headOid: "head", approvers: ["bo"] }],
    });
  });

  it.each<[string, MergedPull["reviews"], string]>([
    ["nobody approved", [], "lacking"],
    ["somebody else approved", [yes("cy")], "lacking"],
    ["the owner wrote it", [yes("bo", { reviewerId: AUTHOR })], "lacking"],
    ["the owner saw an older head", [yes("bo", { commitOid: "older" })], "lacking"],
    ["the owner may not write there any more", [yes("bo", { mayWrite: false })], "lacking"],
    [
      "the owner took it back",
      [yes("bo"), yes("bo", { decision: "changes-requested" })],
      "lacking",
    ],
    ["it was dismissed", [yes("bo"), yes("bo", { decision: "dismissed" })], "lacking"],
    ["the owner changed their mind", [yes("bo", { decision: "dismissed" }), yes("bo")], "approved"],
    ["the owner's name is in other letters", [yes("BO")], "approved"],
    ["there are more reviews than are read", null, "lacking"],
  ])("where %s: %s", (_what, reviews, kind) => {
    expect(kindOf({ steps: [step("t1", "", reviews)] })).toBe(kind);
  });

  it("on a path without an owner is anybody's who may write there, and never its author's alone", () => {
    expect(kindOf({ steps: [step("t1", "", [yes("cy")], [])] })).toBe("approved");
    expect(kindOf({ steps: [step("t1", "", [], [])] })).toBe("lacking");
  });

  it("is nobody's where an owner is an address", () => {
    const owners: Owner[] = [{ kind: "address", address: "bo@acme.example" }];
    expect(kindOf({ steps: [step("t1", "", [yes("bo")], owners)] })).toBe("lacking");
  });

  it("asks who is in a team, and counts what the host says", () => {
    const steps = [step("t1", "", [yes("cy")], [SEC])];
    const member = { org: "acme", slug: "sec", login: "cy" };
    expect(judge({ steps })).toEqual({ kind: "ask", members: [member] });
    expect(kindOf({ steps, members: [{ ...member, isMember: true }] })).toBe("approved");
    expect(kindOf({ steps, members: [{ ...member, isMember: false }] })).toBe("lacking");
  });

  it("is asked of each path that changed", () => {
    const one = step("t1", "", [yes("bo")]);
    const changed = [...one.changed, { path: "skills/x/run.sh", owners: [person("cy")] }];
    expect(judge({ steps: [{ ...one, changed }] })).toMatchObject({
      because: "pull request 7 at head has no approval of @cy for skills/x/run.sh",
    });
  });

  it("reaches back over each pull request to what was published", () => {
    const steps = [step("t1", "t2", [yes("bo")]), step("t2", "t3", [yes("bo")])];
    expect(kindOf({ steps, published: new Set(["t3"]) })).toBe("approved");
    expect(kindOf({ steps, published: new Set(["t4"]) })).toBe("lacking");
    expect(kindOf({ steps: steps.slice(0, 1), published: new Set(["t3"]) })).toBe("lacking");
  });

  it("does not cover what was pushed after the head that has it, or merged by hand with more", () => {
    expect(judge({ tree: "pushed", steps: [step("t1", "", [yes("bo")])] })).toMatchObject({
      because: "no merged pull request ends with these files (tree pushed)",
    });
  });

  it("does not come of two pull requests that undo each other", () => {
    const steps = [step("t1", "t2", [yes("bo")]), step("t2", "t1", [yes("bo")])];
    expect(kindOf({ steps })).toBe("lacking");
  });

  it("is found where another pull request with the same files leads nowhere", () => {
    const steps = [step("t1", "pushed", [yes("bo")]), step("t1", "", [yes("bo")])];
    expect(kindOf({ steps })).toBe("approved");
  });
});
