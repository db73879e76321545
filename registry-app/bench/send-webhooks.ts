import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/** What `github-webhooks.ts` wants to be sent. */
export type Load = {
  readonly url: string;
  readonly secret: string;
  readonly repos: readonly string[];
  readonly count: number;
  /** So many under way at once, each followed by the next; or so many a second, whatever becomes of them. */
  readonly atOnce?: number;
  readonly perSecond?: number;
};
export type Loaded = {
  readonly webhookMs: readonly number[];
  readonly healthMs: readonly number[];
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<number, number>>;
};

const { url, secret, repos, count, atOnce, perSecond } = workerData as Load;
const webhookMs: number[] = [];
const healthMs: number[] = [];
const statuses: Record<number, number> = {};

/** A push to one of the repos, as large as GitHub's are. */
function pushOf(nth: number): string {
  const name = repos[nth % repos.length] ?? "";
  const commit = {
    id: "0".repeat(40),
    message: "feat: the sums\n".repeat(20),
    added: ["SKILL.md"],
  };
  return JSON.stringify({
    ref: "refs/heads/main",
    repository: { id: nth, full_name: `acme/${name}` },
    commits: Array.from({ length: 20 }, () => commit),
  });
}

async function sendOne(nth: number): Promise<void> {
  const body = pushOf(nth);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const from = performance.now();
  const answer = await fetch(`${url}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${signature}`,
    },
    body,
  });
  await answer.arrayBuffer();
  webhookMs.push(performance.now() - from);
  statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
}

async function askHealth(): Promise<void> {
  const from = performance.now();
  await (await fetch(`${url}/healthz`)).arrayBuffer();
  healthMs.push(performance.now() - from);
}

async function sendPaced(perSecond: number): Promise<void> {
  const under: Promise<void>[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    under.push(sendOne(nth));
    if (nth % 10 === 0) under.push(askHealth());
    await sleep(1_000 / perSecond);
  }
  await Promise.all(under);
}

async function sendInLanes(lanes: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const nth = next;
      next += 1;
      await sendOne(nth);
      if (nth % 10 === 0) await askHealth();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

await (perSecond === undefined ? sendInLanes(atOnce ?? 1) : sendPaced(perSecond));
const loaded: Loaded = { webhookMs, healthMs, statuses };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(loaded);
