import { createHmac } from "node:crypto";
import { record } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { actorName, type Actor } from "../people/index.ts";
import { findHookGeneration, putNextHookGeneration, type HookGeneration } from "./store/hooks.ts";
import type { Source } from "./store.ts";

/** How long the secret before the last rotation still counts: time to tell the git host. */
export const OLD_HOOK_SECRET_MS = 24 * 60 * 60_000;

export type HookSecrets = {
  /** The one to give to the git host. */
  readonly current: string;
  /** Counts as well until then. */
  readonly old: { readonly secret: string; readonly until: Date } | null;
};

/** The secret of one generation: it follows from the registry's own, so that none is stored. */
export function deriveHookSecret(masterSecret: string, slug: string, generation: number): string {
  const name = generation === 0 ? `webhook:${slug}` : `webhook:${slug}:${generation}`;
  return createHmac("sha256", masterSecret).update(name).digest("base64url");
}

/** What signs the webhooks of this source now. */
export async function findHookSecrets(
  db: Db | Tx,
  masterSecret: string,
  source: Pick<Source, "id" | "slug">,
  now: Date,
): Promise<HookSecrets> {
  const found = await findHookGeneration(db, source.id);
  return secretsOf(masterSecret, source.slug, found ?? { generation: 0, rotatedAt: null }, now);
}

/** Begins with a new secret; the one before counts for a day more, the ones before that no longer. */
export async function rotateHookSecret(
  tx: Tx,
  actor: Actor,
  masterSecret: string,
  source: Pick<Source, "id" | "slug">,
  at: Date,
): Promise<HookSecrets> {
  const next = await putNextHookGeneration(tx, source.id, at);
  const { generation } = next;
  await record(tx, {
    actor: actorName(actor),
    action: "source.secret-rotate",
    subject: `source:${source.slug}`,
    detail: { generation },
    at,
  });
  return secretsOf(masterSecret, source.slug, next, at);
}

function secretsOf(
  masterSecret: string,
  slug: string,
  { generation, rotatedAt }: HookGeneration,
  now: Date,
): HookSecrets {
  const current = deriveHookSecret(masterSecret, slug, generation);
  if (rotatedAt === null || generation === 0) return { current, old: null };
  const until = new Date(rotatedAt.getTime() + OLD_HOOK_SECRET_MS);
  if (until.getTime() <= now.getTime()) return { current, old: null };
  return { current, old: { secret: deriveHookSecret(masterSecret, slug, generation - 1), until } };
}
