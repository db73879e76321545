import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { describeWith } from "../../test/needs.ts";
import { transaction } from "../db/index.ts";
import { systemIds } from "../runtime/index.ts";
import {
  candidatesFor,
  handle,
  startSweeper,
  syncSource,
  type ConsumeOptions,
  type Handler,
  type Queue,
} from "./index.ts";
import { freshJob, openQueueKit, until } from "./queue.test-kit.ts";

const kit = openQueueKit();
let queue: Queue;
const consume = (handlers: Handler[], options?: ConsumeOptions) =>
  kit.consume(queue, handlers, options);

const countTeams = async (prefix: string) => {
  const query = kit
    .database()
    .db.selectFrom("teams")
    .where("slug", "like", `${prefix}-%`)
    .select("id");
  return (await query.execute()).length;
};

function behavesLikeAQueue(kind: "postgres" | "redis"): void {
  beforeEach(() => {
    queue = kit.openQueue(kind);
  });

  it("runs a job with the payload it was asked for", async () => {
    const job = freshJob();
    const seen: string[] = [];
    await consume([handle(job, async ({ id }) => void seen.push(id))]);
    await queue.enqueue(kit.database().db, job, { id: "one" });
    await queue.enqueueAll(kit.database().db, job, [{ id: "two" }, { id: "three" }]);
    await until(
      () => seen.length,
      (count) => count === 3,
    );
    expect(seen.toSorted()).toEqual(["one", "three", "two"]);
  });

  it("starts a job only after the commit, and never after a rollback", async () => {
    const job = freshJob();
    const seen: string[] = [];
    let committed = false;
    await consume([handle(job, async ({ id }) => void seen.push(`${id}:${committed}`))]);
    const rolledBack = transaction(kit.database().db, async (tx) => {
      await queue.enqueue(tx, job, { id: "rolled back" });
      throw new Error("on purpose");
    });
    await expect(rolledBack).rejects.toThrow("on purpose");
    await transaction(kit.database().db, async (tx) => {
      await queue.enqueue(tx, job, { id: "kept" });
      await sleep(100);
      committed = true;
    });
    await until(
      () => seen.length,
      (count) => count > 0,
    );
    await sleep(100);
    expect(seen).toEqual(["kept:true"]);
  });

  it("keeps one waiting job for each key, however often it is asked for", async () => {
    const job = freshJob();
    for (const id of ["a", "a", "b", "a"]) await queue.enqueue(kit.database().db, job, { id });
    expect(await queue.count(job)).toEqual({ waiting: 2, running: 0, delayed: 0 });
    const seen: string[] = [];
    await consume([handle(job, async ({ id }) => void seen.push(id))]);
    await until(
      () => queue.count(job),
      ({ waiting, running }) => waiting + running === 0,
    );
    expect(seen.toSorted()).toEqual(["a", "b"]);
  });

  it("runs a job once more when it was asked for while it ran, and never beside itself", async () => {
    const job = freshJob();
    const gate = Promise.withResolvers<void>();
    const isRunning = Promise.withResolvers<void>();
    let runs = 0;
    let atOnce = 0;
    let mostAtOnce = 0;
    const work = async () => {
      runs += 1;
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      isRunning.resolve();
      await gate.promise;
      atOnce -= 1;
    };
    await consume([handle(job, work)]);
    await queue.enqueue(kit.database().db, job, { id: "x" });
    await isRunning.promise;
    for (let i = 0; i < 5; i += 1) await queue.enqueue(kit.database().db, job, { id: "x" });
    gate.resolve();
    await until(
      () => runs,
      (count) => count === 2,
    );
    await sleep(100);
    expect({ runs, mostAtOnce }).toEqual({ runs: 2, mostAtOnce: 1 });
  });

  it("never loses a wake-up under load: the last run of a key sees the last row", async () => {
    const job = freshJob(5);
    const seenBy = new Map<string, number>();
    await consume([handle(job, async ({ id }) => void seenBy.set(id, await countTeams(id)))], {
      concurrency: 3,
    });
    const keys = [0, 1, 2].map((n) => `k${systemIds.next().slice(0, 8)}${n}`);
    const producer = async (key: string, from: number) => {
      for (let i = from; i < from + 15; i += 1) {
        await transaction(kit.database().db, async (tx) => {
          const team = { id: systemIds.next(), slug: `${key}-${i}`, name: key };
          await queue.enqueue(tx, job, { id: key });
          await tx
            .insertInto("teams")
            .values({ ...team, created_at: new Date() })
            .execute();
          await sleep(Math.random() * 5);
        });
      }
    };
    await Promise.all(keys.flatMap((key) => [producer(key, 0), producer(key, 100)]));
    const seen = await until(
      () => keys.map((key) => seenBy.get(key)),
      (counts) => counts.every((count) => count === 30),
    );
    expect(seen).toEqual([30, 30, 30]);
  });

  it("tries again with a wait, then succeeds and leaves nothing behind", async () => {
    const job = freshJob(3);
    const at: number[] = [];
    const work = async () => {
      at.push(Date.now());
      if (at.length < 3) throw new Error("not yet");
    };
    await consume([handle(job, work)]);
    await queue.enqueue(kit.database().db, job, { id: "x" });
    await until(
      () => at.length,
      (count) => count === 3,
    );
    const [first = 0, second = 0, third = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(20);
    expect(third - second).toBeGreaterThanOrEqual(40);
    await until(
      () => queue.count(job),
      ({ running }) => running === 0,
    );
    expect(await kit.lettersOf(job.name)).toEqual([]);
  });

  it("refuses a payload of the wrong shape before it is stored", async () => {
    const wrong = queue.enqueue(kit.database().db, syncSource, {
      sourceId: "'; DROP TABLE job --",
    });
    await expect(wrong).rejects.toThrow(/uuid/i);
    expect((await queue.count(syncSource)).waiting).toBe(0);
  });

  it("finishes what runs and starts nothing more when it is closed", async () => {
    const job = freshJob();
    const isRunning = Promise.withResolvers<void>();
    const finished: string[] = [];
    const work = async ({ id }: { id: string }) => {
      isRunning.resolve();
      await sleep(150);
      finished.push(id);
    };
    const consumer = await consume([handle(job, work)], { concurrency: 1 });
    await queue.enqueueAll(kit.database().db, job, [{ id: "first" }, { id: "second" }]);
    await isRunning.promise;
    await consumer.close();
    expect(finished).toHaveLength(1);
    await sleep(200);
    expect(finished).toHaveLength(1);
    expect((await queue.count(job)).waiting).toBe(1);
  });

  it("asks again for the rows that still wait, without doubling a job", async () => {
    const job = freshJob();
    const waiting = [{ id: "a" }, { id: "b" }];
    await queue.enqueue(kit.database().db, job, { id: "a" });
    const sweeper = startSweeper(
      { ...kit.deps(), queue },
      [candidatesFor(freshJob(), async () => Promise.reject(new Error("on purpose")))].concat(
        candidatesFor(job, async () => waiting),
      ),
      60_000,
    );
    kit.closeLater(sweeper);
    await sweeper.sweep();
    expect((await queue.count(job)).waiting).toBe(2);
  });
}

describe("the queue on Postgres", () => {
  behavesLikeAQueue("postgres");

  it("does not start a waiting job while a transaction that asked for it too is still open", async () => {
    const job = freshJob();
    const runs: boolean[] = [];
    let committed = false;
    await queue.enqueue(kit.database().db, job, { id: "x" });
    await transaction(kit.database().db, async (tx) => {
      await queue.enqueue(tx, job, { id: "x" });
      await consume([handle(job, async () => void runs.push(committed))]);
      await sleep(200);
      committed = true;
    });
    await until(
      () => runs.length,
      (count) => count > 0,
    );
    expect(runs).toEqual([true]);
  });

  it("lets two transactions ask for the same jobs in opposite order", async () => {
    const job = freshJob();
    const ids = Array.from({ length: 20 }, (_, n) => ({ id: `k${n}` }));
    const ask = (payloads: { id: string }[]) =>
      transaction(kit.database().db, (tx) => queue.enqueueAll(tx, job, payloads));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([ask(ids), ask(ids.toReversed()), ask(ids)]);
    }
    expect((await queue.count(job)).waiting).toBe(20);
  });

  it("runs a job again whose worker was killed", async () => {
    const job = freshJob(1);
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL("../../test/hanging-worker.ts", import.meta.url)),
        kit.database().url,
        job.name,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await queue.enqueue(kit.database().db, job, { id: "x" });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    const seen: string[] = [];
    await consume([handle(job, async ({ id }) => void seen.push(id))], { lockMs: 300 });
    await until(
      () => seen,
      (ids) => ids.length > 0,
    );
    expect(seen).toEqual(["x"]);
  });
});

describeWith("redis")("the queue on Redis", () => {
  behavesLikeAQueue("redis");

  it("loses nothing when it is emptied: what rows wait for is asked for again", async () => {
    const job = freshJob();
    const done: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const work = async ({ id }: { id: string }) => {
      if (id === "runs" && done.length === 0) await released;
      done.push(id);
    };
    await consume([handle(job, work)], { concurrency: 1 });
    await queue.enqueue(kit.database().db, job, { id: "runs" });
    await until(
      () => queue.count(job),
      ({ running }) => running === 1,
    );
    await queue.enqueue(kit.database().db, job, { id: "waits" });
    await kit.emptyRedis();
    release();
    const rows = candidatesFor(job, async () => [{ id: "runs" }, { id: "waits" }]);
    const sweeper = startSweeper({ ...kit.deps(), queue }, [rows], 60_000);
    kit.closeLater(sweeper);
    await until(
      () => done.length,
      (count) => count === 3,
    );
    expect(done.toSorted()).toEqual(["runs", "runs", "waits"]);
  });
});
