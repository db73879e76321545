// Started by a test as a process of its own, so that it can be killed: runs embedded Postgres until SIGTERM.
import { startEmbedded } from "../src/db/index.ts";
import { silentLog, systemIds } from "../src/runtime/index.ts";

const [dir = ""] = process.argv.slice(2);
const server = await startEmbedded({ dir, log: silentLog, ids: systemIds });
process.stdout.write(`${JSON.stringify({ url: server.url, owned: server.owned })}\n`);
const alive = setInterval(() => undefined, 1000);
process.once("SIGTERM", () => {
  clearInterval(alive);
  void server.stop();
});
