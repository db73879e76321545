import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import type { VersionState } from "../db/index.ts";
import { ANONYMOUS, viewerOf } from "../people/index.ts";
import { systemIds } from "../runtime/index.ts";
import type { Capability, ScanFinding, ScanReport } from "../scan/index.ts";
import { scanDetail, scanSarif, scanSchema } from "./index.ts";
import { readVersionPage } from "./pages/skill-pages.ts";
import { readTagPage } from "./pages/source-pages.ts";

let test: TestDatabase;
const at = new Date("2026-01-01T00:00:00Z");
const anyone = viewerOf(ANONYMOUS);
const [team, source] = [systemIds.next(), systemIds.next()];
const skills: Record<string, string> = {};

const ability = (kind: string, detail: string): Capability => {
  return { kind, detail, isDeclared: false, file: "run.sh", line: 1 };
};
const FINDING: ScanFinding = {
  rule: "exfiltration.example",
  category: "exfiltration",
  severity: "high",
  confidence: "flow",
  file: "run.sh",
  line: 2,
  message: "A key is sent away.",
  evidence: "SECRET-WORDS",
  remedy: "Do not.",
  why: "Keys open doors.",
  owasp: ["AST01"],
  isIndicator: false,
  chain: [{ what: "reads a key", file: "run.sh", line: 1, evidence: "SECRET-WORDS" }],
  points: 20,
  fingerprint: "f",
};
const reportOf = (capabilities: readonly Capability[]): ScanReport => ({
  verdict: "block",
  risk: "high",
  score: 80,
  capabilities,
  findings: [FINDING],
  coverage: { files: 2, analysed: 2, gaps: [], advisories: { takenAt: null, isStale: false } },
  engine: { version: "1", rules: "0" },
});

beforeAll(async () => {
  test = await createTestDatabase();
  const { db } = test;
  await db
    .insertInto("teams")
    .values({ id: team, slug: "acme", name: "acme", created_at: at })
    .execute();
  await db
    .insertInto("sources")
    .values({
      id: source,
      slug: "acme-skills",
      team_id: team,
      kind: "hosted",
      visibility: "public",
      branch: "main",
      state: "active",
      created_at: at,
    })
    .execute();
  await addSkill("open", "public");
  await addSkill("closed", "private");
  const before = [ability("network", "one.example")];
  await addVersion("open", "1.0.0", "published", before);
  await addVersion("open", "1.1.0", "published", [...before, ability("network", "two.example")]);
  await addVersion("open", "2.0.0", "held", [...before, ability("install", "SECRET-WORDS")]);
  await addVersion("open", "3.0.0", "refused", before);
  await addVersion("closed", "1.0.0", "published", before);
});
afterAll(() => test.close());

async function addSkill(name: string, visibility: "public" | "private") {
  const id = (skills[name] = systemIds.next());
  await test.db
    .insertInto("skills")
    .values({
      id,
      source_id: source,
      team_id: team,
      name,
      folder: `skills/${name}`,
      visibility,
      description: name,
      created_at: at,
      updated_at: at,
    })
    .execute();
}

async function addVersion(
  name: string,
  version: string,
  state: VersionState,
  abilities: readonly Capability[],
) {
  const [id, tagId] = [systemIds.next(), systemIds.next()];
  const tag = `${name}--v${version}`;
  await test.db
    .insertInto("tags")
    .values({
      id: tagId,
      source_id: source,
      name: tag,
      oid: tagId.replaceAll("-", "").padEnd(40, "0"),
      state: state === "refused" ? "refused" : "published",
      in_git: true,
      first_seen_at: at,
      decided_at: at,
    })
    .execute();
  await test.db
    .insertInto("skill_versions")
    .values({
      id,
      skill_id: skills[name] ?? "",
      tag_id: tagId,
      version,
      is_prerelease: false,
      state,
      tag_name: tag,
      tag_oid: "1".repeat(40),
      tag_payload_sha256: systemIds.next(),
      commit_oid: "2".repeat(40),
      tree_oid: "3".repeat(40),
      digest: "s1:abc",
      tar_sha256: "0".repeat(64),
      tar_size_bytes: 1,
      frontmatter: "{}",
      description: name,
      skill_md: "# Hi\n",
      signer_principal: "ada@example.test",
      signer_key: "SHA256:x",
      signer_keys: ["SHA256:x"],
      bump_declared: "first",
      bump_required: "first",
      changelog: JSON.stringify({ from: null, entries: [], markdown: "" }),
      archives: "[]",
      first_seen_at: at,
      decided_at: at,
      published_at: state === "published" ? at : null,
    })
    .execute();
  await addScan(id, "old", reportOf(abilities), false);
  await addScan(id, "new", { ...reportOf([]), score: 1 }, true);
  const { rule, severity, message, file, line } = FINDING;
  await test.db
    .insertInto("findings")
    .values({
      id: systemIds.next(),
      version_id: id,
      check_name: "scan",
      rule,
      severity,
      message,
      file,
      line,
      column: 1,
      fix: "Do not.",
    })
    .execute();
}

async function addScan(versionId: string, engine: string, report: ScanReport, isShadow: boolean) {
  await test.db
    .insertInto("security_scans")
    .values({
      version_id: versionId,
      engine,
      engine_version: "1",
      rules_digest: "0",
      advisories_at: null,
      verdict: report.verdict,
      risk: report.risk,
      score: report.score,
      report: JSON.stringify(report),
      report_digest: "0",
      is_shadow: isShadow,
      created_at: at,
      finished_at: new Date(at.getTime() + (isShadow ? 5_000 : 0)),
    })
    .execute();
}

const deps = () => ({ db: test.db, findWaivers: async () => [], rules: [] });
const wanted = (name: string, version: string) => ({ team: "acme", name, version });

describe("the scan of a version", () => {
  it("is whole for what is served, and what a newer engine only tries does not count", async () => {
    const scan = scanSchema.parse(await scanDetail(test.db, anyone, wanted("open", "1.1.0")));
    expect(scan).toMatchObject({ score: 80, findings: [{ evidence: "SECRET-WORDS" }] });
    expect(JSON.stringify(await scanSarif(deps(), anyone, wanted("open", "1.1.0")))).toContain(
      "skills/open/run.sh",
    );
  });

  it("tells of what is held where and what was found, and no word of its text", async () => {
    const scan = await scanDetail(test.db, anyone, wanted("open", "2.0.0"));
    expect(scan?.findings).toMatchObject([{ file: "run.sh", line: 2, evidence: "" }]);
    expect(scan?.capabilities.map(({ kind, detail }) => [kind, detail])).toEqual([
      ["network", null],
      ["install", null],
    ]);
    const shown = [
      scan,
      await scanSarif(deps(), anyone, wanted("open", "2.0.0")),
      await readVersionPage(test.db, anyone, "acme", "open", "2.0.0"),
    ];
    expect(JSON.stringify(shown)).not.toContain("SECRET-WORDS");
  });

  it("does not exist for who may not see the version, nor for one that was refused", async () => {
    for (const one of [wanted("closed", "1.0.0"), wanted("open", "3.0.0")]) {
      expect(await scanDetail(test.db, anyone, one)).toBeUndefined();
      expect(await scanSarif(deps(), anyone, one)).toBeUndefined();
    }
  });

  it("shows on its page what the version before was not able to do", async () => {
    const page = await readVersionPage(test.db, anyone, "acme", "open", "1.1.0");
    expect(page?.newAbilities?.map(({ detail }) => detail)).toEqual(["two.example"]);
    const first = await readVersionPage(test.db, anyone, "acme", "open", "1.0.0");
    expect(first?.newAbilities).toBeNull();
  });

  it("tells on the page of a refused tag what was found, and where", async () => {
    const page = await readTagPage(test.db, anyone, "acme-skills", "open--v3.0.0");
    expect(page?.sightings[0]?.findings).toEqual([
      {
        rule: FINDING.rule,
        severity: "high",
        message: FINDING.message,
        file: "run.sh",
        line: 2,
        fix: "Do not.",
      },
    ]);
    const published = await readTagPage(test.db, anyone, "acme-skills", "open--v1.0.0");
    expect(published?.sightings[0]?.findings).toEqual([]);
  });
});
