import { setTimeout as sleep } from "node:timers/promises";
import { ensureImage } from "@assay/sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectEngine } from "../../../sandbox/engine.ts";
import { startEngineProxy, type EngineProxy } from "../../../sandbox/test/engine-proxy.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { createWorld, waitFor, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const dockerHost = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
/** As it is in earnest, with less waiting: five tries take 45 minutes and another run comes an hour later. */
const PACE = {
  sweep: { everyMs: 300, patienceMs: 0 },
  evals: { lookEveryMs: 300, firstWaitMs: 10, erroredRestMs: 500 },
};
let world: World;
let forge: Forge;
let engine: EngineProxy;

const runs = () =>
  world.database.db
    .selectFrom("eval_queues")
    .orderBy("created_at")
    .select(["id", "state", "status", "outcome", "attempt", "reason"])
    .execute();
const casesOf = async (id: string) => {
  const rows = await world.database.db
    .selectFrom("eval_results")
    .where("queue_id", "=", id)
    .orderBy("position")
    .select(["case_id as id", "status"])
    .execute();
  return rows.map((row) => `${row.id} ${row.status}`);
};
/** Containers of this process, whatever they are for. */
const ours = async () => {
  const all = await connectEngine(dockerHost).listContainers({ all: true });
  const owners = all.map(({ Labels }) => Labels["skills.assay.sandbox.owner"] ?? "");
  return owners.filter((owner) => owner.includes(`:${process.pid}:`));
};

describeWith("docker")("a version whose engine is stopped in the middle of its evals", () => {
  beforeAll(async () => {
    await ensureImage({ dockerHost, node: process.execPath, say: () => undefined });
    engine = await startEngineProxy();
    world = await createWorld({ dockerHost: engine.host, pace: PACE });
    forge = await createForge();
    await world.addTeam("acme", ann);
    await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  }, 600_000);
  afterAll(async () => {
    await forge.remove();
    await engine.close();
  });

  it("is held and not refused, since nothing is known of it, and no case counts against it", async () => {
    const cases = [
      { id: "quick", run: ["true"] },
      { id: "slow", run: ["sleep", "3"] },
      { id: "later", run: ["true"] },
    ];
    await forge.commit({
      "skills/slow/SKILL.md": skillMd("slow"),
      "skills/slow/evals/evals.json": JSON.stringify({ evals: cases }),
    });
    await forge.tag("slow--v1.0.0", { signer: ann });
    const remote = world.remote("acme-skills", await world.token("acme"));
    await forge.push(remote, "main", "slow--v1.0.0");
    await waitUntil("a case is over and another runs", async () => {
      const [run] = await runs();
      const known = run === undefined ? [] : await casesOf(run.id);
      return known.includes("quick passed") && known.includes("slow running");
    });
    engine.become("gone");
    expect(await world.tag("acme-skills", "slow--v1.0.0")).toMatchObject({
      state: "held",
      code: "HELD",
      reason: expect.stringContaining("evals: errored"),
    });
    const [first] = await runs();
    expect(first).toMatchObject({ state: "done", status: "errored", outcome: "errored" });
    expect(first?.attempt).toBe(5);
    expect(await casesOf(first?.id ?? "")).not.toContainEqual(expect.stringContaining("failed"));
  });

  it("is tried again by itself once the engine is back, passes and is published", async () => {
    engine.become("answers");
    const tag = await world.tag("acme-skills", "slow--v1.0.0", { state: "published" });
    expect(tag).toMatchObject({ state: "published" });
    const last = (await runs()).at(-1);
    expect(last).toMatchObject({ state: "done", status: "passed", reason: "errored" });
    expect(await casesOf(last?.id ?? "")).toEqual(["quick passed", "slow passed", "later passed"]);
  });

  it("leaves no container behind, neither of the run that was cut off nor of the last", async () => {
    await world.close();
    const left = await waitFor("no container is left", async () => {
      const found = await ours();
      if (found.length > 0) await sleep(200);
      return found.length === 0 ? found : undefined;
    });
    expect(left).toEqual([]);
  });
});
