import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "assay-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout, stderr, status } = spawnSync(program, [path, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { out: stdout, err: stderr, status };
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const findRisks = (version: string) => `acme/sql-review/${version}/scripts/find-risks.py`;
const cleanCsv = (version: string) => `globex/csv-clean/${version}/scripts/clean-csv.py`;
const compareOpenapi = (version: string) =>
  `globex/api-contract-check/${version}/scripts/compare-openapi.py`;

const describeApi = (method: string, properties: object) =>
  JSON.stringify({
    paths: {
      "/a": {
        [method]: {
          responses: {
            200: {
              content: { "application/json": { schema: { $ref: "#/components/schemas/A" } } },
            },
          },
        },
      },
    },
    components: { schemas: { A: { properties } } },
  });

const git = (...args: string[]) =>
  spawnSync(
    "git",
    [
      "-c",
      "user.name=Ada",
      "-c",
      "user.email=ada@acme.example",
      "-c",
      "commit.gpgsign=false",
      ...args,
    ],
    {
      cwd: folder,
    },
  );

const hasPython = spawnSync("python3", ["--version"]).error === undefined;

describe.skipIf(!hasPython)("the demo's Python scripts", () => {
  it("find-risks points at what locks or loses rows, and 1.0.1 mends what its commit says", () => {
    const risky = write(
      "risky.sql",
      "-- DROP TABLE x\nCREATE INDEX i ON t (a);\nDELETE FROM t;\nDELETE FROM t WHERE a = 1;\n",
    );
    const quoted = write(
      "quoted.sql",
      'DELETE FROM "a;b" WHERE id = 1;\nDELETE FROM t WHERE(id = 1);\n',
    );
    const found = run("python3", findRisks("1.0.1"), risky);
    expect(found.out.match(/^risky\.sql:\d+/gm)).toEqual(["risky.sql:2", "risky.sql:3"]);
    expect(found.status).toBe(1);
    expect(run("python3", findRisks("1.0.0"), quoted).status).toBe(1);
    expect(run("python3", findRisks("1.0.1"), quoted).status).toBe(0);
  });

  it("merge-events sorts in UTC, drops what is told twice and marks gaps", () => {
    write("alerts.log", "2026-02-03T09:15:00Z 5xx | 2%\n2026-02-03T09:15:00Z 5xx | 2%\n");
    write("chat.txt", "[2026-02-03 10:31] Mara: tickets\n  three of them\n");
    const script = "acme/incident-timeline/1.1.0/scripts/merge-events.py";
    const merged = run(
      "python3",
      script,
      "--zone",
      "chat=+01:00",
      "chat=chat.txt",
      "alerts=alerts.log",
    );
    expect(merged.out.split("\n").slice(2, 5)).toEqual([
      "| 2026-02-03 09:15:00 | alerts:1 | 5xx \\| 2% |",
      "| | | _gap of 16 minutes_ |",
      "| 2026-02-03 09:31:00 | chat:1 | Mara: tickets three of them |",
    ]);
    expect(run("python3", script, "chat=chat.txt").err).toContain("pass --zone chat=");
  });

  it("clean-csv repairs what needs no question, counts it, and never overwrites; 1.1.1 mends what its commit says", () => {
    write("x.csv", 'Name ;Name; Age\n a ;"b\nc";007\n a ;"b\nc";007\n;;\n');
    const cleaned = run("python3", cleanCsv("1.1.1"), "--drop-duplicates", "x.csv", "y.csv");
    expect(readFileSync(join(folder, "y.csv"), "utf8")).toBe('name,name_2,age\na,"b\nc",007\n');
    expect(cleaned.out).toContain("duplicate rows dropped: 1");
    expect(run("python3", cleanCsv("1.1.1"), "x.csv", "y.csv").err).toContain("already there");
    write("feed.csv", "a,b\none\u000ctwo,2\n");
    expect(run("python3", cleanCsv("1.1.0"), "feed.csv", "z.csv").status).toBe(1);
    expect(run("python3", cleanCsv("1.1.1"), "feed.csv", "z.csv").status).toBe(0);
    expect(run("python3", "globex/csv-clean/1.0.0/scripts/profile-csv.py", "x.csv").out).toContain(
      "duplicate rows: 1",
    );
  });

  it("compare-openapi tells what breaks; 1.1.0 finds enum values too", () => {
    write(
      "old.json",
      describeApi("get", { id: { type: "integer" }, state: { type: "string", enum: ["x"] } }),
    );
    write(
      "new.json",
      describeApi("get", { id: { type: "string" }, state: { type: "string", enum: ["x", "y"] } }),
    );
    write("post.json", describeApi("post", {}));
    expect(run("python3", compareOpenapi("1.1.0"), "old.json", "old.json").status).toBe(0);
    expect(run("python3", compareOpenapi("1.1.0"), "old.json", "post.json").out).toBe(
      "GET /a: removed\n",
    );
    expect(
      run("python3", compareOpenapi("1.0.0"), "old.json", "new.json").out.trim().split("\n"),
    ).toHaveLength(1);
    expect(run("python3", compareOpenapi("1.1.0"), "old.json", "new.json").out).toContain(
      "may now be ['y']",
    );
  });
});

describe("the demo's shell script", () => {
  it("collect-commits groups commits by what they claim, a breaking footer included", () => {
    git("init", "-q");
    for (const message of ["start", "feat: a", "docs: b", "odd", "perf: c\n\nBREAKING CHANGE: d"]) {
      git("commit", "-q", "--allow-empty", "-m", message);
    }
    const script = "acme/release-notes/1.1.0/scripts/collect-commits.sh";
    const groups = run("sh", script, "HEAD~4").out.replaceAll(/^ {2}[0-9a-f]+ /gm, "- ");
    expect(groups).toBe(
      "breaking (1)\n- perf: c\n\nnew (1)\n- feat: a\n\nunsorted (1)\n- odd\n\ninternal (1)\n- docs: b\n\n",
    );
    expect(run("sh", script, "--output=x").status).toBe(2);
  });
});
