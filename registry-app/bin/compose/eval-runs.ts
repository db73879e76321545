import { record } from "../../src/audit/index.ts";
import { findVersionId } from "../../src/catalog/index.ts";
import { transaction } from "../../src/db/index.ts";
import { cancelRun, findOpenRun, hasEvals } from "../../src/evals/index.ts";
import type { EvalRuns, WantedVersion } from "../../src/http/index.ts";
import { requestEvals } from "../../src/jobs/index.ts";
import { actorName, may, requireMay, viewerOf, type Actor } from "../../src/people/index.ts";
import { findSkillAccess } from "../../src/publish/index.ts";
import { Refusal } from "../../src/runtime/index.ts";
import type { Core } from "./open-core.ts";

/** What people may do with runs of evals, on the page and in the API alike. */
export function createEvalRuns({ db, queue, clock, law }: Core): EvalRuns {
  const find = async (actor: Actor, wanted: WantedVersion) => {
    const [subject, versionId] = await Promise.all([
      findSkillAccess(db, wanted.team, wanted.name),
      findVersionId(db, viewerOf(actor), wanted),
    ]);
    if (subject === undefined || versionId === undefined)
      throw new Refusal("not-found", `There is no version ${say(wanted)}.`);
    return { subject, versionId };
  };
  return {
    async mayAsk(actor, wanted) {
      const { subject } = await find(actor, wanted);
      return may(actor, "run-evals", subject);
    },
    async ask(actor, wanted) {
      const { subject, versionId } = await find(actor, wanted);
      requireMay(actor, "run-evals", subject);
      if (!(await hasEvals(db, versionId)))
        throw new Refusal(
          "unprocessable",
          `${say(wanted)} has no test cases.`,
          "Add evals/evals.json to the skill and tag a new version; `npx assay eval DIR` tries it before.",
        );
      const { policy } = await law();
      const [at, requestedBy] = [clock.now(), actorName(actor)];
      return transaction(db, async (tx) => {
        const wish = { versionIds: [versionId], reason: "re-run", requestedBy, at } as const;
        const added = await requestEvals(queue, tx, { ...wish, law: policy });
        if (added.length === 0) return { kind: "known" };
        await record(tx, { ...entryOf(actor, wanted), action: "evals.run", at });
        return { kind: "asked" };
      });
    },
    async cancel(actor, wanted) {
      const { subject, versionId } = await find(actor, wanted);
      requireMay(actor, "run-evals", subject);
      const at = clock.now();
      await transaction(db, async (tx) => {
        const run = await findOpenRun(tx, versionId);
        if (run === undefined)
          throw new Refusal("not-found", `No run of ${say(wanted)} waits or is under way.`);
        if (run.reason !== "re-run")
          throw new Refusal(
            "conflict",
            `The decision on ${say(wanted)} waits for this run.`,
            "Let it end: a case that takes too long is stopped by its own time limit.",
          );
        await cancelRun(tx, run.id, "It was called off.", at);
        await record(tx, { ...entryOf(actor, wanted), action: "evals.cancel", at });
      });
    },
  };
}

function entryOf(actor: Actor, wanted: WantedVersion) {
  return { actor: actorName(actor), subject: `version:${say(wanted)}` };
}

const say = ({ team, name, version }: WantedVersion) => `${team}/${name} ${version}`;
