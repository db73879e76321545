import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/database.ts";
import { transaction } from "../../db/index.ts";
import { upsertTeam } from "../../people/index.ts";
import { systemClock, systemIds } from "../../runtime/index.ts";
import type { Refused } from "../types.ts";
import { recordAttempt } from "./verdicts.ts";

const KEPT = 1_000;
const START_MS = Date.parse("2026-01-01T00:00:00Z");
const refused: Refused = {
  kind: "refused",
  code: "UNSIGNED",
  reason: "the tag object holds no signature",
  remedy: "git tag -s",
  clauses: [],
  findings: [],
};
const sourceId = systemIds.next();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const now = new Date(START_MS);
  await transaction(database.db, async (tx) => {
    const deps = { clock: systemClock, ids: systemIds };
    const team = await upsertTeam(deps, tx, { slug: "acme", name: "Acme" });
    const facts = { slug: "acme-skills", kind: "hosted", visibility: "public" } as const;
    const more = { url: null, branch: "main", state: "active", is_demo: false } as const;
    const row = { id: sourceId, team_id: team.id, ...facts, ...more, created_at: now };
    await tx.insertInto("sources").values(row).execute();
  });
});
afterAll(() => database.close());

const oidOf = (at: number) => at.toString(16).padStart(40, "0");
const attempt = (at: number, verdict = refused) =>
  transaction(database.db, (tx) => {
    const tag = { id: systemIds.next(), name: `deploy--v1.0.${at}`, oid: oidOf(at), verdict };
    return recordAttempt(tx, sourceId, tag, new Date(START_MS + at * 1_000));
  });
const rows = () =>
  database.db.selectFrom("tags").orderBy("first_seen_at").select(["oid", "code"]).execute();

describe("refused pushes", () => {
  it("are remembered once for each object, with the newest reason", async () => {
    await attempt(1);
    await attempt(1, { ...refused, code: "UNKNOWN_SIGNER" });
    expect(await rows()).toEqual([{ oid: oidOf(1), code: "UNKNOWN_SIGNER" }]);
  });

  it("take no more than their share of the table: the oldest makes room for the newest", async () => {
    for (let at = 2; at <= KEPT + 5; at += 1) await attempt(at);
    const kept = await rows();
    expect([kept.length, kept[0]?.oid, kept.at(-1)?.oid]).toEqual([
      KEPT,
      oidOf(6),
      oidOf(KEPT + 5),
    ]);
  });
});
