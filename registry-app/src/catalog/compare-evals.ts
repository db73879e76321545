import { z } from "zod";
import type { Db } from "../db/index.ts";
import type { Viewer } from "../people/index.ts";
import { evalCaseSchema } from "./eval-schema.ts";
import { listEvalCases, listEvalRuns, type EvalCaseRow } from "./store/evals.ts";
import { findSkill, findVersion } from "./store/skills.ts";

const side = evalCaseSchema
  .pick({ status: true, durationMs: true, peakMemoryBytes: true, isFlaky: true })
  .nullable();

/** The cases of one version beside those of another: of each its newest run that is over. */
export const evalComparisonSchema = z.object({
  version: z.string(),
  against: z.string(),
  cases: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      before: side.describe("null where that version has no such case"),
      after: side,
      change: z
        .enum(["same", "mended", "broken", "other", "added", "removed"])
        .describe("what became of its status"),
    }),
  ),
});

export type EvalComparison = z.infer<typeof evalComparisonSchema>;
type Change = EvalComparison["cases"][number]["change"];

/** Undefined when one of the versions is not to be seen, or was never run. */
export async function compareEvals(
  db: Db,
  viewer: Viewer,
  wanted: {
    readonly team: string;
    readonly name: string;
    readonly version: string;
    readonly against: string;
  },
): Promise<EvalComparison | undefined> {
  const skill = await findSkill(db, viewer, wanted.team, wanted.name);
  if (skill === undefined) return undefined;
  const [before, after] = await Promise.all(
    [wanted.against, wanted.version].map((version) => listNewest(db, skill.id, version)),
  );
  if (before === undefined || after === undefined) return undefined;
  const ids = new Set([...after.keys(), ...before.keys()]);
  return {
    version: wanted.version,
    against: wanted.against,
    cases: [...ids].map((id) => {
      const [own, other] = [after.get(id), before.get(id)];
      const name = own?.name ?? other?.name ?? id;
      return {
        id,
        name,
        before: toSide(other),
        after: toSide(own),
        change: changeOf(other?.status, own?.status),
      };
    }),
  };
}

const RUNS_LOOKED_AT = 20;

async function listNewest(
  db: Db,
  skillId: string,
  version: string,
): Promise<ReadonlyMap<string, EvalCaseRow> | undefined> {
  const row = await findVersion(db, skillId, version);
  const runs = row === undefined ? [] : await listEvalRuns(db, row.id, RUNS_LOOKED_AT);
  const newest = runs.find(({ state }) => state === "done");
  if (newest === undefined) return undefined;
  const cases = await listEvalCases(db, newest.id);
  const own = cases.filter(({ arm }) => arm === "with-skill");
  return new Map(own.map((one) => [one.id, one]));
}

function toSide(row: EvalCaseRow | undefined) {
  if (row === undefined) return null;
  const { status, durationMs, peakMemoryBytes, isFlaky } = row;
  return { status, durationMs, peakMemoryBytes, isFlaky };
}

type Status = EvalCaseRow["status"];

function changeOf(before: Status | undefined, after: Status | undefined): Change {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  if (before === after) return "same";
  const isBad = (status: Status) => status === "failed" || status === "timeout";
  if (isBad(before) && after === "passed") return "mended";
  if (before === "passed" && isBad(after)) return "broken";
  return "other";
}
