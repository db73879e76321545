import { createHmac } from "node:crypto";
import { transaction } from "../../src/db/index.ts";
import type { HookTargets } from "../../src/http/index.ts";
import { syncSource } from "../../src/queue/index.ts";
import { findSourceBySlug, insertDelivery } from "../../src/sources/index.ts";
import { readMasterSecret } from "./master-secret.ts";
import type { Core } from "./open-core.ts";

/** Webhooks of git hosts: each source has a secret of its own, derived from the registry's, so none needs storing. */
export function createHooks(core: Core): HookTargets {
  const { db, queue, ids, clock, config } = core;
  return {
    async find(slug) {
      const source = await findSourceBySlug(db, slug);
      return source && { sourceId: source.id, secret: await hookSecret(config.secretFile, slug) };
    },
    receive: (delivery) =>
      transaction(db, async (tx) => {
        if (!(await insertDelivery(tx, { id: ids.next(), ...delivery }, clock.now())))
          return { kind: "known" };
        await queue.enqueue(tx, syncSource, { sourceId: delivery.sourceId });
        return { kind: "stored" };
      }),
  };
}

/** The secret that a git host signs its webhooks for this source with. */
export async function hookSecret(secretFile: string, slug: string): Promise<string> {
  const master = await readMasterSecret(secretFile);
  return createHmac("sha256", master).update(`webhook:${slug}`).digest("base64url");
}
