import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { describeWith } from "../../test/needs.ts";
import { Stalled, systemClock, systemIds, type Clock } from "../runtime/index.ts";
import {
  candidatesFor,
  handle,
  retryDeadLetter,
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

function givesUpOpenly(kind: "postgres" | "redis"): void {
  beforeEach(() => {
    queue = kit.openQueue(kind);
  });

  it("makes a poison job a visible dead letter after its last attempt, and lets the others pass", async () => {
    const job = freshJob(2);
    const seen: string[] = [];
    const told: string[] = [];
    const work = async ({ id }: { id: string }) => {
      seen.push(id);
      if (id === "poison") throw new Error("kaboom");
    };
    await consume([handle(job, work)], {
      concurrency: 1,
      onDeadLetter: ({ error }) => void told.push(error),
    });
    await queue.enqueueAll(kit.database().db, job, [{ id: "poison" }, { id: "good" }]);
    const [letter] = await until(
      () => kit.lettersOf(job.name),
      (letters) => letters.length > 0,
    );
    expect(letter).toMatchObject({ payload: { id: "poison" }, error: "kaboom" });
    await until(
      () => told.length,
      (count) => count === 1,
    );
    expect(seen.toSorted()).toEqual(["good", "poison", "poison"]);
    await queue.enqueue(kit.database().db, job, { id: "poison" });
    await until(
      () => told.length,
      (count) => count === 2,
    );
    expect(await kit.lettersOf(job.name)).toHaveLength(1);
  });

  it("closes a dead letter once its work was done after all, and no other one", async () => {
    const job = freshJob(1);
    let isBroken = true;
    const done: string[] = [];
    const work = async ({ id }: { id: string }) => {
      if (isBroken) throw new Error("not now");
      done.push(id);
    };
    await consume([handle(job, work)], {});
    await queue.enqueueAll(kit.database().db, job, [{ id: "mended" }, { id: "left" }]);
    await until(
      () => kit.lettersOf(job.name),
      (letters) => letters.length === 2,
    );
    isBroken = false;
    await queue.enqueue(kit.database().db, job, { id: "mended" });
    const letters = await until(
      () => kit.lettersOf(job.name),
      (open) => open.length === 1,
    );
    expect(letters).toMatchObject([{ payload: { id: "left" } }]);
    expect(done).toEqual(["mended"]);
  });

  it("gives a stalled job and a wrong payload up at once, without a retry", async () => {
    const job = freshJob(5);
    let runs = 0;
    const work = async () => {
      runs += 1;
      throw new Stalled("no retry can help");
    };
    await consume([handle(job, work)]);
    await queue.enqueue(kit.database().db, job, { id: "x" });
    const [letter] = await until(
      () => kit.lettersOf(job.name),
      (letters) => letters.length > 0,
    );
    expect(letter?.error).toBe("no retry can help");
    expect(runs).toBe(1);

    const older = { ...freshJob(5), name: job.name, payload: z.object({ old: z.string() }) };
    await queue.enqueue(kit.database().db, { ...older, keyOf: () => "old" }, { old: "shape" });
    await until(
      () => kit.lettersOf(job.name),
      (letters) => letters.length === 2,
    );
    expect(runs).toBe(1);
  });

  it("closes with the sweep an old dead letter whose row waits no longer, and leaves those that do", async () => {
    const job = freshJob(1);
    await consume([handle(job, async () => Promise.reject(new Error("on purpose")))]);
    await queue.enqueueAll(kit.database().db, job, [{ id: "done" }, { id: "waits" }]);
    await until(
      () => kit.lettersOf(job.name),
      (letters) => letters.length === 2,
    );
    const later: Clock = { now: () => new Date(Date.now() + 3_600_000) };
    const sweepAt = async (clock: Clock) => {
      const waiting = candidatesFor(job, async () => [{ id: "waits" }]);
      const sweeper = startSweeper({ ...kit.deps(), clock, queue }, [waiting], 60_000);
      await sweeper.sweep();
      await sweeper.close();
    };
    await sweepAt(systemClock);
    expect(await kit.lettersOf(job.name)).toHaveLength(2);
    await sweepAt(later);
    expect(await kit.lettersOf(job.name)).toMatchObject([{ payload: { id: "waits" } }]);
  });
}

describe("dead letters with the queue on Postgres", () => {
  givesUpOpenly("postgres");

  it("takes a dead letter up again when asked to, once", async () => {
    const sourceId = systemIds.next();
    let isMended = false;
    let runs = 0;
    const work = async () => {
      runs += 1;
      if (!isMended) throw new Stalled("broken");
    };
    await consume([handle(syncSource, work)]);
    await queue.enqueue(kit.database().db, syncSource, { sourceId });
    const [letter] = await until(
      () => kit.lettersOf("sync-source"),
      (letters) => letters.length > 0,
    );
    isMended = true;
    const id = letter?.id ?? "";
    await retryDeadLetter({ ...kit.deps(), queue }, id);
    await until(
      () => runs,
      (count) => count === 2,
    );
    expect(await kit.lettersOf("sync-source")).toEqual([]);
    await expect(retryDeadLetter({ ...kit.deps(), queue }, id)).rejects.toThrow(
      /no such dead letter/,
    );
  });
});

describeWith("redis")("dead letters with the queue on Redis", () => givesUpOpenly("redis"));
