/** Running the code of strangers: one command in one container, and what came of it. Knows no skills. */
export { openBubblewrap } from "./bubblewrap.ts";
export type { Observation, Observed, SeenHost } from "./behaviour/types.ts";
export { ensureImage, type ImageFound, type ImageWish } from "./images/ensure-image.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export { openSandbox, type SandboxWish } from "./open-sandbox.ts";
export type {
  Artifact,
  Attached,
  Captured,
  End,
  InputFile,
  Isolation,
  Limits,
  Opening,
  RunResult,
  RunSpec,
  Sandbox,
  Session,
} from "./types.ts";
