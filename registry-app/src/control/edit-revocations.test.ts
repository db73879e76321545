import { describe, expect, it } from "vitest";
import { Refusal } from "../runtime/index.ts";
import { addRevocation, parseControl, type ControlFiles, type NewRevocation } from "./index.ts";

const KEY = `SHA256:${"A".repeat(43)}`;
const START = `# What no longer counts.
keys: []
#   {principal: ann@example.com, kind: superseded, reason: …}
principals: []
certificates: []
`;
const files = (text: string): ControlFiles => new Map([["trust/revoked.yaml", Buffer.from(text)]]);
const key = (more: Record<string, string> = {}): NewRevocation => ({
  list: "keys",
  fields: { fingerprint: KEY, kind: "superseded", reason: "old", ...more },
});
const stolen = key({ kind: "compromised", since: "2026-03-01T00:00:00Z" });
const revokedIn = (all: ControlFiles) => {
  const parsed = parseControl(all);
  return parsed.kind === "ok" ? parsed.snapshot.revoked : parsed.problems;
};

describe("a revocation", () => {
  it("joins the lines that are there, and no comment is lost", () => {
    const once = addRevocation(files(START), key());
    const both = addRevocation(once, stolen);
    const text = both.get("trust/revoked.yaml")?.toString() ?? "";
    expect(text).toContain("# What no longer counts.");
    expect(text).toContain("#   {principal: ann@example.com");
    expect(revokedIn(both)).toEqual(
      new Map([
        [
          KEY,
          [
            { kind: "superseded", reason: "old", since: null },
            { kind: "compromised", reason: "old", since: new Date("2026-03-01T00:00:00Z") },
          ],
        ],
      ]),
    );
  });

  it("is as if once when it comes twice, for another reason too", () => {
    const once = addRevocation(files(START), stolen);
    const again = { ...stolen, fields: { ...stolen.fields, reason: "said again" } };
    expect(addRevocation(once, again)).toBe(once);
    const zone = { ...stolen, fields: { ...stolen.fields, since: "2026-03-01T01:00:00+01:00" } };
    expect(addRevocation(once, zone)).toBe(once);
  });

  it.each([
    ["a file that is not there", new Map<string, Buffer>()],
    ["an empty one", files("")],
    ["a map on one line", files("{keys: [], principals: []}\n")],
  ])("begins in %s", (_where, before) => {
    const certificate = { authority: KEY, serial: "18446744073709551615", kind: "superseded" };
    const after = addRevocation(before, {
      list: "certificates",
      fields: { ...certificate, reason: "lost" },
    });
    expect(revokedIn(after)).toEqual(
      new Map([
        [
          `${KEY} serial 18446744073709551615`,
          [{ kind: "superseded", reason: "lost", since: null }],
        ],
      ]),
    );
  });

  it.each([
    ["no fingerprint", key({ fingerprint: "SHA256:short" }), /fingerprint/],
    ["no time", key({ kind: "compromised", since: "yesterday" }), /must be a time/],
    ["compromised without a time", key({ kind: "compromised" }), /compromised needs since/],
    ["no reason", key({ reason: "" }), /reason/],
    ["lines in the reason", key({ reason: "a\nkeys: []" }), /one line/],
    [
      "no serial",
      {
        list: "certificates" as const,
        fields: { authority: KEY, serial: "0", kind: "superseded", reason: "x" },
      },
      /serial/,
    ],
    [
      "no person",
      {
        list: "principals" as const,
        fields: { principal: "*", kind: "superseded", reason: "x" },
      },
      /one e-mail address/,
    ],
  ])("with %s is refused, and says what is wrong", (_what, wrong, sentence) => {
    expect(() => addRevocation(files(START), wrong)).toThrow(Refusal);
    expect(() => addRevocation(files(START), wrong)).toThrow(sentence);
  });
});
