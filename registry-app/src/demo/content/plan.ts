export type DemoAuthor = "ada" | "bo";

/** How a tag is to be made; all but `signed` are unhappy by their making, a `signed` one can be by what it names. */
export type TagMaking =
  "signed" | "unsigned" | "lightweight" | "nested" | "misnamed" | "unknown-signer" | "moved";

export type DemoTag = {
  readonly name: string;
  readonly making: TagMaking;
  /** What the registry is to say: `published`, or the code for which it is not. */
  readonly expected: string;
};

type Told = { readonly message: string; readonly tags?: readonly DemoTag[] };

/** A commit lays the files of `<skill>/<version>/` over the skill's folder (only some of them, if named), or writes one text. */
export type PlannedCommit = Told &
  (
    | { readonly skill: string; readonly version: string; readonly only?: readonly string[] }
    | { readonly path: string; readonly text: string }
  );

export type PlannedHistory = {
  readonly team: { readonly slug: string; readonly name: string };
  readonly source: string;
  readonly author: DemoAuthor;
  readonly commits: readonly PlannedCommit[];
};

const ACME_README = `# Skills of Acme Engineering

One folder a skill under \`skills/\`. A release is a signed tag \`NAME--vVERSION\`:

    git tag -s sql-review--v1.2.0 -m sql-review--v1.2.0
    git push origin main sql-review--v1.2.0
`;

const GLOBEX_README = `# Skills of Globex Operations

One folder a skill under \`skills/\`, released by signed tags \`NAME--vVERSION\`. Ask in #skills before you add one.
`;

/** What happened in the two demo sources, oldest first. */
export const HISTORIES: readonly PlannedHistory[] = [
  {
    team: { slug: "acme", name: "Acme Engineering" },
    source: "acme-skills",
    author: "ada",
    commits: [
      { message: "docs: say how to release", path: "README.md", text: ACME_README },
      {
        message: "feat(release-notes): write notes from a range of commits",
        skill: "release-notes",
        version: "1.0.0",
        tags: [published("release-notes--v1.0.0")],
      },
      {
        message: "feat(sql-review): review migrations by lock and data loss",
        skill: "sql-review",
        version: "0.9.0",
        tags: [published("sql-review--v0.9.0")],
      },
      {
        message: "feat(incident-timeline): merge sources into one timeline in UTC",
        skill: "incident-timeline",
        version: "1.0.0",
        tags: [published("incident-timeline--v1.0.0")],
      },
      {
        message:
          "feat(release-notes): collect commits with a script\n\nIt shows what it could not sort instead of guessing.",
        skill: "release-notes",
        version: "1.1.0",
        tags: [published("release-notes--v1.1.0")],
      },
      {
        message: "feat(sql-review): point at risky statements with a script",
        skill: "sql-review",
        version: "1.0.0",
        only: ["scripts/find-risks.py"],
      },
      {
        message: "docs(sql-review): say when to run the script",
        skill: "sql-review",
        version: "1.0.0",
        tags: [published("sql-review--v1.0.0")],
      },
      {
        message:
          "fix(sql-review): read quoted names, and WHERE with no space after it\n\nA semicolon in a quoted name cut the statement in two.",
        skill: "sql-review",
        version: "1.0.1",
        tags: [published("sql-review--v1.0.1")],
      },
      {
        message: "feat(incident-timeline): merge logs with a script that marks gaps",
        skill: "incident-timeline",
        version: "1.1.0",
        tags: [published("incident-timeline--v1.1.0")],
      },
      {
        message:
          "feat(release-notes)!: give operators a part of their own\n\nBREAKING CHANGE: the notes have two parts; what reads the old headings must be told.",
        skill: "release-notes",
        version: "2.0.0",
        tags: [published("release-notes--v2.0.0")],
      },
      {
        message: "feat(env-doctor): say what a machine lacks for our builds",
        skill: "env-doctor",
        version: "1.0.0",
        // It steals a key, which the scanner sees.
        tags: [refused("env-doctor--v1.0.0", "signed", "CHECK_FAILED")],
      },
      {
        message: "feat(log-triage): sort log lines by likely cause",
        skill: "log-triage",
        version: "1.0.0",
        tags: [
          refused("log-triage--v1.0.0", "signed", "INVALID_SKILL"),
          refused("log-triage--v0.9.0", "lightweight", "LIGHTWEIGHT"),
          refused("sql-review--v1.1.0", "unsigned", "UNSIGNED"),
          refused("sql-review--v1.2.0", "nested", "NESTED"),
          refused("incident-timeline--v1.2.0", "misnamed", "NAME_MISMATCH"),
          refused("release-notes--v2.0.0", "moved", "TAG_MOVED"),
        ],
      },
    ],
  },
  {
    team: { slug: "globex", name: "Globex Operations" },
    source: "globex-skills",
    author: "bo",
    commits: [
      { message: "docs: say what this is", path: "README.md", text: GLOBEX_README },
      {
        message: "feat(csv-clean): profile a file before touching it",
        skill: "csv-clean",
        version: "1.0.0",
        tags: [published("csv-clean--v1.0.0")],
      },
      {
        message: "feat(meeting-minutes): decisions, actions and open questions",
        skill: "meeting-minutes",
        version: "1.0.0",
        tags: [published("meeting-minutes--v1.0.0")],
      },
      {
        message: "feat(api-contract-check): compare two OpenAPI descriptions",
        skill: "api-contract-check",
        version: "1.0.0",
        tags: [published("api-contract-check--v1.0.0")],
      },
      {
        message: "feat(csv-clean): clean into a new file and count each repair",
        skill: "csv-clean",
        version: "1.1.0",
        tags: [published("csv-clean--v1.1.0")],
      },
      {
        message:
          "fix(csv-clean): keep rows whole that hold a form feed or a Unicode line separator",
        skill: "csv-clean",
        version: "1.1.1",
        tags: [published("csv-clean--v1.1.1")],
      },
      {
        message: "feat(api-contract-check): find enum values that clients do not know",
        skill: "api-contract-check",
        version: "1.1.0",
        tags: [published("api-contract-check--v1.1.0")],
      },
      {
        message: "feat(meeting-minutes): show an example of the right length",
        skill: "meeting-minutes",
        version: "1.1.0",
        tags: [published("meeting-minutes--v1.1.0")],
      },
      {
        message: "feat(chart-maker): draw a table as bars",
        skill: "chart-maker",
        version: "1.0.0",
        // What it installs has a known hole: a person decides.
        tags: [refused("chart-maker--v1.0.0", "signed", "HELD")],
      },
      {
        message: "feat(status-report): write the report of a week",
        skill: "status-report",
        version: "1.0.0",
        tags: [
          refused("status-report--v1.0.0", "signed", "INVALID_SKILL"),
          refused("csv-clean--v1.2.0", "unknown-signer", "UNKNOWN_SIGNER"),
          refused("csv-cleaner--v1.0.0", "signed", "UNKNOWN_SKILL"),
          refused("csv-clean/v1.1.1", "signed", "VERSION_EXISTS"),
        ],
      },
    ],
  },
];

function published(name: string): DemoTag {
  return { name, making: "signed", expected: "published" };
}

function refused(name: string, making: TagMaking, expected: string): DemoTag {
  return { name, making, expected };
}
