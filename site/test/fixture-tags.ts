import type { Clause, CodePage, SourceFacts, TagSighting } from "../src/data/port.ts";
import { ago, hexOf } from "./fixture-skills.ts";

export const CODES: readonly CodePage[] = [
  ["LIGHTWEIGHT", "The tag is lightweight"],
  ["UNSIGNED", "The tag is not signed"],
  ["NAME_MISMATCH", "The tag's ref and its own name differ"],
  ["UNKNOWN_SIGNER", "Nobody is known by this key"],
  ["NOT_ON_BRANCH", "The commit is not on the source's branch"],
  ["INVALID_SKILL", "The skill does not follow the specification"],
].map(([code = "", title = ""]) => ({
  code,
  title,
  what: "The tag object holds no signature.",
  why: "The signature is what makes a tag a release. A usual cause: an SSH key file with mode 0644, with which `git tag -s` ends without a signature and without an error.",
  remedy: "chmod 600 ~/.ssh/id_ed25519\ngit tag -s -f TAG TAG^{} -m TAG && git push origin TAG",
}));

export const SOURCES: readonly SourceFacts[] = [
  {
    slug: "acme-skills",
    team: "acme",
    kind: "hosted",
    visibility: "public",
    url: null,
    git: "/git/acme-skills.git",
    branch: "main",
    isDemo: true,
    isSingleAuthor: true,
    firstSyncedAt: ago(90_000),
    lastSyncedAt: ago(2),
    lastError: null,
    frozen: null,
    counts: { pending: 1, published: 41, held: 1, refused: 5, ignored: 2 },
  },
  {
    slug: "platform-skills",
    team: "platform",
    kind: "followed",
    visibility: "private",
    url: "https://git.example.com/platform/skills.git",
    git: null,
    branch: "release/2026",
    isDemo: false,
    isSingleAuthor: false,
    firstSyncedAt: ago(200_000),
    lastSyncedAt: ago(61),
    lastError: "The host git.example.com did not answer within 20 s.",
    frozen: {
      since: ago(64),
      reason: "3 accepted tags were moved to other objects within a day",
    },
    counts: { pending: 0, published: 118, held: 0, refused: 12, ignored: 0 },
  },
  {
    slug: "empty-source",
    team: "design",
    kind: "hosted",
    visibility: "public",
    url: null,
    git: "/git/empty-source.git",
    branch: "main",
    isDemo: false,
    isSingleAuthor: false,
    firstSyncedAt: null,
    lastSyncedAt: null,
    lastError: null,
    frozen: null,
    counts: { pending: 0, published: 0, held: 0, refused: 0, ignored: 0 },
  },
];

const HELD: readonly Clause[] = [
  { name: "annotated tag object", held: true, evidence: "type tag, 612 bytes" },
  { name: "names a commit", held: true, evidence: "41ac09d0c1f2aa9e7c55, tree 8be1f0" },
  { name: "name equals ref", held: true, evidence: "pdf-forms--v1.5.0" },
  {
    name: "one signature over all bytes",
    held: true,
    evidence: "SSH SIGNATURE, namespace git, sha512",
  },
];

export const SIGHTINGS: readonly TagSighting[] = [
  sighting("pdf-forms--v1.6.0", "pending", 0, {}),
  sighting("pdf-forms--v1.5.0", "refused", 3, {
    code: "UNKNOWN_SIGNER",
    reason:
      "The signature holds, but nobody in `trust/allowed_signers` is known by the key SHA256:Zr8Qm41x.",
    remedy:
      "assay-free-line: ask a team admin to add this key, then push the same tag again.\ngit push origin pdf-forms--v1.5.0".replace(
        "assay-free-line: ask",
        "Ask",
      ),
    clauses: [
      ...HELD,
      {
        name: "signer is known",
        held: false,
        evidence:
          "key SHA256:Zr8Qm41xYc0VtB2nLkWsDfGhJ3qPeRuIoAzXmCvN5Tb\ntagger ben@acme.example\n14 keys of 9 principals were compared, control repo at 7c1e0f2",
      },
    ],
    isInGit: false,
  }),
  sighting("pdf-forms--v1.5.0", "refused", 40, {
    code: "UNSIGNED",
    reason: "The tag object holds no signature.",
    isInGit: false,
  }),
  sighting("pdf-forms--v1.4.0", "published", 5, {
    became: { team: "acme", name: "pdf-forms", version: "1.4.0" },
    drift: "moved",
    clauses: [
      ...HELD,
      { name: "signer is known", held: true, evidence: "ada@acme.example, SHA256:9f3Hq0c1WbYk" },
      { name: "SKILL.md is valid", held: true, evidence: "7 files, 1 remark" },
    ],
  }),
  sighting("pdf-forms--v1.3.0", "published", 9000, {
    became: { team: "acme", name: "pdf-forms", version: "1.3.0" },
    drift: "vanished",
    clauses: HELD,
  }),
  sighting("pdf-forms--v1.2.0", "published", 9900, {
    became: { team: "acme", name: "pdf-forms", version: "1.2.0" },
    drift: "unreachable",
    clauses: HELD,
  }),
  sighting("pdf-forms--v1.7.0", "pending", 60, {
    code: "SOURCE_FROZEN",
    reason:
      "source acme-skills is frozen since 2026-11-20T10:00:00.000Z: 3 accepted tags were moved to other objects within a day",
    remedy: 'npx assay source unfreeze acme-skills --because "what you found there"',
  }),
  sighting("release-notes-2.2", "ignored", 300, {
    reason: "The name holds no semantic version; did you mean release-notes--v2.2.0?",
  }),
  sighting("<b>x</b>'; DROP TABLE tags; --/v1.0.0", "refused", 700, {
    code: "INVALID_SKILL",
    reason: "SKILL.md must start with YAML frontmatter (---)",
    remedy: "git show HEAD:skills/x/SKILL.md | head -1",
    clauses: [
      ...HELD,
      {
        name: "SKILL.md is valid",
        held: false,
        evidence:
          "skills/x/SKILL.md:1:1 SKILL.md must start with YAML frontmatter (---)\nskills/x/SKILL.md:1:1 </code><script>alert(2)</script> \u202Etxt.exe",
      },
    ],
  }),
  sighting(
    "a-skill-with-a-name-that-is-as-long-as-the-specification-allows--v10.20.30-rc.1",
    "held",
    1500,
    {
      reason: "A prerelease of this team is held until two members approve it; one has.",
      clauses: HELD,
    },
  ),
];

function sighting(
  tag: string,
  state: TagSighting["state"],
  minutes: number,
  rest: Partial<TagSighting>,
): TagSighting {
  return {
    tag,
    state,
    oid: hexOf(tag + minutes, 40),
    drift: null,
    firstSeenAt: ago(minutes),
    decidedAt: state === "pending" ? null : ago(minutes),
    became: null,
    clauses: [],
    isImported: false,
    findings: [],
    isInGit: true,
    ...rest,
  };
}
