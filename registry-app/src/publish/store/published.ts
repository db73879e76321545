import type { Db } from "../../db/index.ts";

/** The next published versions by id, for going through all of them in small steps. */
export async function listPublishedAfter(
  db: Db,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("skill_versions")
    .where("state", "=", "published")
    .$if(after !== undefined, (query) => query.where("id", ">", after ?? ""))
    .orderBy("id")
    .limit(limit)
    .select("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** The tars of what is published or may yet be, each once. */
export async function listTarsInUse(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("skill_versions")
    .where("state", "in", ["published", "held"])
    .distinct()
    .orderBy("tar_sha256")
    .select("tar_sha256 as tarSha256")
    .execute();
  return rows.map(({ tarSha256 }) => tarSha256);
}
