import { describe, expect, it } from "vitest";
import { compareBump, createChangelog } from "../../changelog/index.ts";
import {
  declaredBump,
  parseTagName,
  previousOf,
  readSkill,
  type TreeEntry,
} from "../../skill/index.ts";
import { readDemoHistories, type DemoChange, type DemoHistory } from "./index.ts";

type Tree = ReadonlyMap<string, NonNullable<DemoChange["file"]>>;

const histories = await readDemoHistories();

function apply(tree: Tree, changes: readonly DemoChange[]): Tree {
  const next = new Map(tree);
  for (const { path, file } of changes) {
    if (file === null) next.delete(path);
    else next.set(path, file);
  }
  return next;
}

/** Every tag with the tree of its commit, as the registry will see it. */
function replay(history: DemoHistory) {
  let tree: Tree = new Map();
  return history.commits.flatMap((commit, at) => {
    const before = tree;
    tree = apply(tree, commit.changes);
    const now = tree;
    return [{ at, commit, before, tree: now }];
  });
}

function judge(tree: Tree, skill: string) {
  const folder = `skills/${skill}/`;
  const files: TreeEntry[] = [...tree]
    .filter(([path]) => path.startsWith(folder))
    .map(([path, { mode, bytes }]) => ({
      path: path.slice(folder.length),
      mode,
      size: bytes.length,
      bytes,
    }));
  return readSkill(files, { dirName: skill, profile: "spec" });
}

const releases = histories.flatMap((history) =>
  replay(history).flatMap(({ at, commit, tree }) =>
    commit.tags.map((tag) => ({ history, at, tree, tag, title: `${history.source} ${tag.name}` })),
  ),
);
const published = releases.filter(({ tag }) => tag.expected === "published");
const [skillOf, versionOf] = [
  (name: string) => name.split("--v")[0] ?? "",
  (name: string) => name.split("--v")[1] ?? "",
];

describe("the demo's content", () => {
  it("has two teams, at least six skills with several versions, and every unhappy making", () => {
    expect(histories.map(({ team }) => team.slug)).toEqual(["acme", "globex"]);
    const counts = Map.groupBy(published, ({ tag }) => skillOf(tag.name));
    expect(counts.size).toBeGreaterThanOrEqual(6);
    expect([...counts.values()].every((versions) => versions.length >= 2)).toBe(true);
    expect(new Set(releases.map(({ tag }) => tag.making)).size).toBe(7);
  });

  it.each(published)("$title is a skill without a single finding", ({ tree, tag }) => {
    expect(parseTagName(tag.name, { isOneSkillSource: false })).toMatchObject({ kind: "skill" });
    const reading = judge(tree, skillOf(tag.name));
    expect(reading.findings).toEqual([]);
    expect(reading).toMatchObject({ valid: true, publishable: true, name: skillOf(tag.name) });
    expect(reading.description).toMatch(/Use when /);
  });

  it.each(releases.filter(({ tag }) => tag.expected === "INVALID_SKILL"))(
    "$title is refused by the reference validator too",
    ({ tree, tag }) => {
      const reading = judge(tree, skillOf(tag.name));
      expect([reading.valid, reading.publishable]).toEqual([false, false]);
    },
  );

  it.each(published)("$title makes the step that its commits ask for", ({ history, at, tag }) => {
    const [skill, version] = [skillOf(tag.name), versionOf(tag.name)];
    const earlier = published.filter(
      (one) => one.history === history && skillOf(one.tag.name) === skill,
    );
    const previous = previousOf(
      version,
      earlier.map((one) => versionOf(one.tag.name)),
    );
    const from = earlier.find((one) => versionOf(one.tag.name) === previous)?.at ?? -1;
    const commits = history.commits
      .slice(from + 1, at + 1)
      .filter(({ changes }) => changes.some(({ path }) => path.startsWith(`skills/${skill}/`)))
      .toReversed()
      .map(({ message, author }, index) => ({
        oid: String(index).padStart(40, "0"),
        authorName: author,
        authorEmail: `${author}@demo.example`,
        committedAt: new Date(0),
        message,
      }));
    const summary = createChangelog().summarise({ previous: previous ?? null, commits });
    expect(summary.unconventional).toBe(0);
    expect(compareBump(declaredBump(previous, version), summary.requiredBump).kind).toBe("ok");
  });

  it("changes something in every commit, and keeps every file short enough to read", () => {
    for (const history of histories) {
      for (const { commit, before } of replay(history)) {
        const isNew = ({ path, file }: DemoChange) =>
          file === null ||
          !before.has(path) ||
          !Buffer.from(file.bytes).equals(before.get(path)?.bytes ?? Buffer.of());
        if (!commit.changes.some(isNew)) throw new Error(`${commit.message}: changes nothing`);
        const long = commit.changes.filter(
          ({ file }) =>
            Buffer.from(file?.bytes ?? "")
              .toString()
              .split("\n").length >= 150,
        );
        expect(long).toEqual([]);
      }
    }
  });
});
