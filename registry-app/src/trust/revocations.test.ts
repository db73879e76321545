import { describe, expect, it } from "vitest";
import { revocationKey, type Revocation } from "../control/index.ts";
import { findRevocation, isCompromised, verdictKey, type SignerFacts } from "./index.ts";

const KEY = "SHA256:key";
const facts: SignerFacts = {
  keys: [KEY],
  principal: "Ann@x",
  certificate: { authority: "SHA256:ca", serial: "42", keyId: "laptop" },
};
const T = new Date("2026-03-01T00:00:00Z");
const compromised: Revocation = { kind: "compromised", reason: "stolen", since: T };
const before = new Date(T.getTime() - 1);
const superseded = (since: Date | null): Revocation => ({
  kind: "superseded",
  reason: "new key",
  since,
});
const only = (subject: string, ...revocations: Revocation[]) => new Map([[subject, revocations]]);

describe("what a revocation takes away", () => {
  it.each<[string, ReadonlyMap<string, Revocation[]>, Date, boolean, boolean]>([
    ["nothing is revoked", new Map(), T, false, false],
    ["another key is", only("SHA256:other", compromised), T, false, false],
    [
      "superseded refuses new tags and doubts no version",
      only(KEY, superseded(null)),
      T,
      true,
      false,
    ],
    [
      "superseded from T on leaves what was seen before",
      only(KEY, superseded(T)),
      before,
      false,
      false,
    ],
    ["superseded from T on refuses at T", only(KEY, superseded(T)), T, true, false],
    ["compromised since T doubts what was seen at T", only(KEY, compromised), T, true, true],
    [
      "compromised since T leaves what was seen before",
      only(KEY, compromised),
      before,
      false,
      false,
    ],
    ["both: each for itself", only(KEY, superseded(null), compromised), before, true, false],
    ["both, from T on", only(KEY, superseded(null), compromised), T, true, true],
    ["the principal, in whatever case", only("principal ann@x", compromised), T, true, true],
    ["the authority takes its certificates along", only("SHA256:ca", compromised), T, true, true],
    ["the serial", only("SHA256:ca serial 42", compromised), T, true, true],
    ["another serial", only("SHA256:ca serial 43", compromised), T, false, false],
    ["the serial of another authority", only("SHA256:ba serial 42", compromised), T, false, false],
    ["the key id", only("SHA256:ca key-id laptop", compromised), T, true, true],
  ])("%s", (_what, revocations, firstSeenAt, isRefused, isDoubted) => {
    expect(findRevocation(revocations, facts, firstSeenAt) !== undefined).toBe(isRefused);
    expect(isCompromised(revocations, facts, firstSeenAt)).toBe(isDoubted);
  });

  it("a subject can not be written so that it stands for another", () => {
    const subjects = [
      revocationKey({ kind: "key", fingerprint: "SHA256:ca" }),
      revocationKey({ kind: "principal", principal: "SHA256:ca" }),
      revocationKey({ kind: "serial", authority: "SHA256:ca", serial: "1" }),
      revocationKey({ kind: "key-id", authority: "SHA256:ca", keyId: "1" }),
      revocationKey({ kind: "key-id", authority: "SHA256:ca", keyId: "x serial 1" }),
    ];
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});

describe("the key under which a verdict is kept", () => {
  const basis = {
    tag: { source: "acme", name: "a--v1.0.0", oid: "f".repeat(40), firstSeenAt: T },
    trustDigest: "t",
    policyDigest: "p",
  };
  it.each([
    ["the source", { tag: { ...basis.tag, source: "beta" } }],
    ["the tag's name", { tag: { ...basis.tag, name: "a--v1.0.1" } }],
    ["the tag object", { tag: { ...basis.tag, oid: "e".repeat(40) } }],
    ["when it was first seen", { tag: { ...basis.tag, firstSeenAt: before } }],
    ["trust", { trustDigest: "u" }],
    ["policy", { policyDigest: "q" }],
    ["where one text ends and the next begins", { trustDigest: "tp", policyDigest: "" }],
  ])(
    "is another one as soon as %s changes, so that no kept verdict outlives what it was judged by",
    (_what, change) => {
      expect(verdictKey({ ...basis, ...change })).not.toBe(verdictKey(basis));
      expect(verdictKey({ ...basis })).toBe(verdictKey(basis));
    },
  );
});
