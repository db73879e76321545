import { record } from "../audit/index.ts";
import { transaction, type Db, type Tx } from "../db/index.ts";
import { rerunPull } from "../evals/index.ts";
import {
  answerAsk,
  approveHead,
  findAllowedAsk,
  findAskedOf,
  forgetTold,
  hurryOwners,
  type AskedOf,
  type HostAsk,
  type LawDeps,
} from "../publish/index.ts";
import * as queue from "../queue/index.ts";
import type { Clock } from "../runtime/index.ts";
import { requestEvals } from "./eval-handlers.ts";

export type AskHandlerDeps = {
  readonly db: Db;
  readonly law: LawDeps["law"];
  readonly clock: Clock;
};

/** The job that carries out what somebody asked for on their host, once that said that they may. */
export function askHandler(ask: queue.Queue, deps: AskHandlerDeps): queue.Handler {
  const { db, clock } = deps;
  return queue.handle(queue.carryOutAsk, async ({ askId }) => {
    const asked = await findAllowedAsk(db, askId);
    if (asked === undefined) return;
    const { policy } = await deps.law();
    const at = clock.now();
    await transaction(db, async (tx) => {
      const of = await findAskedOf(tx, asked);
      const answer = await carryOut(ask, tx, { asked, of, policy, at });
      await answerAsk(tx, asked.id, { state: "done", answer, at });
      await record(tx, {
        actor: `github:${asked.login}`,
        action: `host.${asked.what}`,
        subject: `source:${asked.sourceId}`,
        detail: { report: asked.externalId, head: asked.headOid, answer },
        at,
      });
    });
  });
}

type Carrying = {
  readonly asked: HostAsk;
  readonly of: AskedOf;
  readonly policy: Awaited<ReturnType<LawDeps["law"]>>["policy"];
  readonly at: Date;
};

const versionsOf = ({ tags }: AskedOf) => tags.flatMap(({ versionId }) => versionId ?? []);

/** Gives a sentence that says what was done. */
async function carryOut(ask: queue.Queue, tx: Tx, { asked, of, policy, at }: Carrying) {
  const { sourceId, headOid } = asked;
  if (of.tags.length + of.pulls.length === 0) return "There is nothing of this name any more.";
  const judge = (pulls: AskedOf["pulls"]) =>
    ask.enqueueAll(
      tx,
      queue.judgePull,
      pulls.map(({ number }) => ({ sourceId, number: String(number) })),
    );
  switch (asked.what) {
    case "again":
      await forgetTold(tx, of);
      await hurryOwners(tx, { versionIds: versionsOf(of) }, at);
      await judge(of.pulls);
      await ask.enqueue(tx, queue.syncSource, { sourceId });
      return "It is looked at and told anew.";
    case "run-evals": {
      const versionIds = versionsOf(of);
      const requestedBy = `github:${asked.login}`;
      const wish = { versionIds, reason: "re-run", requestedBy, law: policy, at } as const;
      const added = await requestEvals(ask, tx, wish);
      const runs = await rerunPull(
        tx,
        of.pulls.map(({ id }) => id),
        headOid,
        at,
      );
      for (const runId of runs) await ask.enqueue(tx, queue.evaluatePullRequest, { runId });
      return `${added.length + runs.length} runs of cases were asked for.`;
    }
    case "ask-waiver":
      await forgetTold(tx, { tags: of.tags, pulls: [] });
      return "Its report says what an approver has to commit.";
    case "judge": {
      const approved: AskedOf["pulls"][number][] = [];
      for (const pull of of.pulls) if (await approveHead(tx, pull, headOid)) approved.push(pull);
      await judge(approved);
      return approved.length > 0 ? "This commit is judged." : "Its head is another commit by now.";
    }
  }
}
