import { describe, expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { parseControl } from "./index.ts";

const A = generateEd25519().publicKey;
const B = generateEd25519().publicKey;

const GOOD = {
  "registry.yaml": "name: Acme skills\n",
  "policy.yaml":
    "checks:\n  scan: required\n  evals: {need: optional, hold: [warn]}\nbump: require\n",
  "sources/acme.yaml": "team: platform\nhosted: true\nvisibility: public\n",
  "sources/beta.yaml": "team: platform\nurl: https://git.example.org/beta.git\nbranch: release/1\n",
  "teams/platform.yaml":
    "# ours\nname: Platform\nsigners: [a@example.org]\ngithub: {org: acme, team: platform}\n",
  "trust/allowed_signers": `a@example.org ${formatPublicKey(A)}\n`,
  "trust/revoked.yaml": `keys:\n  - fingerprint: ${B.fingerprint}\n    reason: lost laptop\n    since: 2026-01-02T03:04:05Z\n`,
  "yanks/platform--deploy--v1.0.0.yaml":
    "skill: platform/deploy\nversion: 1.0.0\nreason: breaks things\n",
  "README.md": "hello\n",
};
const parse = (changes: Record<string, string | Buffer | null> = {}) => {
  const all = Object.entries({ ...GOOD, ...changes });
  const files = all.flatMap(([path, text]) =>
    text === null ? [] : [[path, Buffer.from(text)] as const],
  );
  return parseControl(new Map(files));
};
const problems = (changes: Record<string, string | Buffer | null>) => {
  const parsed = parse(changes);
  return parsed.kind === "ok"
    ? []
    : parsed.problems.map((p) => `${p.file}:${p.line}: ${p.message}`);
};

describe("a whole control repo", () => {
  const parsed = parse();
  const snapshot = parsed.kind === "ok" ? parsed.snapshot : undefined;

  it("becomes sources, teams, policy, revocations and yanks", () => {
    expect(snapshot?.registry.name).toBe("Acme skills");
    expect(snapshot?.sources.get("acme")).toEqual({
      slug: "acme",
      team: "platform",
      kind: "hosted",
      url: null,
      visibility: "public",
      branch: "main",
      isDemo: false,
      hasHostReleases: false,
      policy: null,
      signers: [],
    });
    expect(snapshot?.sources.get("beta")).toMatchObject({
      kind: "followed",
      visibility: "private",
      branch: "release/1",
    });
    expect(snapshot?.teams.get("platform")).toMatchObject({
      name: "Platform",
      signers: ["a@example.org"],
    });
    expect(snapshot?.policy.checks.scan).toMatchObject({ need: "required", refuse: ["block"] });
    expect(snapshot?.policy.checks.evals).toEqual({
      need: "optional",
      refuse: ["block"],
      hold: ["warn"],
    });
    expect(snapshot?.policy.checks.signature.need).toBe("required");
    expect(snapshot?.policy.bump).toBe("require");
    expect(snapshot?.revoked.get(B.fingerprint)).toEqual([
      { kind: "compromised", reason: "lost laptop", since: new Date("2026-01-02T03:04:05Z") },
    ]);
    expect(snapshot?.policy.certificates.maxDays).toBe(7);
    expect(snapshot?.yanks).toEqual([
      { skill: "platform/deploy", version: "1.0.0", reason: "breaks things" },
    ]);
  });

  it("has a digest that any changed byte changes and the order of files does not", () => {
    const reversed = parseControl(
      new Map(
        Object.entries(GOOD)
          .toReversed()
          .map(([path, text]) => [path, Buffer.from(text)]),
      ),
    );
    const changed = parse({ "README.md": "hello!\n" });
    expect(reversed.kind === "ok" && reversed.snapshot.digest).toBe(snapshot?.digest);
    expect(changed.kind === "ok" && changed.snapshot.digest).not.toBe(snapshot?.digest);
  });

  it("may be empty: an empty registry is lawful", () => {
    expect(parseControl(new Map()).kind).toBe("ok");
  });
});

describe("trust/revoked.yaml", () => {
  const revoked = (text: string) => {
    const parsed = parse({ "trust/revoked.yaml": text });
    return parsed.kind === "ok" ? [...parsed.snapshot.revoked] : parsed.problems[0]?.message;
  };
  const since = new Date("2026-01-02T00:00:00Z");
  const time = "since: 2026-01-02T00:00:00Z";
  const ca = B.fingerprint;
  it.each<[string, string, unknown]>([
    [
      "a key, superseded unless it says more",
      `keys: [{fingerprint: "${ca}", reason: r}]`,
      [[ca, [{ kind: "superseded", reason: "r", since: null }]]],
    ],
    [
      "a key, compromised since a time",
      `keys: [{fingerprint: "${ca}", kind: compromised, reason: r, ${time}}]`,
      [[ca, [{ kind: "compromised", reason: "r", since }]]],
    ],
    [
      "a key, superseded from a time on",
      `keys: [{fingerprint: "${ca}", kind: superseded, reason: r, ${time}}]`,
      [[ca, [{ kind: "superseded", reason: "r", since }]]],
    ],
    [
      "an OpenPGP key, with gpg's spaces and either case",
      `keys: [{fingerprint: "${"abcd 0123 ".repeat(5).trim()}", reason: r}]`,
      [["ABCD0123".repeat(5), [{ kind: "superseded", reason: "r", since: null }]]],
    ],
    [
      "a principal",
      "principals: [{principal: Ann@x, reason: r}]",
      [["principal ann@x", [{ kind: "superseded", reason: "r", since: null }]]],
    ],
    [
      "a serial, as number and as text",
      `certificates: [{authority: "${ca}", serial: 42, reason: a}, {authority: "${ca}", serial: "42", reason: b, ${time}}]`,
      [
        [
          `${ca} serial 42`,
          [
            { kind: "superseded", reason: "a", since: null },
            { kind: "compromised", reason: "b", since },
          ],
        ],
      ],
    ],
    [
      "a key id",
      `certificates: [{authority: "${ca}", keyId: ann's laptop, reason: r}]`,
      [[`${ca} key-id ann's laptop`, [{ kind: "superseded", reason: "r", since: null }]]],
    ],
    [
      "compromised without a time",
      `keys: [{fingerprint: "${ca}", kind: compromised, reason: r}]`,
      "keys.0.kind: compromised needs since: the time from which on nothing of it is trusted",
    ],
    [
      "the serial that certificates without one have",
      `certificates: [{authority: "${ca}", serial: 0, reason: r}]`,
      "certificates.0.serial: must be a serial from 1 on; above 9007199254740991 in quotation marks",
    ],
    [
      "a serial that YAML has rounded",
      `certificates: [{authority: "${ca}", serial: 18446744073709551615, reason: r}]`,
      "certificates.0.serial: must be a serial from 1 on; above 9007199254740991 in quotation marks",
    ],
    [
      "neither serial nor key id",
      `certificates: [{authority: "${ca}", reason: r}]`,
      "certificates.0: must have either serial: or keyId:",
    ],
    [
      "an authority by its OpenPGP key",
      `certificates: [{authority: "${"AB".repeat(20)}", serial: 1, reason: r}]`,
      "certificates.0.authority: must be a fingerprint as ssh-keygen -l prints it, SHA256:…",
    ],
  ])("%s", (_what, text, expected) => {
    expect(revoked(text)).toEqual(expected);
  });
});

it("each digest changes with its own files only", () => {
  const digests = (changes: Record<string, string>) => {
    const parsed = parse(changes);
    if (parsed.kind === "broken") throw new Error(parsed.problems[0]?.message);
    const { trustDigest, policyDigest } = parsed.snapshot;
    return { trustDigest, policyDigest };
  };
  const before = digests({});
  expect(digests({ "README.md": "other\n", "registry.yaml": "name: B\n" })).toEqual(before);
  const policy = digests({ "policy.yaml": "certificates: {maxDays: 1}\n" });
  expect(policy.trustDigest).toBe(before.trustDigest);
  expect(policy.policyDigest).not.toBe(before.policyDigest);
  const trust = digests({ "trust/revoked.yaml": "keys: []\n" });
  expect(trust.policyDigest).toBe(before.policyDigest);
  expect(trust.trustDigest).not.toBe(before.trustDigest);
  expect(digests({ "teams/platform.yaml": "name: P\n" }).trustDigest).not.toBe(before.trustDigest);
});

it("an authority may have a line for each domain", () => {
  const line = (domain: string) => `*@${domain} cert-authority ${formatPublicKey(B)}\n`;
  expect(problems({ "trust/allowed_signers": line("x") + line("y") })).toEqual([]);
});

describe("a broken file is told by file, line and key", () => {
  it.each<[string, Record<string, string | Buffer>, string]>([
    [
      "an unknown key",
      { "teams/platform.yaml": "name: P\nsigner: [a@x]\n" },
      'teams/platform.yaml:2: unknown key "signer"',
    ],
    [
      "an unknown key further in",
      { "policy.yaml": "checks:\n  scan: required\n  scam: required\n" },
      'policy.yaml:3: unknown key "checks.scam"',
    ],
    [
      "a wrong value",
      { "policy.yaml": "\nbump: maybe\n" },
      'policy.yaml:2: bump: Invalid option: expected one of "warn"|"require"',
    ],
    [
      "a team that is not there",
      { "sources/acme.yaml": "team: ghosts\nhosted: true\n" },
      "sources/acme.yaml:1: team ghosts does not exist: add teams/ghosts.yaml",
    ],
    [
      "neither hosted nor url",
      { "sources/acme.yaml": "team: platform\n" },
      "sources/acme.yaml:1: must have either url: (followed) or hosted: true",
    ],
    [
      "a file name that is no slug",
      { "teams/Plat_form.yaml": "name: x\n" },
      "teams/Plat_form.yaml:1: the file's name must be 1 to 64 of a-z, 0-9 and single hyphens inside, and .yaml",
    ],
    [
      "a file nobody reads",
      { "sources/acme.yml": "team: x\n" },
      "sources/acme.yml:1: nothing reads a file of this name; laws end in .yaml, keys in trust/openpgp in .asc",
    ],
    [
      "a mistyped law at the root",
      { "polcy.yaml": "bump: warn\n" },
      "polcy.yaml:1: nothing reads a file of this name; laws end in .yaml, keys in trust/openpgp in .asc",
    ],
    [
      "a key given twice",
      { "registry.yaml": "name: a\nname: b\n" },
      "registry.yaml:2: Map keys must be unique",
    ],
    [
      "a list where a map belongs",
      { "registry.yaml": "- a\n" },
      "registry.yaml:1: Invalid input: expected object, received array",
    ],
    [
      "bytes that are not text",
      { "registry.yaml": Buffer.from([0xff, 0xfe]) },
      "registry.yaml:1: the file is not UTF-8 text",
    ],
    [
      "an alias",
      { "registry.yaml": "name: &a x\nb: *a\n" },
      "registry.yaml:1: aliases are not accepted",
    ],
    [
      "a bad signer line",
      { "trust/allowed_signers": "\na@example.org nonsense\n" },
      "trust/allowed_signers:2: the key is not a whole OpenSSH public key",
    ],
    [
      "one key for two people",
      { "trust/allowed_signers": `a@x ${formatPublicKey(A)}\nb@x ${formatPublicKey(A)}\n` },
      `trust/allowed_signers:2: ${A.fingerprint} is a@x's by line 1; a key belongs to one principal`,
    ],
    [
      "a wildcard as signer",
      { "teams/platform.yaml": 'signers: ["*@example.org"]\n' },
      "teams/platform.yaml:1: signers.0: must be one e-mail address, without spaces, commas or wildcards",
    ],
    [
      "an option as branch",
      { "sources/acme.yaml": "team: platform\nhosted: true\nbranch: --upload-pack=x\n" },
      "sources/acme.yaml:3: branch: must be the name of a branch",
    ],
    [
      "what is no OpenPGP key",
      { "trust/openpgp/a@x.asc": "hello\n" },
      "trust/openpgp/a@x.asc:1: this is not a file of OpenPGP public keys: write it with gpg --export --armor",
    ],
    [
      "an OpenPGP key under another ending",
      { "trust/openpgp/a@x.gpg": "hello\n" },
      "trust/openpgp/a@x.gpg:1: nothing reads a file of this name; laws end in .yaml, keys in trust/openpgp in .asc",
    ],
    [
      "certificates for ever",
      { "policy.yaml": "certificates:\n  maxDays: 0\n" },
      "policy.yaml:2: certificates.maxDays: Too small: expected number to be >=1",
    ],
    [
      "a prototype key",
      { "registry.yaml": "__proto__: {name: x}\n" },
      'registry.yaml:1: unknown key "__proto__"',
    ],
  ])("%s", (_name, changes, expected) => {
    expect(problems(changes)).toContain(expected);
  });
});

it("revocations and yanks hold although another file, or another yank, is broken", () => {
  const parsed = parse({ "policy.yaml": "bump: maybe\n", "yanks/x.yaml": "what: ever\n" });
  if (parsed.kind === "ok") throw new Error("should be broken");
  expect([...parsed.tightening.revoked.keys()]).toEqual([B.fingerprint]);
  expect(parsed.tightening.yanks).toHaveLength(1);
});

it("an alias bomb is refused without being blown up", () => {
  const lines = [
    "a0: &a0 [x, x]",
    ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ];
  expect(problems({ "registry.yaml": lines.join("\n") })).toEqual([
    "registry.yaml:1: aliases are not accepted",
  ]);
});
