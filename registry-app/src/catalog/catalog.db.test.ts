import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AssayPort } from "../../../site/src/data/port.ts";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { createDirectoryStore, createPublicFiles, encodeUstar, gzipTar } from "../blobs/index.ts";
import type { TagState, VersionState, Visibility } from "../db/index.ts";
import { ANONYMOUS, SYSTEM, viewerOf, type Viewer } from "../people/index.ts";
import { silentLog, systemClock, systemIds } from "../runtime/index.ts";
import {
  createDownloads,
  createSitePort,
  listLatest,
  evidencePath,
  materialise,
  searchSkills,
  skillDetail,
  skillJsonPath,
  skillSchema,
  sourceSchema,
  sourcesList,
  tagDetail,
  tagDetailSchema,
  tagsOfSource,
  versionDetail,
  versionSchema,
} from "./index.ts";

let test: TestDatabase;
const at = new Date("2026-01-01T00:00:00Z");
const anyone = viewerOf(ANONYMOUS);
const teams: Record<string, string> = {};
const sources: Record<string, string> = {};
const skills: Record<string, string> = {};
const ours = (): Viewer => ({ kind: "limited", teamIds: [teams["acme"] ?? ""], demoOnly: false });
const HOSTILE = `'; DROP TABLE skills; -- <script>alert("x")</script> %_\\ \u202e`;

async function addTeam(slug: string) {
  teams[slug] = systemIds.next();
  const row = { id: teams[slug], slug, name: slug, created_at: at };
  await test.db.insertInto("teams").values(row).execute();
}
async function addSource(slug: string, team: string, visibility: Visibility) {
  sources[slug] = systemIds.next();
  const row = {
    id: sources[slug],
    slug,
    team_id: teams[team] ?? "",
    kind: "hosted",
    visibility,
  } as const;
  await test.db
    .insertInto("sources")
    .values({ ...row, branch: "main", state: "active", created_at: at })
    .execute();
}
async function addTag(source: string, name: string, state: TagState, more: object = {}) {
  const id = systemIds.next();
  await test.db
    .insertInto("tags")
    .values({
      id,
      source_id: sources[source] ?? "",
      name,
      oid: id.replaceAll("-", "").padEnd(40, "0"),
      state,
      in_git: true,
      first_seen_at: at,
      decided_at: at,
      ...more,
    })
    .execute();
  return id;
}
async function addSkill(source: string, team: string, name: string, description: string) {
  const key = `${team}/${name}`;
  skills[key] = systemIds.next();
  const { visibility } = await test.db
    .selectFrom("sources")
    .select("visibility")
    .where("slug", "=", source)
    .executeTakeFirstOrThrow();
  await test.db
    .insertInto("skills")
    .values({
      id: skills[key],
      source_id: sources[source] ?? "",
      team_id: teams[team] ?? "",
      name,
      folder: `skills/${name}`,
      visibility,
      description,
      created_at: at,
      updated_at: at,
    })
    .execute();
}
const tarOf = () =>
  encodeUstar([{ path: "SKILL.md", mode: "100644", bytes: Buffer.from("# Hi\n") }]);
async function addVersion(
  key: string,
  source: string,
  version: string,
  state: VersionState,
  sha256 = "0".repeat(64),
) {
  const id = systemIds.next();
  const name = key.split("/")[1] ?? "";
  const tagName = `${name}--v${version}`;
  const tagId = await addTag(source, tagName, state === "published" ? "published" : "held");
  await test.db
    .insertInto("skill_versions")
    .values({
      id,
      skill_id: skills[key] ?? "",
      tag_id: tagId,
      version,
      is_prerelease: version.includes("-"),
      state,
      tag_name: tagName,
      tag_oid: "1".repeat(40),
      tag_payload_sha256: systemIds.next(),
      commit_oid: "2".repeat(40),
      tree_oid: "3".repeat(40),
      digest: "s1:abc",
      tar_sha256: sha256,
      tar_size_bytes: 1,
      frontmatter: JSON.stringify({ name, "allowed-tools": "Bash(git:*) Read" }),
      description: HOSTILE,
      skill_md: `---\nname: ${name}\n---\n# Title\n\n${HOSTILE}\n`,
      signer_principal: "ada@example.test",
      signer_key: "SHA256:x",
      signer_keys: ["SHA256:x"],
      bump_declared: "first",
      bump_required: "first",
      changelog: JSON.stringify({ from: null, entries: [], markdown: "" }),
      archives: JSON.stringify([{ format: "tar.gz", size: 1, sha256 }]),
      decision: JSON.stringify({ kind: "hold", reasons: ["A scan is incomplete."] }),
      first_seen_at: at,
      decided_at: at,
      published_at: state === "published" ? at : null,
    })
    .execute();
  for (const engine of ["1", "2"]) {
    await test.db
      .insertInto("checks")
      .values({
        version_id: id,
        name: "signature",
        engine_version: engine,
        outcome: engine === "1" ? "block" : "pass",
        created_at: new Date(at.getTime() + Number(engine)),
      })
      .execute();
  }
  const file = { version_id: id, path: "SKILL.md", mode: "100644", size_bytes: 5, sha256 };
  await test.db.insertInto("skill_files").values(file).execute();
  if (state === "published" && !version.includes("-")) {
    const set = { latest_version_id: id };
    await test.db
      .updateTable("skills")
      .set(set)
      .where("id", "=", skills[key] ?? "")
      .execute();
  }
  return id;
}

const home = await mkdtemp(join(tmpdir(), "assay-catalog-"));
const blobs = createDirectoryStore(systemIds, join(home, "blobs"));
const publicFiles = createPublicFiles(systemIds, join(home, "public"));
let published = "";

beforeAll(async () => {
  test = await createTestDatabase();
  for (const team of ["acme", "beta"]) await addTeam(team);
  await addSource("acme-skills", "acme", "public");
  await addSource("acme-secret", "acme", "private");
  await addSource("beta-skills", "beta", "public");
  await addSkill("acme-skills", "acme", "release-notes", "Writes notes from commits");
  await addSkill("acme-skills", "acme", "pdf-forms", HOSTILE);
  await addSkill("acme-secret", "acme", "merger-plans", "Confidential notes");
  await addSkill("beta-skills", "beta", "pdf-forms", "Fills forms in documents");
  await addSkill("beta-skills", "beta", "unborn", "Only held");
  const sha256 = await blobs.put(await gzipTar(tarOf()));
  published = await addVersion("acme/release-notes", "acme-skills", "1.9.0", "published", sha256);
  await addVersion("acme/release-notes", "acme-skills", "1.10.0", "published", sha256);
  await addVersion("acme/release-notes", "acme-skills", "2.0.0", "held", sha256);
  await addVersion("acme/release-notes", "acme-skills", "3.0.0", "candidate", sha256);
  await addVersion("acme/pdf-forms", "acme-skills", "1.0.0", "published", sha256);
  await addVersion("acme/merger-plans", "acme-secret", "1.0.0", "published", sha256);
  await addVersion("beta/pdf-forms", "beta-skills", "1.0.0", "published", sha256);
  await addVersion("beta/unborn", "beta-skills", "1.0.0", "held", sha256);
  const refused = { code: "TAG_MOVED", reason: "It moved.", remedy: "Tag anew.", in_git: false };
  await addTag("acme-skills", "release-notes--v1.9.0", "refused", {
    ...refused,
    first_seen_at: new Date(at.getTime() + 5000),
  });
  await addTag("acme-skills", "group/odd@1.0", "refused", { ...refused, code: "UNSIGNED" });
});
afterAll(async () => test.close());

const names = async (q: string, viewer = anyone, more: object = {}) => {
  const found = await searchSkills(test.db, viewer, { q, page: 1, size: 20, ...more });
  return found.items.map(({ team, name }) => `${team}/${name}`);
};

describe("search", () => {
  it.each([
    ["release-notes", ["acme/release-notes"]],
    ["Release Notes", ["acme/release-notes"]],
    ["rel", ["acme/release-notes"]],
    ["relase-notes", ["acme/release-notes"]],
    ["relese", ["acme/release-notes"]],
    ["commit", ["acme/release-notes"]],
    ["acme/pdf-forms", ["acme/pdf-forms"]],
    ["filling documents", ["beta/pdf-forms"]],
    ["unborn", []],
    ["zzzzqqqq", []],
  ])("for %j finds %j", async (q, expected) => {
    expect(await names(q)).toEqual(expected);
  });

  it.each([
    "'",
    "%",
    "_",
    "\\",
    "a & | ! ( ) :* <->",
    "''';--",
    '"',
    "<b>",
    HOSTILE,
    "é́",
    "\u{1f600}",
    "x ".repeat(100),
  ])("takes %j for words and breaks nothing", async (q) => {
    await expect(names(q)).resolves.toBeInstanceOf(Array);
  });

  it("never shows what is private to those outside, by words, page, total or near name", async () => {
    for (const q of [
      "",
      "merger-plans",
      "merger",
      "mergr-plans",
      "confidential",
      "acme/merger-plans",
    ]) {
      expect(await names(q)).not.toContain("acme/merger-plans");
    }
    const near = await searchSkills(test.db, anyone, { q: "merger-planz", page: 1, size: 20 });
    expect([near.total, near.didYouMean]).toEqual([0, undefined]);
    expect(await names("merger", ours())).toEqual(["acme/merger-plans"]);
    const all = await searchSkills(test.db, anyone, { q: "", page: 1, size: 20 });
    expect(all.total).toBe(3);
  });

  it("tells the true total on a page past the end", async () => {
    const query = { q: "", page: 9, size: 2 };
    expect(await searchSkills(test.db, anyone, query)).toMatchObject({ items: [], total: 3 });
  });
});

describe("details", () => {
  it("of a skill are as the contract says, versions in semver order, candidates absent", async () => {
    const skill = await skillDetail(test.db, anyone, "acme", "release-notes");
    expect(skillSchema.strict().parse(skill)).toEqual(skill);
    expect(skill?.versions.map(({ version }) => version)).toEqual(["2.0.0", "1.10.0", "1.9.0"]);
    expect(skill).toMatchObject({ latest: "1.10.0", checks: { signature: "pass", scan: null } });
  });

  it("of a version are as the contract says; a held one has no file and no archive", async () => {
    const version = await versionDetail(test.db, anyone, "acme", "release-notes", "1.9.0");
    expect(versionSchema.strict().parse(version)).toEqual(version);
    expect(version?.archives).toHaveLength(1);
    const held = await versionDetail(test.db, anyone, "acme", "release-notes", "2.0.0");
    expect(held).toMatchObject({ state: "held", files: [], archives: [] });
    expect(await versionDetail(test.db, anyone, "acme", "release-notes", "3.0.0")).toBeUndefined();
  });

  it("of private things do not exist for outsiders", async () => {
    expect(await skillDetail(test.db, anyone, "acme", "merger-plans")).toBeUndefined();
    expect(await skillDetail(test.db, ours(), "acme", "merger-plans")).toBeDefined();
    expect(
      await tagsOfSource(test.db, anyone, "acme-secret", { page: 1, size: 9 }),
    ).toBeUndefined();
    const list = await sourcesList(test.db, anyone, { page: 1, size: 9 });
    expect(list.items.map(({ source }) => source)).toEqual(["acme-skills", "beta-skills"]);
    expect(list.items.map((one) => sourceSchema.strict().parse(one))).toEqual(list.items);
  });

  it("of a tag tell what was accepted first, and every later attempt with its code", async () => {
    const tag = await tagDetail(test.db, anyone, "acme-skills", "release-notes--v1.9.0");
    expect(tagDetailSchema.strict().parse(tag)).toEqual(tag);
    expect(tag).toMatchObject({ state: "published", became: { version: "1.9.0" } });
    expect(tag?.sightings).toMatchObject([{ code: "TAG_MOVED" }, { state: "published" }]);
    const odd = await tagDetail(test.db, anyone, "acme-skills", "group/odd@1.0");
    expect(odd).toMatchObject({ code: "UNSIGNED", remedy: "Tag anew.", became: null });
  });
});

describe("public files", () => {
  it("hold the JSON of a public skill, byte for byte what the API says, and nothing private", async () => {
    const deps = { db: test.db, publicFiles, evidenceOf: async (id: string) => Buffer.from(id) };
    await materialise(deps, skills["acme/release-notes"] ?? "", published);
    const bytes = await publicFiles.read(skillJsonPath("acme", "release-notes"));
    const json = await skillDetail(test.db, anyone, "acme", "release-notes");
    expect(bytes?.toString()).toBe(JSON.stringify(json));
    const proof = await publicFiles.read(evidencePath("acme", "release-notes", "1.9.0"));
    expect(String(proof)).toBe(published);
    const secret = await versionIdOf("acme/merger-plans");
    await materialise(deps, skills["acme/merger-plans"] ?? "", secret);
    expect(await publicFiles.read(skillJsonPath("acme", "merger-plans"))).toBeUndefined();
  });

  it("count downloads in batches, and forget none that could not be written", async () => {
    const deps = { db: test.db, publicFiles, clock: systemClock, log: silentLog };
    const downloads = createDownloads(deps, 60_000);
    const one = { team: "acme", name: "release-notes", version: "1.9.0", format: "zip" } as const;
    for (const version of ["1.9.0", "1.10.0", "0.0.0"]) downloads.record({ ...one, version });
    await downloads.stop();
    const bytes = await publicFiles.read(skillJsonPath("acme", "release-notes"));
    expect(JSON.parse(String(bytes))).toMatchObject({ downloads: 2 });
  });
});

describe("install indexes", () => {
  it("list the latest of each public skill, equal names once", async () => {
    const latest = await listLatest(test.db, anyone);
    expect(latest.map(({ name, version }) => `${name}@${version}`)).toEqual([
      "pdf-forms@1.0.0",
      "release-notes@1.10.0",
    ]);
  });
});

// The annotation is a test of its own: the site's port and ours are one shape.
const port = (viewer: Viewer): Omit<AssayPort, "mayRunEvals" | "runEvals"> => {
  const absent = async () => Promise.reject(new Error("this test has no law"));
  const law = { view: absent, history: absent };
  const parts = { codes: () => [], rules: [], signersOf: async () => [], law };
  return createSitePort({ ...parts, db: test.db, blobs, clock: systemClock }, viewer);
};

describe("pages", () => {
  it("show text, files and commands of what is published", async () => {
    const page = await port(anyone).versionPage("acme", "release-notes", "1.10.0");
    expect(page).toMatchObject({
      previous: "1.9.0",
      versionCount: 3,
      allowedTools: ["Bash(git:*)", "Read"],
      install: { scope: "/s/acme/release-notes@1.10.0", gitTag: "release-notes--v1.10.0" },
      text: { kind: "shown", headings: [{ depth: 2, id: "md-title", text: "Title" }] },
    });
    expect(JSON.stringify(page?.text)).not.toContain("<script");
    const file = await port(anyone).fileView("acme", "release-notes", "1.10.0", "SKILL.md");
    expect(file).toMatchObject({ kind: "text", text: "# Hi\n" });
  });

  it("withhold what is held, and say why", async () => {
    const page = await port(anyone).versionPage("acme", "release-notes", "2.0.0");
    expect(page?.text).toEqual({ kind: "withheld", because: "A scan is incomplete." });
    expect(page?.install).toMatchObject({ scope: null, git: null });
    expect(await port(anyone).fileView("acme", "release-notes", "2.0.0", "SKILL.md")).toBeNull();
  });

  it("answer for what is private, absent or no text at all with nothing", async () => {
    expect(await port(anyone).skillPage("acme", "merger-plans")).toBeNull();
    expect(await port(anyone).skillPage("acme", "a\0b")).toBeNull();
    expect(await port(anyone).tagPage("acme-skills", "\0")).toBeNull();
    const blank = { q: "\0", page: 1, size: 5, sort: "name" } as const;
    expect((await port(anyone).searchSkills(blank)).total).toBe(3);
    const team = await port(anyone).teamPage("acme");
    expect(team?.skills.map(({ name }) => name)).toEqual(["pdf-forms", "release-notes"]);
    expect(team?.sources.map(({ slug }) => slug)).toEqual(["acme-skills"]);
  });

  it("count on the front page only what the viewer may see", async () => {
    expect((await port(anyone).overview()).counts).toMatchObject({
      skills: 3,
      sources: 2,
      refused: 2,
    });
    expect((await port(viewerOf(SYSTEM)).overview()).counts).toMatchObject({
      skills: 4,
      sources: 3,
    });
  });
});

async function versionIdOf(key: string): Promise<string> {
  const row = await test.db
    .selectFrom("skill_versions")
    .select("id")
    .where("skill_id", "=", skills[key] ?? "")
    .executeTakeFirstOrThrow();
  return row.id;
}
