import type { LawFacts, LawLine } from "../src/data/law-port.ts";

const KEY = "SHA256:9f3Hq0c1WbYkzL4mXv7tR2sPdEoUiJnG5aQxTfBhKyM";
const COMMIT = "41ac09d2c1b8e7f60514a3b2c1d0e9f8a7b6c5d4";

export const EMPTY_LAW: LawFacts = {
  commit: COMMIT,
  registry: "Assay",
  state: "in force",
  alarm: null,
  pending: null,
  roots: { version: 1, threshold: 1, principals: [{ name: "assay", fingerprint: KEY }] },
  policy: ["Signature is required: block refuses."],
  teams: [],
  sources: [],
  signers: [],
  revoked: [],
  yanks: [],
};

/** With everything there can be, hostile text included. */
export const LAW: LawFacts = {
  ...EMPTY_LAW,
  registry: "Acme <script>alert(1)</script>",
  state: "pending",
  alarm:
    "The newest commit of the control repo is not in force; the law stays as it is shown here.",
  pending: {
    commit: COMMIT.replace("41", "52"),
    signedBy: ["ann"],
    waitsFor: "1 more of the roots",
    canSign: ["bob", "cid"],
    changes: [
      { area: "policy", effect: "tightened", says: "policy: scan: need required, was optional" },
    ],
  },
  roots: {
    version: 3,
    threshold: 2,
    principals: [
      { name: "ann", fingerprint: KEY },
      { name: "bob@acme.example", fingerprint: KEY.replace("9f3", "8e2") },
    ],
  },
  teams: [
    { slug: "acme", name: "Acme Automation", signers: ["ada@acme.example", "ann@acme.example"] },
  ],
  sources: [
    {
      slug: "acme-skills",
      team: "acme",
      kind: "hosted",
      visibility: "public",
      branch: "main",
      signers: [],
    },
    {
      slug: "acme-with-a-name-that-goes-on-and-on-and-on-for-as-long-as-it-may",
      team: "acme",
      kind: "followed",
      visibility: "private",
      branch: "main",
      signers: ["ada@acme.example"],
    },
  ],
  signers: [
    {
      principals: ["ada@acme.example"],
      fingerprint: KEY,
      type: "ssh-ed25519",
      isAuthority: false,
      validAfter: null,
      validBefore: "2027-01-01T00:00:00.000Z",
    },
    {
      principals: ["*@acme.example"],
      fingerprint: KEY.replace("9f3", "7d1"),
      type: "ssh-ed25519",
      isAuthority: true,
      validAfter: null,
      validBefore: null,
    },
  ],
  revoked: [
    { subject: KEY, kind: "compromised", since: "2026-10-01T00:00:00.000Z", reason: "laptop lost" },
  ],
  yanks: [{ skill: "acme/pdf-forms", version: "1.2.0", reason: "breaks the build" }],
};

export const LAW_HISTORY: readonly LawLine[] = [
  {
    commit: COMMIT,
    at: "2026-11-20T10:00:00.000Z",
    signedBy: ["ann", "bob@acme.example"],
    changes: [
      {
        area: "revoked",
        effect: "tightened",
        says: `revoked: ${KEY} compromised since 2026-10-01T00:00:00.000Z added (laptop lost)`,
      },
      { area: "team", effect: "removed", says: "team: acme: signer bob@acme.example removed" },
    ],
    applied: {
      at: "2026-11-20T10:00:02.000Z",
      reopenedTags: 3,
      changedVersions: 1,
      versions: [
        { coordinate: "acme/pdf-forms@1.2.0", standing: "quarantined", reason: "laptop lost" },
      ],
    },
  },
  {
    commit: COMMIT.replace("41", "30"),
    at: "2026-11-19T10:00:00.000Z",
    signedBy: ["ann"],
    changes: [],
    applied: null,
  },
];
