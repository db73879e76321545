import type { Db } from "../../db/index.ts";
import type { Viewer } from "../../people/index.ts";
import { findSkills, toSkillItem, type SkillQuery } from "../read-skills.ts";
import type { SkillRow } from "../store/skills.ts";

/** The catalogue as its page shows it. */
export async function searchPage(db: Db, viewer: Viewer, query: SkillQuery) {
  const { rows, total, near } = await findSkills(db, viewer, query);
  const found = { items: rows.map(toPageItem), total, page: query.page, size: query.size };
  return near === undefined ? found : { ...found, didYouMean: near };
}

/** A skill in a list of a page: with the digest that its stamp is drawn from. */
export function toPageItem(row: SkillRow) {
  return { ...toSkillItem(row), digest: row.digest };
}
