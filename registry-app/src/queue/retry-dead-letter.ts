import { transaction, type Db } from "../db/index.ts";
import { Refusal, type Clock } from "../runtime/index.ts";
import type { Queue } from "./create-queue.ts";
import { JOBS, type Job, type Payload } from "./jobs.ts";
import { takeDeadLetter } from "./store.ts";

/** Resolves a dead letter and asks for its job again. Throws a Refusal when there is no such letter or no such job any more. */
export async function retryDeadLetter(
  { db, queue, clock }: { readonly db: Db; readonly queue: Queue; readonly clock: Clock },
  id: string,
): Promise<void> {
  await transaction(db, async (tx) => {
    const letter = await takeDeadLetter(tx, id, clock.now());
    if (letter === undefined) {
      throw new Refusal("not-found", "There is no such dead letter, or it is resolved already.");
    }
    const job: Job | undefined = JOBS.find(({ name }) => name === letter.job);
    if (job === undefined) {
      throw new Refusal("conflict", `This version of Assay has no job "${letter.job}".`);
    }
    const payload: Payload = job.payload.parse(letter.payload);
    await queue.enqueue(tx, job, payload);
  });
}
