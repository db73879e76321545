import { describe, expect, it } from "vitest";
import { standingOf } from "./standing.ts";

const version = {
  team: "acme",
  skill: "deploy",
  version: "1.2.0",
  signer: {
    principal: "ann@example.test",
    key: "SHA256:stolen",
    keys: ["SHA256:stolen"],
    certificate: null,
  },
  firstSeenAt: new Date("2026-03-01T00:00:00Z"),
};
const revoked = (since: string | null) =>
  new Map([
    [
      "SHA256:stolen",
      [
        since === null
          ? ({ kind: "superseded", reason: "laptop lost", since } as const)
          : ({ kind: "compromised", reason: "laptop lost", since: new Date(since) } as const),
      ],
    ],
  ]);
const yank = { skill: "acme/deploy", version: "1.2.0", reason: "breaks the build" };

describe("the standing of a published version", () => {
  it.each([
    ["nothing is said of it", new Map(), [], "good"],
    [
      "its key was compromised before it was first seen",
      revoked("2026-02-01T00:00:00Z"),
      [],
      "quarantined",
    ],
    [
      "its key was compromised at that very moment",
      revoked("2026-03-01T00:00:00Z"),
      [],
      "quarantined",
    ],
    ["its key was compromised later", revoked("2026-03-01T00:00:01Z"), [], "good"],
    ["its key is revoked, and was good while it was used", revoked(null), [], "good"],
    ["a yank names it", new Map(), [yank], "yanked"],
    ["a yank names another version", new Map(), [{ ...yank, version: "1.2.1" }], "good"],
    [
      "a yank names the same skill of another team",
      new Map(),
      [{ ...yank, skill: "globex/deploy" }],
      "good",
    ],
    ["both: the harder one counts", revoked("2026-02-01T00:00:00Z"), [yank], "quarantined"],
  ])("%s", (_sentence, keys, yanks, kind) => {
    expect(standingOf({ revoked: keys, yanks }, version).kind).toBe(kind);
  });
});
