import { describe, expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { Refusal } from "../runtime/index.ts";
import { addSigner, addSource, addTeam, type ControlFiles, removeSigner } from "./index.ts";

const keyA = generateEd25519();
const lineA = formatPublicKey(keyA.publicKey, "me@laptop");
const text = (files: ControlFiles, path: string) => files.get(path)?.toString() ?? "";

describe("edits", () => {
  const start: ControlFiles = new Map([
    [
      "teams/platform.yaml",
      Buffer.from(
        "# The platform people.\nname: Platform # as on the door\nsigners:\n  - b@example.org # since 2025\n",
      ),
    ],
    ["teams/data.yaml", Buffer.from("name: Data\nsigners: []\n")],
    [
      "trust/allowed_signers",
      Buffer.from(`# people\nb@example.org ${formatPublicKey(generateEd25519().publicKey)}`),
    ],
  ]);
  it("add a signer and take them away again without touching a comment", () => {
    const added = addSigner(start, {
      principal: "a@example.org",
      publicKey: lineA,
      teams: ["platform", "data"],
      validBefore: new Date("2027-01-02T03:04:05Z"),
    });
    expect(text(added, "teams/platform.yaml")).toBe(
      `${text(start, "teams/platform.yaml")}  - a@example.org\n`,
    );
    expect(text(added, "teams/data.yaml")).toBe("name: Data\nsigners:\n  - a@example.org\n");
    expect(text(added, "trust/allowed_signers")).toBe(
      `${text(start, "trust/allowed_signers")}\na@example.org valid-before="20270102030405Z" ${formatPublicKey(keyA.publicKey)}\n`,
    );
    const removed = removeSigner(added, "a@example.org");
    expect(text(removed, "teams/platform.yaml")).toBe(text(start, "teams/platform.yaml"));
    expect(text(removed, "trust/allowed_signers")).toBe(
      `${text(start, "trust/allowed_signers")}\n`,
    );
  });

  it("add the same signer twice as if once, and to another team without the key", () => {
    const once = addSigner(start, {
      principal: "a@example.org",
      publicKey: lineA,
      teams: ["data"],
    });
    const twice = addSigner(once, {
      principal: "a@example.org",
      publicKey: lineA,
      teams: ["data"],
    });
    expect(twice).toEqual(once);
    const more = addSigner(once, { principal: "a@example.org", teams: ["platform"] });
    expect(text(more, "teams/platform.yaml")).toContain("- a@example.org");
  });

  const withA = addSigner(start, { principal: "a@example.org", publicKey: lineA, teams: [] });
  const weak: [string, () => unknown, RegExp][] = [
    ["a team twice", () => addTeam(start, { slug: "data", name: "x" }), /Team data exists/],
    [
      "a team with a bad slug",
      () => addTeam(start, { slug: "../x", name: "x" }),
      /cannot be a name/,
    ],
    [
      "a source of no team",
      () => addSource(start, { slug: "s", team: "ghosts" }),
      /no team ghosts/,
    ],
    [
      "a principal with a wildcard",
      () => addSigner(start, { principal: "*@x", publicKey: lineA, teams: [] }),
      /cannot be a signing principal/,
    ],
    [
      "a key that is none",
      () => addSigner(start, { principal: "a@x", publicKey: "ssh-ed25519 AAAA", teams: [] }),
      /not the line/,
    ],
    [
      "a private key",
      () =>
        addSigner(start, {
          principal: "a@x",
          publicKey: "-----BEGIN OPENSSH PRIVATE KEY-----",
          teams: [],
        }),
      /private key/,
    ],
    [
      "somebody else's key",
      () => addSigner(withA, { principal: "c@x", publicKey: lineA, teams: [] }),
      /is the key of a@example\.org/,
    ],
    [
      "a signer without a key",
      () => addSigner(start, { principal: "c@x", teams: ["data"] }),
      /has no key/,
    ],
    [
      "a revoked key",
      () =>
        addSigner(
          new Map([
            ...start,
            [
              "trust/revoked.yaml",
              Buffer.from(`keys: [{fingerprint: "${keyA.publicKey.fingerprint}", reason: lost}]`),
            ],
          ]),
          { principal: "a@x", publicKey: lineA, teams: [] },
        ),
      /is revoked: lost/,
    ],
    ["the removal of nobody", () => removeSigner(start, "z@x"), /names z@x/],
  ];
  it.each(weak)("refuse %s", (_name, edit, message) => {
    expect(edit).toThrow(Refusal);
    expect(edit).toThrow(message);
  });

  it("let join whom an authority's line or an OpenPGP file vouches for, and nobody beyond", () => {
    const authority = `*@example.org,!root@example.org cert-authority ${lineA}\n`;
    const withBoth = new Map([
      ...start,
      ["trust/allowed_signers", Buffer.from(authority)] as const,
      ["trust/openpgp/pat@x.asc", Buffer.from("a key")] as const,
    ]);
    const join = (principal: string) => () => addSigner(withBoth, { principal, teams: ["data"] });
    for (const principal of ["eve@example.org", "pat@x"])
      expect(text(join(principal)(), "teams/data.yaml")).toContain(principal);
    for (const principal of ["root@example.org", "eve@x"])
      expect(join(principal)).toThrow(/no key/);
    const gone = removeSigner(join("pat@x")(), "pat@x");
    expect(gone.has("trust/openpgp/pat@x.asc")).toBe(false);
    expect(text(gone, "teams/data.yaml")).not.toContain("pat@x");
    expect(text(gone, "trust/allowed_signers")).toBe(authority);
  });
});
