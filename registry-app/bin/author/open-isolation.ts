import { ensureImage, openBubblewrap, openSandbox, type Opening } from "@assay/sandbox";
import { Refusal } from "../../src/runtime/index.ts";

export const ISOLATIONS = ["docker", "gvisor", "bubblewrap"] as const;
export type IsolationWish = (typeof ISOLATIONS)[number];

export type IsolationDeps = {
  readonly dockerHost: string | undefined;
  readonly say: (line: string) => void;
  /** The image that a harness brings; our own when undefined. */
  readonly image: string | undefined;
  /** What was asked for by name; undefined where nothing was said. */
  readonly wish: IsolationWish | undefined;
};

/**
 * Opens what an author's cases are to run in. Without a wish that is Docker, and without Docker the cases are skipped;
 * what is asked for by name and is not there is refused, since skipped cases would look like an answer.
 */
export async function openIsolation(deps: IsolationDeps): Promise<Opening> {
  const { wish } = deps;
  const opening = wish === "bubblewrap" ? await openBubblewrap() : await openEngine(deps);
  if (opening.kind === "ready" || wish === undefined) return opening;
  const message = `There is no ${wish} to run cases in: ${opening.because}.`;
  throw new Refusal("unavailable", message, opening.remedy);
}

async function openEngine({ dockerHost, say, image, wish }: IsolationDeps): Promise<Opening> {
  const runtime = wish === "gvisor" ? "gvisor" : "docker";
  if (image !== undefined) return openSandbox({ dockerHost, image, runtime });
  const own = await ensureImage({ dockerHost, node: process.execPath, say });
  return own.kind === "ready" ? openSandbox({ dockerHost, image: own.id, runtime }) : own;
}
