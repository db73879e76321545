import type { Db, Tx } from "../db/index.ts";

export type NewAuditEntry = {
  /** Who: `user:<email>`, `team:<slug>`, `key:<principal>` or `assay` itself. */
  readonly actor: string;
  /** What was done, as `noun.verb`: `token.revoke`. */
  readonly action: string;
  /** What it was done to, as `noun:<id>`: `source:<slug>`. */
  readonly subject: string;
  /** What else a reader will want to know. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly at: Date;
};
export type AuditEntry = Required<NewAuditEntry> & { readonly id: number };
export type AuditFilter = {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  /** Only entries older than the one with this id: the id of the last entry of the page before. */
  readonly before?: number;
  /** At most this many, up to 500; 50 when not given. */
  readonly limit?: number;
};

/** Adds an entry. Needs the transaction of the change, so that neither is ever there without the other. */
export async function record(tx: Tx, entry: NewAuditEntry): Promise<void> {
  const { detail = {}, ...rest } = entry;
  await tx
    .insertInto("audit_log")
    .values({ ...rest, detail: JSON.stringify(detail) })
    .execute();
}

const MAX_LIMIT = 500;

/** Lists entries, latest first. */
export async function listAudit(
  db: Db | Tx,
  filter: AuditFilter = {},
): Promise<readonly AuditEntry[]> {
  const { actor, action, subject, before, limit = 50 } = filter;
  let query = db.selectFrom("audit_log").selectAll().orderBy("id", "desc");
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (action !== undefined) query = query.where("action", "=", action);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  if (before !== undefined) query = query.where("id", "<", before);
  return query.limit(Math.max(1, Math.min(limit, MAX_LIMIT))).execute();
}
