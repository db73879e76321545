import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerHost } from "./engine.ts";

export type EngineProxy = {
  readonly host: string;
  /**
   * `answers`: as the engine does; `silent`: takes everything, does nothing and says nothing; `unheard`: does what it is
   * asked, and says nothing; `gone`: hangs up on all.
   */
  become(state: "answers" | "silent" | "unheard" | "gone"): void;
  close(): Promise<void>;
};

/** The engine behind a socket of the test's own, so that it can fail without failing for anybody else. */
export async function startEngineProxy(): Promise<EngineProxy> {
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  const path = join(folder, "docker.sock");
  const target = new URL(dockerHost ?? "unix:///var/run/docker.sock").pathname;
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: Parameters<EngineProxy["become"]>[0] = "answers";
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (state === "gone") return void near.destroy();
    const far = createConnection({ path: target, allowHalfOpen: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      const isCarried = () => state === "answers" || (state === "unheard" && from === near);
      from.on("data", (chunk) => isCarried() && to.write(chunk));
      from.on("end", () => isCarried() && to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const hangUp = () => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    host: `unix://${path}`,
    become(next) {
      // What was swallowed meanwhile is lost to those connections.
      if (state === "silent" || next === "gone") hangUp();
      state = next;
    },
    async close() {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
