import { describe, expect, it } from "vitest";
import { createLog, silentLog } from "./log.ts";
import { createShutdown } from "./shutdown.ts";

describe("stopping", () => {
  it("closes a thing before what it stands on, each once, however often it is asked", async () => {
    const closed: string[] = [];
    const shutdown = createShutdown(silentLog);
    shutdown.onStop("database", () => void closed.push("database"));
    shutdown.onStop("server", async () => void closed.push("server"));
    await Promise.all([shutdown.stop(), shutdown.stop()]);
    expect(closed).toEqual(["server", "database"]);
  });

  it("goes on when a step fails or hangs, and says which", async () => {
    const lines: string[] = [];
    const closed: string[] = [];
    const shutdown = createShutdown(createLog("info", (line) => lines.push(line)));
    shutdown.onStop("database", () => void closed.push("database"));
    shutdown.onStop("broken", () => {
      throw new Error("no");
    });
    shutdown.onStop("hanging", () => new Promise<void>(() => undefined));
    await shutdown.stop(20);
    expect(closed).toEqual(["database"]);
    expect(lines.map((line) => (JSON.parse(line) as { step: string }).step)).toEqual([
      "hanging",
      "broken",
    ]);
  });

  it("stops at once what is started while everything stops", async () => {
    const closed: string[] = [];
    const shutdown = createShutdown(silentLog);
    const stopped = shutdown.stop();
    shutdown.onStop("late", async () => void closed.push("late"));
    await stopped;
    await shutdown.stop();
    expect(closed).toEqual(["late"]);
    expect(shutdown.isStopping()).toBe(true);
  });
});
