// Started by a test as a process of its own: takes one job, says so, and never finishes it.
import { z } from "zod";
import { openDatabase } from "../src/db/index.ts";
import { createQueue, defineJob, handle } from "../src/queue/index.ts";
import { silentLog, systemClock, systemIds } from "../src/runtime/index.ts";

const [url = "", name = ""] = process.argv.slice(2);
const { db, pool } = await openDatabase({ url, log: silentLog });
const deps = { db, clock: systemClock, ids: systemIds, log: silentLog };
const queue = createQueue({ ...deps, backend: { kind: "postgres", pool } });
const payload = z.strictObject({ id: z.string() });
const job = defineJob({ name, payload, attempts: 1, backoffMs: 20, keyOf: ({ id }) => id });
const hang = async () => {
  process.stdout.write("running\n");
  await new Promise(() => undefined);
};
await queue.consume([handle(job, hang)], { lockMs: 300 });
