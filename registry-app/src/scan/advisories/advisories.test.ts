import { anything, assert, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { makeDependency, type Dependency, type Ecosystem } from "../dependencies/dependency.ts";
import { BUNDLED_SNAPSHOT } from "./bundled-snapshot.ts";
import { MALICIOUS_ROWS, VULNERABLE_ROWS } from "./bundled-rows.ts";
import { compareIn } from "./compare-versions.ts";
import { matchAdvisories } from "./match-advisories.ts";
import { parseAdvisories } from "./parse-advisories.ts";

function dependency(ecosystem: Ecosystem, spelled: string, version: string | null): Dependency {
  const at = { file: "package.json", line: 1, via: [] };
  const isPinned = version !== null && /^\d/.test(version);
  const made = makeDependency(ecosystem, { spelled, version, isPinned, how: "manifest", at });
  if (made === undefined) throw new Error(`no dependency: ${spelled}`);
  return made;
}

const RECORD = {
  id: "GHSA-0000-0000-0000",
  summary: "A hole\nin it",
  modified: "2026-01-01T00:00:00Z",
  affected: [
    {
      package: { ecosystem: "PyPI", name: "Some_Package" },
      ranges: [
        {
          type: "ECOSYSTEM",
          events: [
            { introduced: "1.0" },
            { fixed: "1.2.3" },
            { introduced: "2.0rc1" },
            { last_affected: "2.0.5" },
          ],
        },
        { type: "GIT", events: [{ introduced: "0" }] },
      ],
      versions: ["0.9.post1"],
    },
  ],
  database_specific: { severity: "HIGH", cwe_ids: [] },
};

describe("PEP 440", () => {
  it("orders versions as pip does", () => {
    const ordered = [
      "1.0.dev1",
      "1.0a1.dev2",
      "1.0a1",
      "1.0b2",
      "1.0rc1",
      "1.0",
      "1.0.post1",
      "1.0.1",
      "1.1",
      "1.10",
      "1!0.1",
    ];
    for (const [at, version] of ordered.entries())
      for (const [other, next] of ordered.entries())
        expect([version, next, Math.sign(compareIn("pypi", version, next) ?? Number.NaN)]).toEqual([
          version,
          next,
          Math.sign(at - other),
        ]);
  });

  it("takes spellings of one version for one version", () => {
    expect(compareIn("pypi", "1.0", "1.0.0")).toBe(0);
    expect(compareIn("pypi", "v1.0-alpha.1", "1.0a1")).toBe(0);
    expect(compareIn("pypi", "1.0-1", "1.0.post1")).toBe(0);
    expect(compareIn("pypi", "1.0+local", "1.0")).toBe(0);
  });

  it("has no order for what is no version", () => {
    expect(compareIn("pypi", "latest", "1.0")).toBeNull();
    expect(compareIn("npm", "latest", "1.0.0")).toBeNull();
  });
});

describe("OSV records", () => {
  it("become advisories with their ranges, and git ranges are left out", () => {
    const { advisories, skipped } = parseAdvisories([RECORD, { nonsense: true }]);
    expect(skipped).toBe(1);
    expect(advisories).toEqual([
      {
        id: "GHSA-0000-0000-0000",
        ecosystem: "pypi",
        package: "some-package",
        kind: "vulnerable",
        severity: "high",
        summary: "A hole in it",
        versions: ["0.9.post1"],
        ranges: [
          { introduced: "1.0", fixed: "1.2.3", lastAffected: null },
          { introduced: "2.0rc1", fixed: null, lastAffected: "2.0.5" },
        ],
      },
    ]);
  });

  it("that were withdrawn, or speak of another ecosystem, say nothing", () => {
    expect(parseAdvisories({ ...RECORD, withdrawn: "2026-01-02T00:00:00Z" })).toEqual({
      advisories: [],
      skipped: 0,
    });
    const other = { id: "X-1", affected: [{ package: { ecosystem: "Maven", name: "a:b" } }] };
    expect(parseAdvisories({ vulns: [other] }).advisories).toEqual([]);
  });

  it("of the malicious packages list are critical", () => {
    const record = {
      id: "MAL-2025-1",
      affected: [
        {
          package: { ecosystem: "npm", name: "Bad" },
          ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }],
        },
      ],
    };
    expect(parseAdvisories(record).advisories).toMatchObject([
      { kind: "malicious", severity: "critical", package: "bad" },
    ]);
  });

  it("of any shape are read or counted, and never throw", () => {
    assert(
      property(anything(), (json) => parseAdvisories(json).skipped >= 0),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("a dependency", () => {
  const { advisories } = parseAdvisories([RECORD]);
  const isHit = (version: string | null) =>
    matchAdvisories([dependency("pypi", "some.package", version)], { takenAt: "", advisories })
      .length > 0;

  it.each([
    ["0.9.post1", true],
    ["0.9", false],
    ["1.0.0", true],
    ["1.2.2", true],
    ["1.2.3", false],
    ["2.0rc1", true],
    ["2.0.5", true],
    ["2.0.6", false],
    [null, false],
    [">=1.0", false],
  ])("of version %s is affected: %s", (version, expected) => {
    expect(isHit(version)).toBe(expected);
  });

  it("without a version is hit by what holds for every version", () => {
    const hits = matchAdvisories(
      [dependency("npm", "flatmap-stream", null), dependency("npm", "chalk", "^5.0.0")],
      BUNDLED_SNAPSHOT,
    );
    expect(hits.map(({ advisory }) => advisory.package)).toEqual(["flatmap-stream"]);
  });
});

describe("the bundled snapshot", () => {
  it("has an advisory for each row, and each has versions that can be compared", () => {
    expect(BUNDLED_SNAPSHOT.advisories).toHaveLength(
      MALICIOUS_ROWS.length + VULNERABLE_ROWS.length,
    );
    for (const { ecosystem, versions, ranges, package: name } of BUNDLED_SNAPSHOT.advisories) {
      const all = [
        ...versions,
        ...ranges.flatMap(({ introduced, fixed, lastAffected }) => [
          introduced,
          fixed ?? "1",
          lastAffected ?? "1",
        ]),
      ];
      for (const version of all.filter((one) => one !== "0" && one !== "1"))
        expect([name, version, compareIn(ecosystem, version, version)]).toEqual([name, version, 0]);
    }
  });

  it.each([
    ["npm", "event-stream", "3.3.6", "malicious"],
    ["npm", "axios", "1.14.1", "malicious"],
    ["npm", "axios", "1.7.0", "vulnerable"],
    ["npm", "json5", "2.2.1", "vulnerable"],
    ["npm", "vm2", "3.9.19", "vulnerable"],
    ["pypi", "pyyaml", "5.3.1", "vulnerable"],
    ["npm", "event-stream", "4.0.1", null],
    ["npm", "json5", "1.0.2", null],
    ["pypi", "litellm", "1.82.6", null],
  ] as const)("%s %s %s: %s", (ecosystem, name, version, kind) => {
    const [hit] = matchAdvisories([dependency(ecosystem, name, version)], BUNDLED_SNAPSHOT);
    expect(hit?.advisory.kind ?? null).toBe(kind);
  });
});
