import type { Db } from "../../db/index.ts";

/** A version that waits for a person, and what for. */
export type HeldVersion = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
  readonly digest: string;
  readonly source: string;
  readonly tag: string;
  readonly isImported: boolean;
  readonly signerPrincipal: string;
  readonly signerKey: string;
  readonly reasons: readonly string[];
  readonly remedy: string;
  readonly decidedAt: Date;
};

export type WhichHeld = {
  readonly source?: string;
  readonly version?: { readonly team: string; readonly skill: string; readonly version: string };
};

/** What is held, oldest first; of one source or of one coordinate when asked. */
export async function listHeld(db: Db, which: WhichHeld = {}): Promise<readonly HeldVersion[]> {
  const { source, version } = which;
  const all = db
    .selectFrom("skill_versions as v")
    .innerJoin("skills as k", "k.id", "v.skill_id")
    .innerJoin("teams as t", "t.id", "k.team_id")
    .innerJoin("tags as g", "g.id", "v.tag_id")
    .innerJoin("sources as s", "s.id", "g.source_id")
    .where("v.state", "=", "held");
  const ofSource = source === undefined ? all : all.where("s.slug", "=", source);
  const asked =
    version === undefined
      ? ofSource
      : ofSource
          .where("t.slug", "=", version.team)
          .where("k.name", "=", version.skill)
          .where("v.version", "=", version.version);
  const rows = await asked
    .orderBy("v.decided_at")
    .orderBy("v.tag_name")
    .select(["t.slug as team", "k.name as skill", "v.version", "v.digest", "s.slug as source"])
    .select(["g.name as tag", "g.imported as isImported", "g.remedy", "v.decision"])
    .select(["v.signer_principal as signerPrincipal", "v.signer_key as signerKey"])
    .select("v.decided_at as decidedAt")
    .execute();
  return rows.map(({ decision, remedy, decidedAt, ...row }) => ({
    ...row,
    reasons: decision?.reasons ?? [],
    remedy: remedy ?? "",
    decidedAt: decidedAt ?? new Date(0),
  }));
}
