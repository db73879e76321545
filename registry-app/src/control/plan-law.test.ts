import { expect, it } from "vitest";
import { formatPublicKey, generateEd25519 } from "../keys/index.ts";
import { parseControl } from "./index.ts";
import { planLaw } from "./plan-law.ts";

const key = generateEd25519();
const line = formatPublicKey(key.publicKey);
const { fingerprint } = key.publicKey;
const other = generateEd25519();
const root = { version: 1, threshold: 1, principals: [{ name: "assay", publicKey: line }] };

const lawOf = (files: Readonly<Record<string, string>>) => {
  const parsed = parseControl(
    new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
  );
  if (parsed.kind === "broken") throw new Error(JSON.stringify(parsed.problems));
  return { law: parsed.snapshot, root };
};
const base = {
  "registry.yaml": "name: Acme\n",
  "teams/acme.yaml": "name: Acme\n",
  "sources/s.yaml": "team: acme\nhosted: true\nvisibility: public\n",
};
const told = (
  after: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
) =>
  planLaw(lawOf({ ...base, ...before }), lawOf({ ...base, ...after })).map(({ effect, says }) => [
    effect,
    says,
  ]);

it.each([
  ["nothing", {}, {}, []],
  [
    "a policy that asks for more",
    { "policy.yaml": "checks: {scan: required}\nbump: require\n" },
    {},
    [
      ["tightened", "policy: scan: need required, was optional"],
      ["tightened", "policy: bump require, was warn"],
    ],
  ],
  [
    "a policy that asks for less",
    { "policy.yaml": "checks: {scan: {refuse: []}}\ncertificates: {maxDays: 30}\n" },
    {},
    [
      ["loosened", "policy: scan: block lets through, was refuses"],
      ["loosened", "policy: certificates.maxDays 30 days, was 7 days"],
    ],
  ],
  [
    "a key",
    { "trust/allowed_signers": `ann@x.org namespaces="git" ${line}\n` },
    {},
    [["added", `trust: key ${fingerprint} for ann@x.org added (namespaces git)`]],
  ],
  [
    "a key that ends",
    { "trust/allowed_signers": `ann@x.org valid-before="20270101Z" ${line}\n` },
    { "trust/allowed_signers": `ann@x.org ${line}\n` },
    [
      [
        "tightened",
        `trust: key ${fingerprint} for ann@x.org: valid before 2027-01-01T00:00:00.000Z, was any`,
      ],
    ],
  ],
  [
    "a source made private",
    { "sources/s.yaml": "team: acme\nhosted: true\n" },
    {},
    [["tightened", "source: s: visibility private, was public"]],
  ],
  [
    "a source that is new",
    { "sources/t.yaml": "team: acme\nurl: https://git.example/t.git\n" },
    {},
    [["added", "source: t added (of team acme, private, https://git.example/t.git)"]],
  ],
  [
    "a source's own policy",
    { "sources/s.yaml": "team: acme\nhosted: true\nvisibility: public\npolicy: {bump: require}\n" },
    {},
    [["tightened", "source: s: own policy bump require added"]],
  ],
  [
    "a source that is gone",
    {},
    { "sources/t.yaml": "team: acme\nhosted: true\n" },
    [["removed", "source: t removed"]],
  ],
  [
    "a signer of a team",
    { "teams/acme.yaml": "name: Acme\nsigners: [ann@x.org]\n" },
    { "teams/acme.yaml": "name: Acme\nsigners: [bob@x.org]\n" },
    [
      ["added", "team: acme: signer ann@x.org added"],
      ["removed", "team: acme: signer bob@x.org removed"],
    ],
  ],
  [
    "a revocation",
    {
      "trust/revoked.yaml": `keys:\n  - {fingerprint: "${fingerprint}", reason: stolen, since: 2026-01-31T00:00:00Z}\n`,
    },
    {},
    [
      [
        "tightened",
        `revoked: ${fingerprint} compromised since 2026-01-31T00:00:00.000Z added (stolen)`,
      ],
    ],
  ],
  [
    "a revocation taken back",
    {},
    {
      "trust/revoked.yaml":
        "principals:\n  - {principal: ann@x.org, reason: left, kind: superseded}\n",
    },
    [["loosened", "revoked: principal ann@x.org superseded removed"]],
  ],
  [
    "a yank",
    { "yanks/a.yaml": "skill: acme/deploy\nversion: 1.0.0\nreason: bad\n" },
    {},
    [["tightened", "yank: acme/deploy@1.0.0 added (bad)"]],
  ],
  [
    "a yank taken back",
    {},
    { "yanks/a.yaml": "skill: acme/deploy\nversion: 1.0.0\nreason: bad\n" },
    [["loosened", "yank: acme/deploy@1.0.0 removed"]],
  ],
  [
    "the registry's name",
    { "registry.yaml": "name: New\n" },
    {},
    [["changed", "registry: name New, was Acme"]],
  ],
] as const)(
  "the plan tells %s in words, and whether it is tighter or looser",
  (_what, after, before, expected) => {
    expect(told(after, before)).toEqual(expected);
  },
);

it("the plan of a rotation names the roots that come and go", () => {
  const { law } = lawOf(base);
  const next = {
    version: 2,
    threshold: 1,
    principals: [{ name: "bob", publicKey: formatPublicKey(other.publicKey) }],
  };
  expect(planLaw({ law, root }, { law, root: next }).map(({ says }) => says)).toEqual([
    "roots: version 2, was 1",
    `roots: root bob (${other.publicKey.fingerprint}) added`,
    `roots: root assay (${fingerprint}) removed`,
  ]);
});

it("the first law is told as what it adds", () => {
  const says = planLaw(undefined, lawOf(base)).map((change) => change.says);
  expect(says).toContain("source: s added (of team acme, public, hosted here)");
});
