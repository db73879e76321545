import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { createForge, type Forge } from "../../test/forge.ts";
import { transaction } from "../db/index.ts";
import { systemClock, systemIds } from "../runtime/index.ts";
import { upsertTeam } from "../people/index.ts";
import { createCommitGraphs, indexCommits } from "./commit-index.ts";
import { findSourceBySlug, putSource } from "./store.ts";

let database: TestDatabase;
let forge: Forge;
let sourceId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  forge = await createForge();
  const deps = { clock: systemClock, ids: systemIds };
  await transaction(database.db, async (tx) => {
    const team = await upsertTeam(deps, tx, { slug: "acme", name: "Acme" });
    const law = {
      slug: "acme-skills",
      teamId: team.id,
      kind: "hosted",
      url: null,
      visibility: "public",
      branch: "main",
      isDemo: false,
      hasHostReleases: false,
      isSingleAuthor: false,
    } as const;
    await putSource(tx, systemIds.next(), law, new Date());
  });
  sourceId = (await findSourceBySlug(database.db, "acme-skills"))?.id ?? "";
});
afterAll(async () => {
  await forge.remove();
  await database.close();
});

const index = async () =>
  indexCommits(database.db, sourceId, forge.dir, await forge.resolve("refs/heads/main"));

describe("the commit index", () => {
  it("adds what is new, once", async () => {
    await forge.commit({ "skills/deploy/SKILL.md": "a\n" });
    await forge.commit({ "skills/ops/review/SKILL.md": "b\n" });
    expect([await index(), await index()]).toEqual([2, 0]);
    await forge.commit({ "README.md": "c\n" });
    expect([await index(), await index()]).toEqual([1, 0]);
  });

  it("goes on when a branch was rewritten, came back, and was merged with what it had lost", async () => {
    const graphs = createCommitGraphs();
    const [kept, root] = [await forge.resolve("main"), await forge.resolve("main~1")];
    await forge.setRef("refs/heads/main", root);
    const rewritten = await forge.commit({ "b.md": "b\n" });
    expect(await index()).toBe(1);
    await forge.setRef("refs/heads/main", kept);
    expect(await index()).toBe(0);
    const next = await forge.commit({ "c.md": "c\n" });
    expect(await index()).toBe(1);
    const merge = ["commit-tree", "-p", next, "-p", rewritten, "-m", "Merge", "main^{tree}"];
    const merged = (await forge.git(...merge)).stdout.toString().trim();
    await forge.setRef("refs/heads/main", merged);
    expect(await index()).toBe(1);
    const graph = await graphs.get(database.db, sourceId);
    expect(graph.size).toBe(6);
    for (const oid of [kept, root, rewritten, next])
      expect(graph.isReachable(merged, oid)).toBe(true);
    expect(graph.isReachable(next, rewritten)).toBe(false);
  });
});
