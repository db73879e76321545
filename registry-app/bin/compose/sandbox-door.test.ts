import type { Opening, Sandbox } from "@assay/sandbox";
import { expect, it } from "vitest";
import { silentLog } from "../../src/runtime/index.ts";
import { createSandboxDoor } from "./sandbox-door.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const absent: Opening = { kind: "unavailable", because: "no engine", remedy: "start one" };

function ready(onClose = () => undefined): Opening {
  const never = () => Promise.reject(new Error("not asked for here"));
  const isolation = {
    kind: "docker",
    engine: "docker 1",
    image: "sha256:0",
    seccomp: "0",
    cgroup: 2,
    runner: "1",
  } as const;
  const close = async () => onClose();
  const sandbox: Sandbox = {
    isolation,
    run: never,
    openSession: never,
    reap: async () => 0,
    close,
  };
  return { kind: "ready", sandbox };
}

function doorTo(openings: readonly (() => Promise<Opening>)[], patienceMs = 1_000) {
  let nowMs = START_MS;
  let asked = 0;
  const open = () => {
    const next = openings[Math.min(asked, openings.length - 1)];
    asked += 1;
    return next === undefined ? Promise.reject(new Error("nothing to open")) : next();
  };
  const clock = { now: () => new Date(nowMs) };
  const door = createSandboxDoor({ clock, log: silentLog, open, patienceMs });
  return { door, asked: () => asked, later: (ms: number) => (nowMs += ms) };
}

it("the sandbox is opened once, for all who ask at the same time and later", async () => {
  const { door, asked } = doorTo([async () => ready()]);
  const all = await Promise.all([door.get(), door.get(), door.get()]);
  expect([all.map(({ kind }) => kind), (await door.get()).kind, asked(), door.isOpen()]).toEqual([
    ["ready", "ready", "ready"],
    "ready",
    1,
    true,
  ]);
});

it("an engine that is not there is asked for again after a while, and not for each run", async () => {
  const { door, asked, later } = doorTo([async () => absent, async () => ready()]);
  expect([await door.get(), await door.get(), asked()]).toEqual([absent, absent, 1]);
  later(31_000);
  expect([(await door.get()).kind, asked()]).toEqual(["ready", 2]);
});

it("nobody waits for an image that takes minutes, and its sandbox is there once it is built", async () => {
  let finish: (opening: Opening) => void = () => undefined;
  const slow = new Promise<Opening>((resolve) => (finish = resolve));
  const { door, asked } = doorTo([() => slow], 5);
  expect(await door.get()).toMatchObject({
    kind: "unavailable",
    because: expect.stringContaining("built once"),
  });
  finish(ready());
  await slow;
  expect([(await door.get()).kind, asked()]).toEqual(["ready", 1]);
});

it("those who come later do not wait as long again", async () => {
  const never = new Promise<Opening>(() => undefined);
  const { door, later } = doorTo([() => never], 3_600_000);
  void door.get();
  later(3_600_000);
  expect((await door.get()).kind).toBe("unavailable");
});

it("a fault of ours while opening is no sandbox, and not the end of the process", async () => {
  const { door } = doorTo([() => Promise.reject(new Error("a bug"))]);
  expect(await door.get()).toMatchObject({ kind: "unavailable" });
});

it("what was opened is closed with the door", async () => {
  let isClosed = false;
  const { door } = doorTo([async () => ready(() => void (isClosed = true))]);
  await door.get();
  await door.close();
  expect(isClosed).toBe(true);
});
