import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { transaction } from "../db/index.ts";
import { systemIds } from "../runtime/index.ts";
import { listSourcesNaming, noteHints } from "./store/hints.ts";
import {
  bringForward,
  countFailures,
  forgetFailures,
  listDue,
  putDue,
  putLook,
} from "./store/looks.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const WISH = { graceMs: 5 * 60_000, limit: 20 };
let database: TestDatabase;
const names = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  for (const [team, host, count] of [
    ["big", "slow.example", 300],
    ["big", "quick.example", 1],
    ["small", "slow.example", 1],
  ] as const)
    await addSources(team, host, count);
});
afterAll(() => database.close());

async function addSources(team: string, host: string, count: number): Promise<void> {
  const { db } = database;
  const known = await db.selectFrom("teams").where("slug", "=", team).select("id").execute();
  const teamId = known[0]?.id ?? systemIds.next();
  if (known.length === 0)
    await db
      .insertInto("teams")
      .values({ id: teamId, slug: team, name: team, created_at: NOW })
      .execute();
  for (let at = 0; at < count; at++) {
    const id = systemIds.next();
    names.set(id, `${team} ${host}`);
    const slug = `${team}-${host.split(".")[0]}-${at}`;
    const law = {
      kind: "followed",
      visibility: "public",
      branch: "main",
      state: "active",
    } as const;
    const url = `https://${host}/${at}.git`;
    await db
      .insertInto("sources")
      .values({ id, slug, team_id: teamId, url, created_at: ago(10), ...law })
      .execute();
  }
}

/** A whole look that came to this. */
async function putBegunLook(id: string, failures: number, dueAt: Date): Promise<void> {
  const begunAs = ago(-5);
  await putDue(database.db, [{ id, dueAt: begunAs }]);
  await transaction(database.db, (tx) => putLook(tx, id, { failures, dueAt, begunAs }));
}
const hintOf = (sourceId: string, hostDeliveryId: string) => ({
  id: systemIds.next(),
  sourceId,
  host: "github-app",
  hostDeliveryId,
});
const isDue = async (id: string) =>
  (await listDue(database.db, NOW, { ...WISH, limit: 1000 })).some((one) => one.id === id);

it("one source of a small team, or on another host, does not wait behind three hundred that are due for longer", async () => {
  const { db } = database;
  const [small = "", quick = ""] = ["small slow.example", "big quick.example"].map(
    (wanted) => [...names].find(([, name]) => name === wanted)?.[0],
  );
  await putDue(
    db,
    [small, quick].map((id) => ({ id, dueAt: ago(1) })),
  );
  const due = await listDue(db, NOW, WISH);
  expect(due).toHaveLength(20);
  expect(new Set(due.slice(0, 3).map(({ id }) => names.get(id))).size).toBe(3);
});

it("what was looked at is not due before its time, and what was just made is given a while", async () => {
  const { db } = database;
  expect(await listDue(db, ago(7), WISH)).toEqual([]);
  const all = [...names.keys()];
  await putDue(
    db,
    all.map((id) => ({ id, dueAt: ago(-5) })),
  );
  expect(await listDue(db, NOW, WISH)).toEqual([]);
  expect(await listDue(db, ago(-5), WISH)).toHaveLength(20);
});

it("at start everything is due but what failed last, until somebody says that it is worth a look", async () => {
  const { db } = database;
  const [failing = ""] = names.keys();
  await putBegunLook(failing, 3, ago(-40));
  await bringForward(db, NOW);
  const due = async () => (await listDue(db, NOW, { ...WISH, limit: 1000 })).map(({ id }) => id);
  expect(await due()).toHaveLength(names.size - 1);
  expect(await due()).not.toContain(failing);
  expect(await countFailures(db, failing)).toBe(3);
  await forgetFailures(db, failing);
  expect(await countFailures(db, failing)).toBe(0);
  await bringForward(db, NOW);
  expect(await due()).toContain(failing);
});

it("a webhook makes its sources due, each once, and one that comes again changes nothing", async () => {
  const { db } = database;
  const [one = "", two = ""] = names.keys();
  for (const id of [one, two]) await putBegunLook(id, 3, ago(-40));
  const hints = [hintOf(one, "a"), hintOf(two, "a")];
  expect(await noteHints(db, hints, NOW)).toBe(2);
  expect([await isDue(one), await isDue(two), await countFailures(db, one)]).toEqual([
    true,
    true,
    0,
  ]);
  for (const id of [one, two]) await putBegunLook(id, 0, ago(-40));
  expect(await noteHints(db, [hintOf(one, "a"), hintOf(two, "b")], NOW)).toBe(1);
  expect([await isDue(one), await isDue(two)]).toEqual([false, true]);
});

it("a webhook that comes while a source is looked at is not taken for one that the look has answered", async () => {
  const { db } = database;
  const [id = ""] = names.keys();
  const begunAs = ago(-5);
  await putDue(db, [{ id, dueAt: begunAs }]);
  await noteHints(db, [hintOf(id, "meanwhile")], NOW);
  await transaction(db, (tx) => putLook(tx, id, { failures: 0, dueAt: ago(-5), begunAs }));
  expect(await isDue(id)).toBe(true);
});

it("a source is found by a part of its URL in whatever case, and a wildcard is a letter like any other", async () => {
  const { db } = database;
  const found = async (text: string) => (await listSourcesNaming(db, [text])).map(({ url }) => url);
  expect(await found("QUICK.example/0")).toEqual(["https://quick.example/0.git"]);
  expect(await found("quick%")).toEqual([]);
});

it("webhooks that follow a look closely wait for two seconds, and never longer, whatever the clock of who looked", async () => {
  const { db } = database;
  const [id = ""] = names.keys();
  const dueFor = async (lastSynced: Date, delivery: string) => {
    await db
      .updateTable("sources")
      .set({ last_synced_at: lastSynced })
      .where("id", "=", id)
      .execute();
    await noteHints(db, [hintOf(id, delivery)], NOW);
    const row = await db
      .selectFrom("looks")
      .where("source_id", "=", id)
      .select("due_at")
      .executeTakeFirstOrThrow();
    return row.due_at.getTime() - NOW.getTime();
  };
  expect(await dueFor(ago(1), "later")).toBe(0);
  expect(await dueFor(new Date(NOW.getTime() - 500), "soon")).toBe(1_500);
  expect(await dueFor(ago(-60), "of another clock")).toBe(2_000);
});
