import type { Opening } from "@assay/sandbox";
import { findUnfitPath, type ArchiveFile } from "../../src/blobs/index.ts";
import {
  createAgentRunner,
  DEFAULT_POLICY,
  evaluateSkill,
  type AgentRunner,
  type CaseResult,
  type Evaluation,
} from "../../src/evals/index.ts";
import type { Model } from "../../src/model/index.ts";
import { Refusal, systemClock, systemIds } from "../../src/runtime/index.ts";
import { readSkillToScan } from "./skill-to-scan.ts";

/** Runs the cases of one skill on disk, each told of when it is over. */
export async function evaluateOnDisk(
  opening: Opening,
  path: string,
  how: {
    readonly caseId: string | undefined;
    /** Works on cases for an agent, and grades by criteria; null where none is configured. */
    readonly model: Model | null;
    readonly signal: AbortSignal;
    readonly tell: (result: CaseResult) => void;
  },
): Promise<Evaluation> {
  const deps = {
    opening,
    model: how.model,
    agent: openAgent(opening, how.model),
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

function openAgent(opening: Opening, model: Model | null): AgentRunner | null {
  if (model === null || opening.kind === "unavailable") return null;
  const { sandbox } = opening;
  if (sandbox.isolation.kind !== "bubblewrap")
    return createAgentRunner({ model, sandbox, clock: systemClock });
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
