import type { HookTargets } from "../../src/http/index.ts";
import { findHookSecrets, findSourceBySlug, noteHints } from "../../src/sources/index.ts";
import { readMasterSecret } from "./master-secret.ts";
import type { Core } from "./open-core.ts";

/** Webhooks of git hosts: each source has a secret of its own, derived from the registry's, so none needs storing. */
export function createHooks(core: Core): HookTargets {
  const { db, ids, clock, config } = core;
  return {
    async find(slug) {
      const source = await findSourceBySlug(db, slug);
      if (source === undefined) return undefined;
      const master = await readMasterSecret(config.secretFile);
      const { current, old } = await findHookSecrets(db, master, source, clock.now());
      return { sourceId: source.id, secrets: old === null ? [current] : [current, old.secret] };
    },
    async receive(delivery) {
      const fresh = await noteHints(db, [{ id: ids.next(), ...delivery }], clock.now());
      return { kind: fresh > 0 ? "stored" : "known" };
    },
  };
}
