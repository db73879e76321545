import { record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { actorName, type Actor } from "../people/index.ts";
import { dropFreeze } from "./store/freezes.ts";
import type { Source } from "./store.ts";

/**
 * Lets a frozen source publish again: what a person answers for, in the audit log. False when it was not frozen. What
 * was moved or replaced until now is known and freezes it no more; the next of its kind does.
 */
export async function unfreezeSource(
  tx: Tx,
  actor: Actor,
  source: Pick<Source, "id" | "slug" | "frozen">,
  { because, at }: { readonly because: string; readonly at: Date },
): Promise<boolean> {
  if (!(await dropFreeze(tx, source.id, at))) return false;
  await record(tx, {
    actor: actorName(actor),
    action: "source.unfreeze",
    subject: `source:${source.slug}`,
    detail: { because, was: source.frozen?.reason ?? null },
    at,
  });
  return true;
}
