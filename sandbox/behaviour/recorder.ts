import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "dockerode";
import { removeContainer } from "../container.ts";
import { within, type Engine } from "../engine.ts";
import { startExec } from "../exec.ts";
import { toContainer, type ContainerWish } from "../limits.ts";

export type Recorder = {
  /** The container whose network the command is to share. */
  readonly container: Container;
  /** Waits until nothing more comes, and gives all that came. */
  read(): Promise<{ readonly text: string; readonly isCut: boolean }>;
};

const ENGINE_MS = 30_000;
const READY_MS = 15_000;
const QUIET_MS = 250;
const READ_MS = 4_000;
const MAX_BYTES = 24 * 1024 * 1024;
const RECORDER_USER = "10002";
/** For one route and the low ports; all of it is given up before the first answer. */
const NEEDED = ["NET_ADMIN", "NET_BIND_SERVICE", "SETUID", "SETGID"];

/** Opens a network that leads nowhere and answers everything. Leaves no container behind when that fails. */
export async function openRecorder(engine: Engine, wish: ContainerWish): Promise<Recorder> {
  const container = await within("making a container", ENGINE_MS, make(engine, wish));
  try {
    await within("starting a container", ENGINE_MS, container.start());
    return { container, read: await listen(container) };
  } catch (cause) {
    await removeContainer(container);
    throw cause;
  }
}

function make(engine: Engine, wish: ContainerWish): Promise<Container> {
  const { NetworkDisabled: _isShared, HostConfig, ...options } = toContainer(wish);
  return engine.createContainer({
    ...options,
    User: "0:0",
    HostConfig: { ...HostConfig, CapAdd: NEEDED, Dns: ["198.18.0.1"], DnsSearch: ["."] },
  });
}

async function listen(container: Container): Promise<Recorder["read"]> {
  const ready = Promise.withResolvers<void>();
  const parts: Buffer[] = [];
  let size = 0;
  let said = "";
  let lastMs = performance.now();
  const execution = await startExec({
    container,
    command: ["python3", "-c", SCRIPT, RECORDER_USER],
    user: "0:0",
    onStdout: (chunk) => {
      lastMs = performance.now();
      if (size < MAX_BYTES) parts.push(Buffer.from(chunk));
      size += chunk.length;
      ready.resolve();
    },
    onStderr: (chunk) => (said = (said + chunk.toString("utf8")).slice(-500)),
  });
  const failed = execution.ended.then(() => {
    throw new Error(`the recorder ended: ${said.trim()}`);
  });
  failed.catch(() => undefined);
  await within("starting the recorder", READY_MS, Promise.race([ready.promise, failed]));
  return async () => {
    const untilMs = performance.now() + READ_MS;
    lastMs = performance.now();
    while (performance.now() < untilMs && performance.now() - lastMs < QUIET_MS)
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 5));
    execution.abandon();
    return { text: Buffer.concat(parts).toString("utf8"), isCut: size > MAX_BYTES };
  };
}

const SCRIPT = readFileSync(join(import.meta.dirname, "recorder.py"), "utf8");
