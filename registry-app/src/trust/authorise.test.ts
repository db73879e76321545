import { describe, expect, it } from "vitest";
import type { SourceLaw, TeamLaw } from "../control/index.ts";
import { authorise, type AuthoriseFacts } from "./index.ts";

const source: SourceLaw = {
  slug: "acme",
  team: "platform",
  kind: "hosted",
  url: null,
  visibility: "public",
  branch: "main",
  isDemo: false,
  hasHostReleases: false,
  policy: null,
  signers: ["bot@example.org"],
};
const team: TeamLaw = {
  slug: "platform",
  name: "Platform",
  signers: ["a@example.org"],
  github: null,
};
const firstSeenAt = new Date("2026-11-22T12:00:00Z");
const HOUR = 3600;
const seen = firstSeenAt.getTime() / 1000;

const judge = (changes: Partial<AuthoriseFacts> & { email?: string; age?: number } = {}) => {
  const { email = "a@example.org", age = 0, ...facts } = changes;
  const verdict = authorise({
    principal: "a@example.org",
    source,
    snapshot: { teams: new Map([["platform", team]]) },
    tagger: { email, timeSeconds: seen - age },
    firstSeenAt,
    isImported: false,
    ...facts,
  });
  return verdict.kind === "allowed" ? "allowed" : verdict.because;
};

describe("a known signer", () => {
  it.each<[string, Parameters<typeof judge>[0], string]>([
    ["of the team may release", {}, "allowed"],
    [
      "that the source itself names may release",
      { principal: "bot@example.org", email: "bot@example.org" },
      "allowed",
    ],
    [
      "of another team may not",
      { principal: "z@example.org", email: "z@example.org" },
      "SIGNER_NOT_ALLOWED",
    ],
    ["may not when the team is gone", { snapshot: { teams: new Map() } }, "SIGNER_NOT_ALLOWED"],
    ["may write their address in capitals", { email: "A@Example.ORG" }, "allowed"],
    ["may not sign what another person tagged", { email: "b@example.org" }, "TAGGER_MISMATCH"],
    ["may come 24 hours late", { age: 24 * HOUR }, "allowed"],
    ["may not come a second later", { age: 24 * HOUR + 1 }, "TAGGER_DATE"],
    ["may be 10 minutes ahead", { age: -600 }, "allowed"],
    ["may not be a second more ahead", { age: -601 }, "TAGGER_DATE"],
    ["of an imported tag may be years late", { age: 9000 * HOUR, isImported: true }, "allowed"],
  ])("%s", (_name, changes, expected) => {
    expect(judge(changes)).toBe(expected);
  });

  it("is the one who tagged, and signs for the source's team as it is now: nobody else, and nobody who left it", () => {
    expect(judge()).toBe("allowed");
    expect(judge({ email: "b@example.org" })).toBe("TAGGER_MISMATCH");
    const left = { ...team, signers: ["b@example.org"] };
    expect(judge({ snapshot: { teams: new Map([["platform", left]]) } })).toBe(
      "SIGNER_NOT_ALLOWED",
    );
    expect(judge({ source: { ...source, team: "other" } })).toBe("SIGNER_NOT_ALLOWED");
  });

  it("on a machine whose clock is an hour off is judged by its first sight, and told how far off", () => {
    const real = firstSeenAt.getTime();
    const judgedAt = (skewHours: number) =>
      authorise({
        principal: "a@example.org",
        source,
        snapshot: { teams: new Map([["platform", team]]) },
        tagger: { email: "a@example.org", timeSeconds: real / 1000 },
        firstSeenAt: new Date(real + skewHours * HOUR * 1000),
        isImported: false,
      });
    expect(judgedAt(1)).toMatchObject({ kind: "allowed" });
    expect(judgedAt(-1)).toMatchObject({
      kind: "refused",
      because: "TAGGER_DATE",
      evidence: "dated 60 min after it was first seen",
    });
  });

  it("is told what held before what did not", () => {
    const verdict = authorise({
      principal: "a@example.org",
      source,
      snapshot: { teams: new Map([["platform", team]]) },
      tagger: { email: "b@example.org", timeSeconds: seen },
      firstSeenAt,
      isImported: false,
    });
    expect(verdict.clauses).toEqual([
      { name: "team", held: true, evidence: "a@example.org signs for team platform" },
      {
        name: "tagger",
        held: false,
        evidence: 'tagged by "b@example.org", signed by a@example.org',
      },
    ]);
  });
});
