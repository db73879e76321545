import { Refusal } from "../../src/runtime/index.ts";
import { findSourceBySlug, type Source } from "../../src/sources/index.ts";
import type { Core } from "./open-core.ts";

/** The source of this name as the law has it now; throws a Refusal when there is none. */
export async function getSource(core: Core, slug: string): Promise<Source> {
  await core.law();
  const found = await findSourceBySlug(core.db, slug);
  if (found !== undefined) return found;
  throw new Refusal("not-found", `There is no source ${slug}.`, "See them: npx assay source list");
}
