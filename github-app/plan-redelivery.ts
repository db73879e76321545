import type { Redelivery } from "@assay/registry/publish";

/** One try of GitHub to deliver a webhook (REST, "List deliveries for an app webhook"). */
export type Delivery = {
  readonly id: number;
  /** The same for each try of one webhook. */
  readonly guid: string;
  readonly deliveredAt: Date;
  /** What was answered; 0 where nobody answered. */
  readonly statusCode: number;
};

export type RedeliveryPlan = {
  /** How many webhooks no try of which got through. */
  readonly failed: number;
  /** Those to ask for now, by the id of a try, the newest first. */
  readonly ask: readonly (Redelivery & { readonly id: number })[];
};

const FIRST_MS = 600_000;
const MAX_ATTEMPTS = 5;
/** GitHub makes no older one again. */
const MAX_AGE_MS = 3 * 24 * 3_600_000;
/** What is asked for in one sweep: an outage of hours is caught up with over a few, while the timer looks anyway. */
const AT_ONCE = 50;

/**
 * Which webhooks to ask GitHub for again: those that no try of brought here, each at most five times and further and
 * further apart, since one that is answered wrongly each time helps nobody. Pure.
 */
export function planRedelivery(
  deliveries: readonly Delivery[],
  asked: ReadonlyMap<string, Redelivery>,
  now: Date,
): RedeliveryPlan {
  const arrived = new Set(deliveries.filter(isThere).map(({ guid }) => guid));
  const lost = new Map<string, Delivery>();
  for (const one of deliveries) {
    if (arrived.has(one.guid)) continue;
    const known = lost.get(one.guid);
    if (known === undefined || known.deliveredAt < one.deliveredAt) lost.set(one.guid, one);
  }
  const due = [...lost.values()]
    .filter(({ guid, deliveredAt }) => {
      const before = asked.get(guid);
      const isYoung = now.getTime() - deliveredAt.getTime() < MAX_AGE_MS;
      if (before === undefined) return isYoung;
      return isYoung && before.attempts < MAX_ATTEMPTS && before.notBefore <= now;
    })
    .toSorted((a, b) => b.deliveredAt.getTime() - a.deliveredAt.getTime());
  const ask = due.slice(0, AT_ONCE).map(({ id, guid }) => {
    const attempts = (asked.get(guid)?.attempts ?? 0) + 1;
    const notBefore = new Date(now.getTime() + FIRST_MS * 2 ** attempts);
    return { id, guid, attempts, notBefore };
  });
  return { failed: lost.size, ask };
}

function isThere({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 300;
}
