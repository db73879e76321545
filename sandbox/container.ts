import type { Container } from "dockerode";
import { statusOf, within, type Engine } from "./engine.ts";
import { say } from "./exec.ts";
import { CASE_USER, toContainer, type ContainerWish } from "./limits.ts";

const ENGINE_MS = 30_000;
const NO_SUCH = 404;
const BEING_REMOVED = 409;

/** Makes and starts a container that does nothing yet. Leaves none behind when that fails. */
export async function openContainer(engine: Engine, wish: ContainerWish): Promise<Container> {
  const container = await within(
    "making a container",
    ENGINE_MS,
    engine.createContainer(toContainer(wish)),
  );
  try {
    await within("starting a container", ENGINE_MS, container.start());
    return container;
  } catch (cause) {
    await removeContainer(container);
    throw cause;
  }
}

/** Removes a container with everything in it; one that is gone already is fine. */
export async function removeContainer(container: Container): Promise<void> {
  try {
    await within("removing a container", ENGINE_MS, container.remove({ force: true, v: true }));
  } catch (cause) {
    const status = statusOf(cause);
    if (status !== NO_SUCH && status !== BEING_REMOVED) throw cause;
  }
}

/** Lays the skill into /skill. Root does it, without a capability, so that the case cannot change it. */
export async function layIn(container: Container, skill: Uint8Array): Promise<void> {
  const command = [
    "tar",
    "-x",
    "-f",
    "-",
    "-C",
    "/skill",
    "--no-same-owner",
    "--no-same-permissions",
  ];
  const wish = { container, command, user: "0:0", stdin: skill };
  const { exitCode, stderr } = await say(wish, { limitMs: ENGINE_MS });
  if (exitCode !== 0)
    throw new Error(`the skill could not be laid into the sandbox: ${stderr.toString("utf8")}`);
}

/** Ends everything of the case: kindly, and after a moment not. False when the case leaves no room for that. */
export async function endCase(container: Container, graceMs: number): Promise<boolean> {
  const seconds = (graceMs / 1_000).toFixed(3);
  const script = `kill -TERM -1; sleep ${seconds}; kill -KILL -1; exit 0`;
  const wish = { container, command: ["bash", "-c", script], user: CASE_USER };
  try {
    return (await say(wish, { limitMs: graceMs + 2_000 })).exitCode === 0;
  } catch {
    return false;
  }
}
