import { z } from "zod";
import {
  listRedeliveries,
  putHealth,
  putRedelivery,
  type HealthDetail,
} from "@assay/registry/publish";
import type { Clock, Log } from "@assay/registry/runtime";
import type { Addresses } from "./addresses.ts";
import type { Github, Octokit } from "./connect.ts";
import { noteOffers } from "./offering.ts";
import { planRedelivery, type Delivery } from "./plan-redelivery.ts";
import { planRetry } from "./plan-retry.ts";

export type SweepDeps = {
  readonly db: Parameters<typeof putHealth>[0];
  readonly clock: Clock;
  readonly log: Log;
  readonly github: Pick<Github, "app" | "onInstallation">;
  readonly addresses: Addresses;
  /** Runs it alone, where other processes sweep too. */
  readonly alone: (run: () => Promise<void>) => Promise<void>;
};
export type Sweeping = { stop(): Promise<void> };

const EVERY_MS = 600_000;
const PER_PAGE = 100;
/** 1,000 tries of deliveries: what an outage of hours leaves; older ones are left to the timer. */
const MAX_PAGES = 10;

const delivery = z
  .object({
    id: z.number().int().positive(),
    guid: z.string().max(100),
    delivered_at: z.coerce.date(),
    status_code: z.number(),
  })
  .transform(({ id, guid, delivered_at: deliveredAt, status_code: statusCode }): Delivery => ({
    id,
    guid,
    deliveredAt,
    statusCode,
  }));
const installation = z.object({
  id: z.number().int().positive(),
  account: z.object({ login: z.string().max(100) }).nullable(),
  suspended_at: z.string().nullish(),
});

/** Asks GitHub every ten minutes for the webhooks that it could not deliver, and for repos to offer, until `stop`. */
export function startSweeping(deps: SweepDeps): Sweeping {
  let running: Promise<void> | undefined;
  let isStopping = false;
  const look = () => {
    running ??= deps
      .alone(() => sweepOnce(deps, () => isStopping))
      .catch((cause: unknown) => deps.log.warn({ cause }, "the sweep of deliveries failed"))
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(look, EVERY_MS);
  look();
  return {
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** One sweep. What GitHub does not answer is said in the health, and tried again with the next one. */
async function sweepOnce(deps: SweepDeps, isStopping: () => boolean): Promise<void> {
  const { db, clock, log, github } = deps;
  const told = { listed: 0, failed: 0, redelivered: 0 };
  let problem: string | null = null;
  try {
    const octokit = await github.app();
    const installations = await listInstallations(octokit);
    const accounts = installations.map(({ account, isSuspended }) => ({ account, isSuspended }));
    await putHealth(db, "installations", { installations: accounts }, clock.now());
    const deliveries = await listDeliveries(octokit);
    const asked = await listRedeliveries(db, [...new Set(deliveries.map(({ guid }) => guid))]);
    const plan = planRedelivery(deliveries, asked, clock.now());
    Object.assign(told, { listed: deliveries.length, failed: plan.failed });
    for (const { id, ...one } of plan.ask) {
      if (isStopping()) break;
      // Noted first: a sweep that is cut off asks for nothing twice.
      await putRedelivery(db, one, clock.now());
      await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
      told.redelivered += 1;
    }
    const inUse = installations.filter(({ isSuspended }) => !isSuspended);
    await noteOffers(
      deps,
      inUse.map(({ id }) => id),
    );
  } catch (cause) {
    ({ problem } = planRetry(cause, 0, clock.now().getTime()));
    log.warn({ problem }, "GitHub's list of deliveries was not read");
  }
  await putHealth(db, "sweep", { ...told, problem }, clock.now());
}

async function listDeliveries(octokit: Octokit): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, headers } = await octokit.rest.apps.listWebhookDeliveries({
      per_page: PER_PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const one of data) {
      const read = delivery.safeParse(one);
      if (read.success) found.push(read.data);
    }
    cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? "")?.[1];
    if (cursor === undefined) break;
  }
  return found;
}

type Installation = HealthDetail<"installations">["installations"][number] & {
  readonly id: number;
};

async function listInstallations(octokit: Octokit): Promise<readonly Installation[]> {
  const { data } = await octokit.rest.apps.listInstallations({ per_page: PER_PAGE });
  return data.flatMap((one) => {
    const read = installation.safeParse(one);
    if (!read.success) return [];
    const { id, account, suspended_at: suspendedAt } = read.data;
    const isSuspended = typeof suspendedAt === "string";
    return [{ id, account: account?.login ?? "unknown", isSuspended }];
  });
}
