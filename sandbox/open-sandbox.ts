import { randomUUID } from "node:crypto";
import { observe, type ObserveDeps } from "./behaviour/observe.ts";
import { statusOf, within, connectEngine, type Engine } from "./engine.ts";
import { guarded, messageOf } from "./guarded.ts";
import { RUNNER } from "./limits.ts";
import { createPool, type Pool } from "./pool.ts";
import { nameOwner, reap } from "./reap.ts";
import { digestSeccomp, seccompProfile } from "./seccomp.ts";
import { runInside } from "./run.ts";
import { openSession } from "./session.ts";
import { tryLimits } from "./self-test.ts";
import type { Isolation, Opening, Sandbox } from "./types.ts";

export type SandboxWish = {
  /** `unix:///…` or `tcp://…`; the engine's usual socket when absent. */
  readonly dockerHost: string | undefined;
  /** Id of an image that is there. */
  readonly image: string;
  readonly runtime?: "docker" | "gvisor";
  /** Containers that are kept ready: as many as are run at once. */
  readonly poolSize?: number;
  /** Told of a container that could not be removed; `reap` comes back for it. */
  readonly onLeak?: (cause: unknown) => void;
};

const ENGINE_MS = 10_000;
const GVISOR = "runsc";
const REMEDY_ENGINE = "Start Docker, or say in DOCKER_HOST where it listens.";

/**
 * Opens the sandbox on an engine: is it there, does it have the image, and does it hold every limit? When one of them is
 * not effective, it is not used.
 */
export async function openSandbox(wish: SandboxWish): Promise<Opening> {
  const engine = connectEngine(wish.dockerHost);
  const found = await findEngine(engine, wish);
  if (found.kind !== "found") return found;
  const seccomp = seccompProfile();
  const owner = nameOwner();
  const runtime = wish.runtime === "gvisor" ? { runtime: GVISOR } : {};
  const pool = createPool({
    engine,
    wish: { image: found.isolation.image, seccomp, owner, ...runtime },
    size: wish.poolSize ?? 2,
    onLeak: wish.onLeak ?? (() => undefined),
  });
  try {
    await reap(engine, new Date());
    const broken = await tryLimits(pool);
    if (broken.length > 0) {
      await pool.close();
      const because = `the engine does not hold what the sandbox relies on: ${broken.join("; ")}`;
      const remedy =
        "Give the engine cgroups with memory and pids, seccomp and no user namespaces mapped away.";
      return { kind: "unavailable", because, remedy };
    }
  } catch (cause) {
    await pool.close();
    const because = `the engine failed while its limits were tried: ${messageOf(cause)}`;
    return { kind: "unavailable", because, remedy: REMEDY_ENGINE };
  }
  const isolation: Isolation = { ...found.isolation, seccomp: digestSeccomp(seccomp) };
  return { kind: "ready", sandbox: createSandbox(engine, pool, isolation) };
}

type Found = { readonly kind: "found"; readonly isolation: Omit<Isolation, "seccomp"> };

async function findEngine(
  engine: Engine,
  { image, runtime = "docker" }: SandboxWish,
): Promise<Found | Extract<Opening, { kind: "unavailable" }>> {
  try {
    const [version, info] = await within(
      "saying what it is",
      ENGINE_MS,
      Promise.all([engine.version(), engine.info()]),
    );
    if (runtime === "gvisor" && info.Runtimes?.[GVISOR] === undefined) {
      const because = "gVisor is asked for, and the engine does not list the runtime runsc";
      const remedy = "Install gVisor and run `runsc install`, or ask for docker instead.";
      return { kind: "unavailable", because, remedy };
    }
    const { Id } = await within("finding the image", ENGINE_MS, engine.getImage(image).inspect());
    const kind = runtime === "gvisor" ? "docker+gvisor" : "docker";
    const cgroup = String(info.CgroupVersion) === "2" ? 2 : 1;
    const isolation = { kind, engine: `docker ${version.Version}`, image: Id, cgroup } as const;
    return { kind: "found", isolation: { ...isolation, runner: RUNNER } };
  } catch (cause) {
    if (statusOf(cause) === 404) {
      const because = `the engine does not have the sandbox's image ${image}`;
      return { kind: "unavailable", because, remedy: "Build it: `ensureImage` does." };
    }
    const because = `Docker engine not reachable: ${messageOf(cause)}`;
    return { kind: "unavailable", because, remedy: REMEDY_ENGINE };
  }
}

function createSandbox(engine: Engine, pool: Pool, isolation: Isolation): Sandbox {
  const { image } = isolation;
  const watching: ObserveDeps = { engine, image, newId: randomUUID, now: () => new Date() };
  return {
    isolation,
    async run(spec) {
      if (spec.signal?.aborted === true) return { kind: "cancelled" };
      return guarded(async () => {
        const container = await pool.take(spec.limits, spec.id);
        try {
          return await runInside(container, spec);
        } finally {
          pool.give(container);
        }
      });
    },
    openSession: (spec) => guarded(async () => openSession(pool, spec)),
    ...(isolation.kind === "docker" && { observe: (spec) => observe(watching, spec) }),
    reap: async () => (await pool.retry()) + (await reap(engine, new Date())),
    close: () => pool.close(),
  };
}
