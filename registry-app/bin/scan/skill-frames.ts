import { z } from "zod";
import type { AdvisorySnapshot } from "../../src/scan/index.ts";
import type { TreeEntry, TreeMode } from "../../src/skill/index.ts";

/** What the process is to answer of each skill; the first that it is told. */
export const SKILL_ORDER = z.discriminatedUnion("wants", [
  z.object({
    wants: z.literal("report"),
    /** Made by our own parser in the process that started this one. */
    advisories: z.custom<AdvisorySnapshot | null>((value) => typeof value === "object"),
  }),
  z.object({ wants: z.literal("packages") }),
]);
export type SkillOrder = z.infer<typeof SKILL_ORDER>;

/** What the scan process is told of a skill before the bytes of its files, which follow one after the other. */
export const SKILL_HEAD = z.object({
  today: z.iso.datetime(),
  entries: z.array(
    z.object({
      path: z.string(),
      mode: z.custom<TreeMode>((mode) => typeof mode === "string"),
      size: z.number(),
      /** Null for what has no bytes here. */
      length: z.number().int().min(0).nullable(),
    }),
  ),
});
export type SkillHead = z.infer<typeof SKILL_HEAD>;

export function toSkillFrames(entries: readonly TreeEntry[], today: Date): readonly Uint8Array[] {
  const head: SkillHead = {
    today: today.toISOString(),
    entries: entries.map(({ path, mode, size, bytes }) => {
      return { path, mode, size, length: bytes?.length ?? null };
    }),
  };
  const bodies = entries.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes]));
  return [Buffer.from(JSON.stringify(head), "utf8"), Buffer.concat(bodies)];
}
