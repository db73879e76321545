import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOsvServer, type OsvServer } from "../fakes/osv-server.ts";
import { runCli } from "./run-cli.ts";

const PROCESS_MS = 60_000;
const RULE = "supply-chain.malicious-version";
let root: string;
let osv: OsvServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-advisories-"));
  osv = await startOsvServer([
    {
      id: "MAL-2026-77",
      summary: "Sends the environment away",
      affected: [{ package: { ecosystem: "PyPI", name: "quiet-parser" }, versions: ["3.1.0"] }],
    },
  ]);
  await writeSkill("skills/parse", {
    "requirements.txt": "quiet-parser==3.1.0\nrequests==2.32.3\n",
    "package.json": '{"dependencies": {"left-pad": "^1.3.0", "own": "file:../own"}}\n',
  });
  await writeSkill("skills/plain", {});
});
afterAll(async () => {
  await osv.close();
  await rm(root, { recursive: true, force: true });
});

async function writeSkill(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  const name = dir.split("/").at(-1) ?? "";
  const text = `---\nname: ${name}\ndescription: Parses reports. Use when asked to.\n---\n\nSay hello.\n`;
  await mkdir(join(root, dir), { recursive: true });
  for (const [file, content] of Object.entries({ "SKILL.md": text, ...files }))
    await writeFile(join(root, dir, file), content);
}
const assay = (...args: string[]) => runCli(args, { cwd: root });
const fetchTo = (file: string, ...args: string[]) =>
  assay("advisories", "fetch", "--output", file, "--osv", osv.url, ...args);

describe("advisories that are fetched", () => {
  it(
    "make a scan know what it did not, and it is said that names left the machine",
    async () => {
      const before = await assay("scan", "skills/parse", "--json");
      expect(before.stdout).not.toContain(RULE);
      const fetched = await fetchTo("known.json", ".");
      expect(fetched).toMatchObject({ code: 0, stderr: "" });
      expect(fetched.stdout).toBe(
        `2 skills read, OSV at ${osv.url} asked about 3 packages, whose names and versions left this machine; 1 advisory in known.json.\n`,
      );
      expect(osv.asked.map((one) => [one.package.name, one.version]).toSorted()).toEqual([
        ["left-pad", undefined],
        ["quiet-parser", "3.1.0"],
        ["requests", "2.32.3"],
      ]);
      const after = await assay("scan", "skills/parse", "--json", "--advisories", "known.json");
      expect(after.lines()).toMatchObject([{ verdict: "block" }]);
      expect(after.stdout).toContain(RULE);
    },
    PROCESS_MS,
  );

  it(
    "are none for a skill that names no package: nobody is asked, and the file can be read",
    async () => {
      const before = osv.requests();
      const fetched = await fetchTo("none.json", "skills/plain", "--json");
      expect([fetched.code, fetched.lines()]).toEqual([
        0,
        [
          {
            file: "none.json",
            osv: osv.url,
            packages: 0,
            skills: 1,
            advisories: 0,
            unread: 0,
          },
        ],
      ]);
      expect(osv.requests()).toBe(before);
      const scanned = await assay("scan", "skills/plain", "--advisories", "none.json");
      expect(scanned).toMatchObject({ code: 0, stderr: "" });
    },
    PROCESS_MS,
  );

  it(
    "leave the list of before as it is, and nothing beside it, when OSV does not answer",
    async () => {
      await writeFile(join(root, "kept.json"), "of yesterday");
      const args = ["--output", "kept.json", "skills/parse"];
      const failed = await assay("advisories", "fetch", ...args, "--osv", "http://127.0.0.1:1");
      expect(failed).toMatchObject({ code: 2, stdout: "" });
      expect(failed.stderr).toMatch(
        /gave no answer that can be used: .+\. kept\.json is as it was/,
      );
      expect(await readFile(join(root, "kept.json"), "utf8")).toBe("of yesterday");
      expect((await readdir(root)).filter((name) => name.startsWith("kept"))).toEqual([
        "kept.json",
      ]);
    },
    PROCESS_MS,
  );

  it.each<[string, readonly string[], RegExp]>([
    ["without a file to write", [".", "--osv", "http://127.0.0.1:1"], /--output is missing/],
    ["to a folder that is not there", [".", "--output", "no/where.json"], /cannot be written/],
    ["to a folder", [".", "--output", "skills"], /it is a folder/],
    ["from what is no address", [".", "--output", "x.json", "--osv", "file:///x"], /no http/],
    ["for a time that is none", [".", "--output", "x.json", "--timeout", "0"], /whole seconds/],
    ["of a folder that is not there", ["absent", "--output", "x.json"], /absent is not a folder/],
  ])(
    "are refused %s, before anybody is asked",
    async (_what, args, says) => {
      const asked = osv.requests();
      const run = await assay("advisories", "fetch", ...args);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(run.stderr).toMatch(says);
      expect(osv.requests()).toBe(asked);
      expect(await readdir(root)).not.toContain("x.json");
    },
    PROCESS_MS,
  );
});
