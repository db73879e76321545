// The thread that `open-fetcher.ts` starts: fetches mirrors, and says what came of it.
import { parentPort } from "node:worker_threads";
import { fetchMirror } from "../../src/git/index.ts";
import type { Fetched, ToFetch } from "./open-fetcher.ts";

const port = parentPort;
port?.on("message", ({ id, wanted }: ToFetch) => {
  const say = (fetched: Fetched) => port.postMessage(fetched);
  fetchMirror(wanted).then(
    (outcome) => say({ id, outcome }),
    (cause: unknown) => say({ id, cause }),
  );
});
