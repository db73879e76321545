import Dockerode from "dockerode";
import {
  DEFAULT_LIMITS,
  ensureImage,
  openSandbox,
  type RunResult,
  type RunSpec,
  type Sandbox,
} from "../index.ts";
import { LABELS } from "../limits.ts";

/** Where the tests' engine listens. */
export const dockerHost = process.env["DOCKER_HOST"];

/** The image that the product would build, built by the first suite that asks. */
export async function getImage(): Promise<string> {
  const found = await ensureImage({
    dockerHost,
    node: process.execPath,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  if (found.kind !== "ready") throw new Error(`${found.because} (${found.remedy})`);
  return found.id;
}

export async function openForTest(): Promise<Sandbox> {
  const opened = await openSandbox({ dockerHost, image: await getImage() });
  if (opened.kind !== "ready") throw new Error(`${opened.because} (${opened.remedy})`);
  return opened.sandbox;
}

export const bash = (script: string) => ["bash", "-c", script];
export const python = (script: string) => ["python3", "-c", script];

export const specOf = (command: readonly string[], more: Partial<RunSpec> = {}): RunSpec => ({
  id: "test",
  skill: null,
  inputs: [],
  command,
  stdin: Buffer.alloc(0),
  env: {},
  limits: DEFAULT_LIMITS,
  ...more,
});

export type Ran = Extract<RunResult, { kind: "ran" }>;

export function expectRan(result: RunResult): Ran {
  if (result.kind !== "ran") throw new Error(`it was not run: ${JSON.stringify(result)}`);
  return result;
}

export const textOf = ({ bytes }: { readonly bytes: Uint8Array }) =>
  Buffer.from(bytes).toString("utf8");

/** Containers that some owner has left, by what they were for. */
export async function listContainers(run: string): Promise<readonly string[]> {
  const socketPath = new URL(dockerHost ?? "unix:///var/run/docker.sock").pathname;
  const all = await new Dockerode({ socketPath }).listContainers({
    all: true,
    filters: { label: [`${LABELS.run}=${run}`] },
  });
  return all.map(({ Id }) => Id);
}
