import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findDiskSkills, readDiskSkill } from "../../bin/author/skill-on-disk.ts";
import { runCli } from "./run-cli.ts";

const PROCESS_MS = 60_000;
const GOOD =
  "---\nname: good\ndescription: Does good. Use when good is asked for.\n---\n\nDo it.\n";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-lint-"));
  await writeSkill("source/skills/good", GOOD);
  await writeSkill("source/skills/group/bad", "---\nname: bad\n---\n");
  await mkdir(join(root, "empty"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function writeSkill(dir: string, text: string): Promise<string> {
  const path = join(root, dir);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "SKILL.md"), text);
  return path;
}

describe("lint", () => {
  it(
    "prints one line a skill of a source, `dir` being argument and sub path, and ends with 1 for a bad one",
    async () => {
      const run = await runCli(["lint", "source/", "--json"], { cwd: root });
      expect(run.code).toBe(1);
      expect(run.lines()).toMatchObject([
        { dir: "source/skills/good", valid: true, publishable: true, name: "good" },
        {
          dir: "source/skills/group/bad",
          valid: false,
          publishable: false,
          findings: expect.arrayContaining([
            expect.objectContaining({ severity: "error", file: "SKILL.md", line: 1, column: 1 }),
          ]),
        },
      ]);
    },
    PROCESS_MS,
  );

  it(
    "echoes a skill's folder as it was given, and judges the others when one is not there",
    async () => {
      const args = ["lint", "./source/skills/good/", "nowhere", "empty", "--json"];
      const run = await runCli(args, { cwd: root });
      expect(run.code).toBe(2);
      expect(run.stderr).toContain("nowhere is not a folder");
      expect(run.lines()).toMatchObject([
        { dir: "./source/skills/good/", publishable: true },
        { dir: "empty", valid: false, name: null, findings: [{ rule: "skill.missing" }] },
      ]);
    },
    PROCESS_MS,
  );

  it(
    "takes fields of known clients for errors under the profile of the specification only",
    async () => {
      const field = GOOD.replace("name: good", "name: field\nmodel: opus");
      const dir = await writeSkill("field", field);
      expect(await runCli(["lint", dir])).toMatchObject({ code: 0 });
      expect(await runCli(["lint", dir, "--profile", "spec"])).toMatchObject({ code: 1 });
      expect(await runCli(["lint", dir, "--profile", "odd"])).toMatchObject({ code: 2 });
    },
    PROCESS_MS,
  );

  it(
    "writes a finding as file:line:column, rule and fix for people",
    async () => {
      const run = await runCli(["lint", "source/skills/group/bad"], { cwd: root });
      expect(run.stdout).toMatch(/^source\/skills\/group\/bad: not publishable/);
      expect(run.stdout).toMatch(/bad\/SKILL\.md:\d+:\d+ {2}error {2}.+\[[a-z.-]+\]\n {6}fix: /);
    },
    PROCESS_MS,
  );

  it(
    "rewrites with --fix what a machine may decide, says what, and keeps the file's mode and neighbours",
    async () => {
      const flow = GOOD.replace("name: good", "name: other\ntags: [a, b]");
      const dir = await writeSkill("fixed/good", flow);
      await writeFile(join(dir, "notes.md"), "kept\n");
      await chmod(join(dir, "SKILL.md"), 0o640);
      const run = await runCli(["lint", "fixed/good", "--fix", "--json"], { cwd: root });
      expect(run.code).toBe(0);
      expect(run.lines()).toMatchObject([
        {
          publishable: true,
          fixed: ["set name to the folder's, good", "wrote flow lists and mappings as lines"],
        },
      ]);
      const text = await readFile(join(dir, "SKILL.md"), "utf8");
      expect(text).toBe(GOOD.replace("name: good\n", "name: good\ntags:\n  - a\n  - b\n"));
      expect((await stat(join(dir, "SKILL.md"))).mode & 0o777).toBe(0o640);
      expect((await readdir(dir)).toSorted()).toEqual(["SKILL.md", "notes.md"]);
      const again = await runCli(["lint", "fixed/good", "--fix", "--json"], { cwd: root });
      expect(again.lines()).toMatchObject([{ fixed: [] }]);
    },
    PROCESS_MS,
  );
});

describe("reading a skill's folder from disk", () => {
  it("reports links and nested repos without following them, and leaves pipes and .git out", async () => {
    const dir = await writeSkill("odd", GOOD);
    await mkdir(join(dir, ".git"));
    await writeFile(join(dir, ".git", "config"), "");
    await mkdir(join(dir, "nested", ".git"), { recursive: true });
    await writeFile(join(dir, "nested", "file"), "");
    await symlink("/etc/passwd", join(dir, "link"));
    await symlink("..", join(dir, "loop"));
    await writeFile(join(dir, "run.sh"), "");
    await chmod(join(dir, "run.sh"), 0o755);
    const entries = readDiskSkill(dir).map(({ path, mode }) => [path, mode]);
    expect(entries.toSorted()).toEqual([
      ["SKILL.md", "100644"],
      ["link", "120000"],
      ["loop", "120000"],
      ["nested", "160000"],
      ["run.sh", "100755"],
    ]);
  });

  it("survives names that are not UTF-8 and a SKILL.md that is a link", async () => {
    const dir = join(root, "bytes");
    await mkdir(dir);
    await writeFile(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0x66, 0xff])]), "x");
    await symlink("/dev/zero", join(dir, "SKILL.md"));
    const entries = readDiskSkill(dir);
    expect(entries.map(({ path, mode }) => [path, mode]).toSorted()).toEqual([
      ["SKILL.md", "120000"],
      ["f\ufffd", "100644"],
    ]);
  });

  it("never keeps the bytes of a large file", async () => {
    const dir = await writeSkill("large", GOOD);
    await writeFile(join(dir, "data.bin"), Buffer.alloc(2 * 1024 * 1024));
    await writeFile(join(dir, "SKILL.md"), Buffer.alloc(2 * 1024 * 1024, "a"));
    for (const { size, bytes } of readDiskSkill(dir)) {
      expect(size).toBe(2 * 1024 * 1024);
      expect(bytes).toBeUndefined();
    }
  });

  it("takes the root of a repo with one skill for a source whose tag gives the name", async () => {
    const dir = await writeSkill("repo", GOOD);
    await mkdir(join(dir, ".git"));
    expect(findDiskSkills(dir)).toEqual([{ dir, path: dir, dirName: undefined }]);
    await cp(join(root, "source", "skills"), join(dir, "skills"), { recursive: true });
    expect(findDiskSkills(dir)?.map((skill) => skill.dir)).toEqual([
      `${dir}/skills/good`,
      `${dir}/skills/group/bad`,
    ]);
  });
});
