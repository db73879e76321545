import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/database.ts";
import { transaction } from "../../db/index.ts";
import { upsertTeam } from "../../people/index.ts";
import { systemClock, systemIds } from "../../runtime/index.ts";
import {
  cancelRun,
  claimRun,
  listClaimable,
  holdClaim,
  putBack,
  putFinished,
  renewLease,
} from "./queue.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => new Date(START_MS + seconds * 1_000);
const teams = new Map<string, { teamId: string; sourceId: string }>();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await transaction(database.db, async (tx) => {
    for (const slug of ["acme", "globex"]) {
      const deps = { clock: systemClock, ids: systemIds };
      const team = await upsertTeam(deps, tx, { slug, name: slug });
      const sourceId = systemIds.next();
      const facts = { kind: "hosted", visibility: "public", url: null, branch: "main" } as const;
      const row = { id: sourceId, team_id: team.id, slug: `${slug}-skills`, ...facts };
      const more = { state: "active", is_demo: false, created_at: at(0) } as const;
      await tx
        .insertInto("sources")
        .values({ ...row, ...more })
        .execute();
      teams.set(slug, { teamId: team.id, sourceId });
    }
  });
});
beforeEach(() => database.db.deleteFrom("eval_queues").execute());
afterAll(() => database.close());

type Wish = {
  readonly team?: string;
  readonly priority?: number;
  readonly createdAt?: Date;
  readonly slots?: number;
  readonly minutesPerDay?: number;
};

async function queue(skill: string, wish: Wish = {}): Promise<string> {
  const { team = "acme", priority = 10, createdAt = at(0), slots = 2, minutesPerDay = 60 } = wish;
  const of = teams.get(team);
  if (of === undefined) throw new Error(`no team ${team}`);
  const id = systemIds.next();
  const limits = { maxTimeoutMs: 60_000, maxMemoryBytes: 2 ** 28, maxCpus: 1 };
  await database.db
    .insertInto("eval_queues")
    .values({
      id,
      kind: "pull-request",
      version_id: null,
      source_id: of.sourceId,
      team_id: of.teamId,
      skill,
      folder: `skills/${skill}`,
      commit_oid: "a".repeat(40),
      reason: "pull-request",
      priority,
      requested_by: null,
      policy: JSON.stringify({ slots, minutesPerDay, ...limits }),
      state: "queued",
      worker: null,
      lease_until: null,
      not_before: createdAt,
      created_at: createdAt,
      started_at: null,
      finished_at: null,
      status: null,
      outcome: null,
      report: null,
    })
    .execute();
  return id;
}

const claim = (now: Date, leaseSeconds = 10) =>
  claimRun(database.db, {
    kind: "pull-request",
    worker: "w",
    now,
    leaseUntil: new Date(now.getTime() + leaseSeconds * 1_000),
  });

const finish = async (run: { id: string; attempt: number }, when: Date) =>
  transaction(database.db, async (tx) => {
    if (!(await holdClaim(tx, run))) return false;
    const facts = { status: "passed", outcome: "pass", summary: "", report: {} } as const;
    await putFinished(tx, run, { ...facts, at: when });
    return true;
  });

it("the more urgent run is claimed first, and of equals the team with the fewest running, then the oldest", async () => {
  await queue("old", { createdAt: at(0) });
  await queue("older-of-team", { createdAt: at(1) });
  await queue("other-team", { team: "globex", createdAt: at(2) });
  await queue("urgent", { priority: 1, createdAt: at(3) });
  const order = [];
  for (let n = 0; n < 3; n += 1) order.push((await claim(at(10)))?.skill);
  // With "urgent" and then nobody of globex running, globex is next, although it asked last.
  expect(order).toEqual(["urgent", "other-team", "old"]);
});

it("a team never has more runs at once than the law gives it, and another team is not kept waiting by it", async () => {
  await queue("one", { slots: 1 });
  await queue("two", { slots: 1, createdAt: at(1) });
  await queue("theirs", { team: "globex", slots: 1, createdAt: at(2) });
  expect((await claim(at(10)))?.skill).toBe("one");
  expect((await claim(at(10)))?.skill).toBe("theirs");
  expect(await claim(at(10))).toBeUndefined();
});

it("a team that has used its minutes of the day waits until some of them are a day old", async () => {
  await queue("long", { minutesPerDay: 5 });
  await queue("next", { minutesPerDay: 5, createdAt: at(1) });
  const run = await claim(at(10), 1_000);
  if (run === undefined) throw new Error("nothing was claimed");
  expect(await finish(run, at(10 + 6 * 60))).toBe(true);
  expect(await claim(at(1_000))).toBeUndefined();
  expect((await claim(at(86_400 + 400)))?.skill).toBe("next");
});

it("many claims at once never give one run to two workers", async () => {
  for (let n = 0; n < 6; n += 1) await queue(`s${n}`, { slots: 10 });
  const claims = await Promise.all(Array.from({ length: 10 }, () => claim(at(10))));
  const ids = claims.flatMap((one) => (one === undefined ? [] : [one.id]));
  expect([ids.length, new Set(ids).size]).toEqual([6, 6]);
});

it("a run whose worker gave no sign of life goes to another, and what the first still brings is not taken", async () => {
  await queue("taken-over");
  const first = await claim(at(0), 10);
  if (first === undefined) throw new Error("nothing was claimed");
  expect(await renewLease(database.db, first, at(15))).toBe(true);
  expect(await claim(at(14))).toBeUndefined();
  const second = await claim(at(16));
  expect([second?.id, second?.isTakeover, second?.attempt]).toEqual([first.id, true, 2]);
  expect(await renewLease(database.db, first, at(60))).toBe(false);
  expect(await finish(first, at(17))).toBe(false);
  expect(second && (await finish(second, at(18)))).toBe(true);
});

it("a run that is put back waits for its time and is then claimed again", async () => {
  await queue("again");
  const run = await claim(at(0));
  if (run === undefined) throw new Error("nothing was claimed");
  await transaction(database.db, (tx) =>
    putBack(tx, run, { notBefore: at(30), summary: "the engine was gone", at: at(1) }),
  );
  expect(await claim(at(29))).toBeUndefined();
  const claimable = (before: Date) =>
    listClaimable(database.db, { kind: "pull-request", before, limit: 10 });
  expect([await claimable(at(29)), (await claimable(at(30))).length]).toEqual([[], 1]);
  expect((await claim(at(30)))?.attempt).toBe(2);
});

it("a cancelled run is neither claimed nor gone on with", async () => {
  const id = await queue("unwanted");
  const run = await claim(at(0));
  if (run === undefined) throw new Error("nothing was claimed");
  expect(await cancelRun(database.db, id, "a newer push", at(1))).toBe(true);
  expect(await renewLease(database.db, run, at(20))).toBe(false);
  expect(await finish(run, at(2))).toBe(false);
  expect(await claim(at(100))).toBeUndefined();
  expect(await cancelRun(database.db, id, "again", at(3))).toBe(false);
});
