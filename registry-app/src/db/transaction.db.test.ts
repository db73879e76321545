import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { isUnstorable, lockInTx, queryInTx, transaction, withLock } from "./index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const team = (slug: string) => ({
  id: crypto.randomUUID(),
  slug,
  name: slug,
  created_at: new Date(0),
});
const slugs = async () =>
  (await database.db.selectFrom("teams").select("slug").orderBy("slug").execute()).map(
    ({ slug }) => slug,
  );

describe("transaction", () => {
  it("keeps what was written when it returns, and nothing when it throws", async () => {
    await transaction(database.db, (tx) => tx.insertInto("teams").values(team("kept")).execute());
    const failing = transaction(database.db, async (tx) => {
      await tx.insertInto("teams").values(team("dropped")).execute();
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await slugs()).toEqual(["kept"]);
  });

  it("carries SQL of others along, with rows and counts as the driver gives them", async () => {
    const failing = transaction(database.db, async (tx) => {
      const row = Object.values(team("raw"));
      const inserted = await queryInTx(tx, "INSERT INTO teams VALUES ($1, $2, $3, $4)", row);
      expect(inserted.rowCount).toBe(1);
      const found = await queryInTx(tx, "SELECT slug FROM teams WHERE slug = $1", ["raw"]);
      expect(found.rows).toEqual([{ slug: "raw" }]);
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await slugs()).not.toContain("raw");
  });
});

describe("locks", () => {
  it("let one holder in at a time for one key, and do not make another key wait", async () => {
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const isIn = Promise.withResolvers<void>();
    const first = withLock(database.db, "a", async () => {
      isIn.resolve();
      await gate.promise;
      events.push("first");
    });
    await isIn.promise;
    const second = withLock(database.db, "a", async () => events.push("second"));
    const inTx = transaction(database.db, async (tx) => {
      await lockInTx(tx, "a");
      events.push("in tx");
    });
    await withLock(database.db, "b", async () => events.push("other key"));
    gate.resolve();
    await Promise.all([first, second, inTx]);
    expect(events.slice(0, 2)).toEqual(["other key", "first"]);
    expect(events.slice(2).toSorted()).toEqual(["in tx", "second"]);
  });

  it("are given back when the holder throws", async () => {
    const failing = withLock(database.db, "c", async () => {
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await withLock(database.db, "c", async () => "in")).toBe("in");
  });
});

describe("an error of Postgres", () => {
  it("is told apart: a value that cannot be stored, from anything that a retry may mend", async () => {
    const failing = async (text: string, value: string) =>
      transaction(database.db, (tx) => queryInTx(tx, text, [value])).catch(
        (cause: unknown) => cause,
      );
    expect(isUnstorable(await failing("SELECT $1::text", "a\0b"))).toBe(true);
    expect(isUnstorable(await failing("SELECT $1::timestamptz", "300000-01-01"))).toBe(true);
    expect(isUnstorable(await failing("SELECT $1::text FROM nowhere", "a"))).toBe(false);
    expect(isUnstorable(new Error("connection lost"))).toBe(false);
  });
});
