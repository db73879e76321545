import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { insertRows, transaction } from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const commit = (sourceId: string, position: number) => ({
  source_id: sourceId,
  oid: `${position}`,
  parents: position === 0 ? [] : [`${position - 1}`, 'with "quotes", {braces} and \\'],
  position,
  author_name: "Zoë 'quote' \u2028",
  author_email: "zoe@example.org",
  committed_at: new Date(Date.UTC(2026, 0, 1, 12, 34, 56, 789)),
  message: "feat: x\n\nbody\t\u{1F600}",
  folders: ["skills/a"],
});

async function makeSource(slug: string): Promise<string> {
  const { db } = database;
  const [teamId, id] = [crypto.randomUUID(), crypto.randomUUID()];
  const created_at = new Date(0);
  await db.insertInto("teams").values({ id: teamId, slug, name: slug, created_at }).execute();
  const source = { id, slug, team_id: teamId, kind: "hosted", visibility: "public" } as const;
  await db
    .insertInto("sources")
    .values({ ...source, branch: "main", state: "active", created_at })
    .execute();
  return id;
}

it("stores arrays, times and any text as they were given, across more than one statement", async () => {
  const id = await makeSource("many");
  const rows = Array.from({ length: 5001 }, (_, position) => commit(id, position));
  await transaction(database.db, (tx) => insertRows(tx, "commits", rows));
  const stored = await database.db.selectFrom("commits").selectAll().orderBy("position").execute();
  expect(stored).toEqual(rows);
});

it("leaves columns that are not given to their defaults, and takes no rows for an answer", async () => {
  const id = await makeSource("defaults");
  await insertRows(database.db, "tags", []);
  await insertRows(database.db, "tags", [
    {
      id: crypto.randomUUID(),
      source_id: id,
      name: "a--v1.0.0",
      oid: "0",
      state: "pending",
      in_git: true,
      clauses: [{ name: "n", held: true, evidence: "e" }],
      bytes: Buffer.from([0, 255, 92]),
      first_seen_at: new Date(0),
    },
  ]);
  const tag = await database.db.selectFrom("tags").selectAll().executeTakeFirstOrThrow();
  expect(tag).toMatchObject({
    bytes: Buffer.from([0, 255, 92]),
    imported: false,
    drift: null,
    clauses: [{ name: "n", held: true, evidence: "e" }],
  });
});
