import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readAdvisoriesFile } from "./read-advisories.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-advisories-"));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (id: string) => ({
  id,
  summary: "bad",
  affected: [{ package: { ecosystem: "PyPI", name: "pyyaml" }, versions: ["5.3"] }],
});
const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  utimesSync(file, 1_800_000_000.5, 1_800_000_000.5);
  return file;
};

describe("an operator's own advisories", () => {
  const all = [record("GHSA-1"), record("GHSA-2")];
  it.each([
    ["a list", JSON.stringify(all)],
    ["an answer of OSV", JSON.stringify({ vulns: all })],
    ["one record in each line", all.map((one) => JSON.stringify(one)).join("\n\n")],
  ])("are read from %s, and count as taken when the file was written", (name, text) => {
    const { snapshot, skipped } = readAdvisoriesFile(write(name, text));
    expect([snapshot.advisories.map(({ id }) => id), snapshot.takenAt, skipped]).toEqual([
      ["GHSA-1", "GHSA-2"],
      "2027-01-15T08:00:00Z",
      0,
    ]);
  });

  it("may say that nothing is known, as a fetch writes it", () => {
    expect(readAdvisoriesFile(write("none", '{"vulns": [\n\n]}\n')).snapshot.advisories).toEqual(
      [],
    );
  });

  it("that are in part no records are counted", () => {
    const text = JSON.stringify([record("GHSA-1"), { no: "record" }]);
    expect(readAdvisoriesFile(write("part", text)).skipped).toBe(1);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "<html>"],
    ["no records", "[]"],
    ["no records and something else", '{"vulns": [], "results": []}'],
    ["a list that was cut off", '[{"id":"GHSA-1"'],
  ])("that are %s refuse the start and say what to give", (name, text) => {
    expect(() => readAdvisoriesFile(write(name, text))).toThrow(/cannot be read/);
  });

  it("that are not there refuse the start", () => {
    expect(() => readAdvisoriesFile(join(folder, "absent"))).toThrow(/cannot be read/);
  });
});
