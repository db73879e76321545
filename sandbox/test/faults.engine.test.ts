import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Dockerode from "dockerode";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../registry-app/test/needs.ts";
import { DEFAULT_LIMITS, openSandbox, type Sandbox } from "../index.ts";
import { LABELS } from "../limits.ts";
import { nameOwner } from "../reap.ts";
import { bash, dockerHost, expectRan, getImage, openForTest, specOf } from "./engine.ts";
import { startEngineProxy, type EngineProxy } from "./engine-proxy.ts";

const socketPath = new URL(dockerHost ?? "unix:///var/run/docker.sock").pathname;
const engine = new Dockerode({ socketPath });
const ownedBy = async (owner: string) => {
  const all = await engine.listContainers({
    all: true,
    filters: { label: [`${LABELS.owner}=${owner}`] },
  });
  return all.map(({ Labels }) => Labels[LABELS.run]);
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let image: string;
let sandbox: Sandbox;
beforeAll(async () => {
  image = await getImage();
  sandbox = await openForTest();
}, 600_000);
afterAll(() => sandbox.close());

describeWith("docker")("an engine that fails in the middle of a run", () => {
  let proxy: EngineProxy;
  let behind: Sandbox;
  beforeAll(async () => {
    proxy = await startEngineProxy();
    const opened = await openSandbox({ dockerHost: proxy.host, image });
    if (opened.kind !== "ready") throw new Error(opened.because);
    behind = opened.sandbox;
  });
  afterAll(async () => {
    proxy.become("answers");
    await behind.close();
    await behind.reap();
    await proxy.close();
  });
  const limits = { ...DEFAULT_LIMITS, timeoutMs: 2_000 };

  it.each(["silent", "gone"] as const)(
    "and is %s gives no verdict, in bounded time, and later nothing is left of it",
    async (state) => {
      const running = behind.run(specOf(["sleep", "100"], { id: `engine-${state}`, limits }));
      await wait(1_000);
      proxy.become(state);
      const result = await running;
      expect(result.kind).toBe("errored");
      proxy.become("answers");
      for (let tries = 0; tries < 60; tries += 1) {
        await behind.reap();
        if (!(await ownedBy(nameOwner())).includes(`engine-${state}`)) break;
        await wait(500);
      }
      expect(await ownedBy(nameOwner())).not.toContain(`engine-${state}`);
      const after = await behind.run(specOf(bash("exit 4")));
      // What was ready before may have been lost with it; the one after that is not.
      const last = after.kind === "ran" ? after : await behind.run(specOf(bash("exit 4")));
      expect(expectRan(last).exitCode).toBe(4);
    },
    120_000,
  );

  it("and makes a container without being heard leaves none behind, though nobody was told its id", async () => {
    // Not of the kind that is kept ready, so that it is made for this run.
    const odd = { ...limits, pids: 33 };
    const others = await ownedBy(nameOwner());
    proxy.become("unheard");
    const running = behind.run(specOf(["true"], { id: "unheard", limits: odd }));
    while (!(await ownedBy(nameOwner())).includes("unheard")) await wait(50);
    proxy.become("gone");
    expect((await running).kind).toBe("errored");
    expect([others.includes("unheard"), (await ownedBy(nameOwner())).includes("unheard")]).toEqual([
      false,
      true,
    ]);
    proxy.become("answers");
    // The run itself may still be trying to remove it, and what it gives up the next reaping takes on, as it does in a worker.
    for (let tries = 0; tries < 40; tries += 1) {
      await behind.reap();
      if (!(await ownedBy(nameOwner())).includes("unheard")) break;
      await wait(250);
    }
    expect(await ownedBy(nameOwner())).not.toContain("unheard");
  });

  it("or removes the container gives no verdict either", async () => {
    const running = sandbox.run(specOf(["sleep", "100"], { id: "pulled-away" }));
    await wait(1_000);
    const filters = { label: [`${LABELS.owner}=${nameOwner()}`] };
    for (const { Id } of await engine.listContainers({ filters }))
      await engine
        .getContainer(Id)
        .remove({ force: true })
        .catch(() => undefined);
    expect((await running).kind).toBe("errored");
  });
});

describeWith("docker")("what a killed process has left", () => {
  it("is removed by the next one that looks", async () => {
    const script = join(import.meta.dirname, "owner-process.ts");
    const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const filters = { label: [LABELS.owner] };
    const all = await engine.listContainers({ all: true, filters });
    const owner = all
      .map(({ Labels }) => Labels[LABELS.owner] ?? "")
      .find((one) => one.split(":")[1] === String(child.pid));
    expect(owner).toBeDefined();
    expect(await sandbox.reap()).toBe(0);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await sandbox.reap()).toBeGreaterThan(0);
    expect(await ownedBy(owner ?? "")).toEqual([]);
  });

  it.each([
    ["is removed once its deadline has passed, whoever made it", -1_000, []],
    [
      "stays until its deadline when nobody can tell whether its owner lives",
      60_000,
      ["elsewhere"],
    ],
  ] as const)("%s", async (_, fromNowMs, left) => {
    const owner = `elsewhere/1:1:${fromNowMs}`;
    const deadline = new Date(Date.now() + fromNowMs).toISOString();
    const container = await engine.createContainer({
      Image: image,
      Cmd: ["true"],
      NetworkDisabled: true,
      Labels: {
        [LABELS.owner]: owner,
        [LABELS.run]: "elsewhere",
        [LABELS.deadline]: deadline,
      },
    });
    await sandbox.reap();
    expect(await ownedBy(owner)).toEqual(left);
    await container.remove({ force: true }).catch(() => undefined);
  });
});

describeWith("docker")("there is no sandbox, and it is said why and what to do,", () => {
  it.each([
    ["where no engine listens", { dockerHost: "unix:///nowhere/docker.sock" }, /not reachable/],
    ["where the image is not there", { image: "assay-sandbox:never-built" }, /image/],
    ["where gVisor is asked for and not listed", { runtime: "gvisor" as const }, /runsc/],
  ])("%s", async (_, odd, because) => {
    const opened = await openSandbox({ dockerHost, image, ...odd });
    if (opened.kind !== "unavailable") throw new Error("it opened");
    expect(opened.because).toMatch(because);
    expect(opened.remedy).not.toBe("");
  });
});
