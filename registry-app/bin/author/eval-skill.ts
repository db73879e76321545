import type { Opening } from "@assay/sandbox";
import { findUnfitPath, type ArchiveFile } from "../../src/blobs/index.ts";
import {
  DEFAULT_POLICY,
  evaluateSkill,
  type AgentRunner,
  type CaseResult,
  type Evaluation,
} from "../../src/evals/index.ts";
import { Refusal, systemClock, systemIds } from "../../src/runtime/index.ts";
import { openAgent, type AgentWish } from "../compose/open-harness.ts";
import { readSkillToScan } from "./skill-to-scan.ts";

/** Runs the cases of one skill on disk, each told of when it is over. */
export async function evaluateOnDisk(
  opening: Opening,
  path: string,
  how: Pick<AgentWish, "config" | "harness" | "model"> & {
    readonly caseId: string | undefined;
    readonly signal: AbortSignal;
    readonly tell: (result: CaseResult) => void;
  },
): Promise<Evaluation> {
  const deps = {
    opening,
    model: how.model,
    agent: toAgent(opening, how),
    clock: systemClock,
    ids: systemIds,
    onStarted: async () => undefined,
    onResult: async (result: CaseResult) => how.tell(result),
    findCached: async () => undefined,
  };
  return evaluateSkill(deps, {
    runId: `eval-${process.pid}`,
    files: readFiles(path),
    previous: null,
    policy: DEFAULT_POLICY,
    isWatched: false,
    caseId: how.caseId,
    signal: how.signal,
  });
}

function toAgent(
  opening: Opening,
  how: Pick<AgentWish, "config" | "harness" | "model">,
): AgentRunner | null {
  if (how.model === null || opening.kind === "unavailable") return null;
  const { sandbox } = opening;
  const { config, harness, model } = how;
  if (sandbox.isolation.kind !== "bubblewrap")
    return openAgent({ config, harness, model, sandbox, clock: systemClock });
  // Its commands would each find the folder empty again: a failure that says nothing of the skill.
  const because = "bubblewrap runs one command alone, and an agent needs several in one container";
  return { id: "none", runAgentCase: async () => ({ kind: "skipped", because }) };
}

/** The files that a version would have. Links and what is too large would not be published, and `lint` tells of them. */
function readFiles(path: string): readonly ArchiveFile[] {
  const files = readSkillToScan(path).flatMap(({ path: name, mode, bytes }): ArchiveFile[] =>
    bytes !== undefined && (mode === "100644" || mode === "100755")
      ? [{ path: name, mode, bytes }]
      : [],
  );
  const unfit = findUnfitPath(files);
  if (unfit === undefined) return files;
  throw new Refusal(
    "bad-request",
    `${path} cannot be packed: ${JSON.stringify(unfit.path)} ${unfit.because}`,
    `Run "npx assay lint ${path}", which says what to rename.`,
  );
}

/** Opens a sandbox when the first case needs it, so that a skill without evals waits for nothing. */
export function openOnce(open: () => Promise<Opening>) {
  let opening: Promise<Opening> | undefined;
  return {
    get: () => (opening ??= open()),
    close: async () => {
      const opened = await opening;
      if (opened?.kind === "ready") await opened.sandbox.close();
    },
  };
}
