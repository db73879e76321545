import { createHash } from "node:crypto";
import type {
  Checks,
  FileFact,
  SkillItem,
  Timestamp,
  VersionLine,
  VersionPage,
} from "../src/data/port.ts";
import { NEW_ABILITIES, scanOf } from "./fixture-scan.ts";

/** The moment at which every page of the tests is made. */
export const NOW = new Date("2026-11-22T20:42:00Z");

export function ago(minutes: number): Timestamp {
  return new Date(NOW.getTime() - minutes * 60_000).toISOString();
}

export function hexOf(text: string, length = 64): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

export function digestOf(text: string): string {
  return `s1:${createHash("sha256").update(text).digest("base64")}`;
}

export const SIGNED: Checks = { signature: "pass", validation: "pass", scan: null, evals: null };
const REMARKED: Checks = { signature: "pass", validation: "review", scan: null, evals: null };
const FULL: Checks = { signature: "pass", validation: "pass", scan: "review", evals: "pass" };

type Seed = readonly [team: string, name: string, latest: string, description: string];
const SEEDS: readonly Seed[] = [
  [
    "acme",
    "pdf-forms",
    "1.4.0",
    "Fill and flatten PDF forms. Use when a form has to be completed from data, checked against its field names, or frozen before it is sent.",
  ],
  [
    "acme",
    "release-notes",
    "2.1.3",
    "Write release notes from merged pull requests, grouped by what a reader can do now. Use before tagging a release.",
  ],
  [
    "acme",
    "sql-review",
    "0.9.0",
    "Review SQL migrations for locks, missing indexes and data loss. Use on every file under migrations/.",
  ],
  [
    "platform",
    "incident-timeline",
    "3.0.1",
    "Turn chat exports and alerts into a minute-by-minute incident timeline with sources. Use during or after an incident.",
  ],
  [
    "platform",
    "terraform-plan-reader",
    "1.2.0",
    "Explain a Terraform plan in words: what is created, changed and destroyed, and what cannot be undone.",
  ],
  [
    "design",
    "alt-text",
    "1.0.2",
    "Write alternative text that says what an image is for. Use for every image that carries meaning.",
  ],
  [
    "data",
    "csv-to-parquet",
    "0.4.1",
    "Convert CSV exports to Parquet with a checked schema, keeping leading zeros, dates and empty cells as they were.",
  ],
  [
    "legal",
    "contract-redlines",
    "1.1.0",
    "Compare two contract drafts clause by clause and list what changed in obligation, term and liability.",
  ],
  [
    "acme",
    "a-skill-with-a-name-that-is-as-long-as-the-specification-allows",
    "10.20.30-rc.1",
    "Checks that a name of sixty-four characters, the longest that the specification allows, wraps well everywhere.",
  ],
  [
    "research",
    "ליטוש",
    "1.0.0",
    "שם מימין לשמאל: a description that begins right to left and ends in English.",
  ],
  [
    "security",
    "<script>alert(1)</script>",
    "1.0.0",
    "\"><img src=x onerror=alert(1)> '; DROP TABLE skills; -- and \u202Eevil.exe\u202C in one description.",
  ],
  [
    "data",
    "metric-definitions",
    "5.2.0",
    "Answer what a metric means, who owns it and which table it comes from, before anybody plots it.",
  ],
];

function seeded([team, name, latest, description]: Seed, index: number): SkillItem {
  return {
    team,
    name,
    description,
    latest: index === 9 ? null : latest,
    checks:
      index === 9
        ? { signature: null, validation: null, scan: null, evals: null }
        : index === 3
          ? FULL
          : index % 5 === 2
            ? REMARKED
            : SIGNED,
    digest: index === 9 ? null : digestOf(`${team}/${name}@${latest}`),
    score: null,
    downloads: Math.round(12_040 / (index + 1)),
    updatedAt: ago(4 + index * index * 170),
  };
}

const VERBS = ["review", "draft", "sort", "compare", "explain", "extract", "check", "plan"];
const THINGS = [
  "invoices",
  "schemas",
  "tickets",
  "dashboards",
  "policies",
  "tests",
  "logs",
  "briefs",
];

/** As many rows as asked for, the hand-written ones first. */
export function catalogue(rows: number): SkillItem[] {
  const made = Array.from({ length: Math.max(0, rows - SEEDS.length) }, (_, index) => {
    const verb = VERBS[index % VERBS.length];
    const thing = THINGS[Math.floor(index / VERBS.length) % THINGS.length];
    return seeded(
      [
        "data",
        `${verb}-${thing}-${index}`,
        `1.${index % 9}.0`,
        `Helps to ${verb} ${thing} in the way the team agreed on, with a checklist and one worked example. Use when ${thing} arrive.`,
      ],
      index + 20,
    );
  });
  return [...SEEDS.map(seeded), ...made].slice(0, rows);
}

const README = `<h1 id="pdf-forms">PDF forms</h1>
<p>Fill a form from data, check that every field was met, and flatten the result so that it prints the same everywhere.</p>
<h2 id="steps">Steps</h2>
<ol><li>List the fields: <code>python scripts/fields.py form.pdf</code></li><li>Map them to the data. Ask when a required field has no value; never invent one.</li><li>Fill and flatten: <code>python scripts/fill.py form.pdf data.json out.pdf</code></li></ol>
<h2 id="example">Example</h2>
<pre><code class="language-sh">python scripts/fields.py w9.pdf --json | head -3
python scripts/fill.py w9.pdf ada.json w9-ada.pdf --flatten --strict --report w9-ada.report.json
</code></pre>
<h2 id="field-types">Field types</h2>
<table><thead><tr><th>Type</th><th>Value</th><th>When it is empty</th></tr></thead><tbody><tr><td>text</td><td>string, cut at the field's limit with a warning</td><td>left empty</td></tr><tr><td>checkbox</td><td>true or false</td><td>false</td></tr><tr><td>choice</td><td>one of the listed options</td><td>an error</td></tr></tbody></table>
<h3 id="signatures">Signatures</h3>
<p>Signature fields are left alone. A signed document is refused, because flattening would break its signature.</p>
<blockquote><p>Keep the original. The filled copy is a new file, always.</p></blockquote>
<h2 id="limits">Limits</h2>
<ul><li>XFA forms are not read; convert them first.</li><li>Files above 50 MB are refused.</li></ul>`;

const FILE_SIZES: readonly (readonly [path: string, size: number, mode?: string])[] = [
  ["SKILL.md", 2981],
  ["references/field-types.md", 6120],
  ["scripts/fields.py", 1840],
  ["scripts/fill.py", 7312, "100755"],
  ["assets/blank.pdf", 48_211],
  ["evals/evals.json", 1422],
  ["references/evil\u202Efdp.md", 88],
];

const FILES: readonly FileFact[] = FILE_SIZES.map(([path, size, mode]) => ({
  path,
  size,
  mode: mode ?? "100644",
  sha256: hexOf(path),
}));

export function versionLines(item: SkillItem): VersionLine[] {
  if (item.latest === null) return [lineOf(item, "1.0.0", "held", 30)];
  if (item.name !== "pdf-forms") return [lineOf(item, item.latest, "published", 400)];
  const numbers = ["1.5.0-rc.1", "1.4.0", "1.3.2", "1.3.1", "1.3.0", "1.2.0", "1.1.0", "1.0.0"];
  const states = { "1.5.0-rc.1": "held", "1.3.1": "yanked", "1.2.0": "quarantined" } as const;
  return numbers.map((number, index) =>
    lineOf(
      item,
      number,
      Object.entries(states).find(([key]) => key === number)?.[1] ?? "published",
      4 + index * 9000,
    ),
  );
}

function lineOf(
  item: SkillItem,
  version: string,
  state: VersionLine["state"],
  minutes: number,
): VersionLine {
  return {
    version,
    state,
    publishedAt: state === "held" ? null : ago(minutes),
    digest: digestOf(`${item.team}/${item.name}@${version}`),
    checks: SIGNED,
    isPrerelease: version.includes("-"),
  };
}

export function versionPageOf(item: SkillItem, line: VersionLine): VersionPage {
  const { team, name } = item;
  const lines = versionLines(item);
  const path = `/api/v1/skills/${team}/${name}/versions/${line.version}`;
  const isServed = line.state === "published" || line.state === "yanked";
  const older = lines[lines.indexOf(lines.find((one) => one.version === line.version) ?? line) + 1];
  return {
    team,
    name,
    description: item.description,
    skill: {
      visibility: "public",
      owner: team,
      source: `${team}-skills`,
      license: "Apache-2.0",
      compatibility: "Python 3.11 or newer",
      latest: item.latest,
      score: null,
      downloads: item.downloads,
    },
    version: line.version,
    isPrerelease: line.isPrerelease,
    state: line.state,
    tag: `${name}--v${line.version}`,
    tagOid: hexOf(`${name}${line.version}tag`, 40),
    commit: hexOf(`${name}${line.version}commit`, 40),
    tree: hexOf(`${name}${line.version}tree`, 40),
    digest: line.digest,
    signer: {
      principal: `ada@${team}.example`,
      key: "SHA256:9f3Hq0c1WbYkzL4mXv7tR2sPdEoUiJnG5aQxTfBhKyM",
    },
    firstSeenAt: ago(5),
    publishedAt: line.publishedAt,
    bump: { declared: older ? "minor" : "first", required: older ? "major" : "none" },
    changelog: {
      from: older?.version ?? null,
      entries: [
        {
          type: "feat",
          scope: "pdf-forms",
          subject: "flatten in place with --flatten",
          breaking: false,
          commit: hexOf("c1", 40),
          author: "Ada Moreau",
        },
        {
          type: "feat",
          scope: "pdf-forms",
          subject: "the report names each field that was cut, and --strict makes that an error",
          breaking: true,
          commit: hexOf("c2", 40),
          author: "Ada Moreau",
        },
        {
          type: "fix",
          scope: null,
          subject: "checkboxes whose on-value is not Yes (#214)",
          breaking: false,
          commit: hexOf("c3", 40),
          author: "Tomás Fährmann",
        },
        {
          type: "chore",
          scope: null,
          subject: "pin pypdf <b>5.1</b>",
          breaking: false,
          commit: hexOf("c4", 40),
          author: "renovate[bot]",
        },
      ],
    },
    checks: [
      {
        name: "signature",
        outcome: "pass",
        summary: `ed25519 signature by ada@${team}.example, allowed for ${team}/* since 3 March 2026.`,
        engineVersion: "trust 1",
        finishedAt: ago(4),
      },
      {
        name: "validation",
        outcome: line.checks.validation,
        summary: "SKILL.md and 7 files follow the specification, with 1 remark.",
        engineVersion: "skill 1",
        finishedAt: ago(4),
      },
      {
        name: "scan",
        outcome: scanOf(line.state).verdict,
        summary: "1 finding",
        engineVersion: "1.0.0+9d3f9c1ac6eb",
        finishedAt: ago(4),
      },
    ],
    findings: [
      {
        check: "validation",
        rule: "body.interpreter",
        severity: "warning",
        message:
          "scripts/fill.py is executable and called directly; some clients lose the executable bit.",
        file: "SKILL.md",
        line: 14,
        column: 3,
        fix: "Call it through its interpreter: python scripts/fill.py",
      },
    ],
    scan: scanOf(line.state),
    newAbilities: isServed && older !== undefined ? NEW_ABILITIES : null,
    decision:
      line.state === "held"
        ? {
            kind: "hold",
            reasons: ["A prerelease of this team is held until two members approve it; one has."],
            decidedAt: ago(4),
            remedy: `npx assay approve ${team}/${name}@${line.version} --reason 'WHY IT MAY BE PUBLISHED'`,
          }
        : {
            kind: "publish",
            reasons: [
              "Signature passed.",
              "Validation passed with 1 remark; policy publishes remarks.",
              "Evals are not required by policy.",
            ],
            decidedAt: ago(4),
            remedy: null,
          },
    files: isServed ? FILES : [],
    archives: isServed
      ? [
          { format: "tar.gz", size: 21_944, sha256: hexOf("tgz"), href: `${path}/archive.tar.gz` },
          { format: "zip", size: 23_310, sha256: hexOf("zip"), href: `${path}/archive.zip` },
        ]
      : [],
    text: isServed
      ? {
          kind: "shown",
          html: README,
          headings: [
            { depth: 1, id: "pdf-forms", text: "PDF forms" },
            { depth: 2, id: "steps", text: "Steps" },
            { depth: 2, id: "example", text: "Example" },
            { depth: 2, id: "field-types", text: "Field types" },
            { depth: 3, id: "signatures", text: "Signatures" },
            { depth: 2, id: "limits", text: "Limits" },
          ],
        }
      : {
          kind: "withheld",
          because: `This version is ${line.state}; its content is shown to members of ${team} only.`,
        },
    install: {
      scope: isServed ? `/s/${team}/${name}@${line.version}` : null,
      git: isServed ? `/git/s/${team}/${name}.git` : null,
      gitTag: `${name}--v${line.version}`,
    },
    allowedTools: ["Read", "Write", "Bash(python:*)"],
    previous: older?.version ?? null,
    recent: lines.slice(0, 10),
    versionCount: lines.length,
  };
}
