import { z } from "zod";

const CONTROL = /\p{Cc}/u;
const line = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !CONTROL.test(text), "has control characters");
/** One segment of an address: names of teams, skills, versions and sources have no slash. */
export const segment = line
  .refine((text) => !text.includes("/"), "has a slash")
  .refine((text) => text !== "." && text !== "..", "is no name");

export const skillParams = z.object({ team: segment, name: segment });
export const versionParams = skillParams.extend({ version: segment });
export const sourceParams = z.object({ source: segment });
/** Tag names may have slashes, encoded or not. */
export const tagParams = sourceParams.extend({ tag: line });

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(1).max(100).default(20),
});
export const skillQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .refine((text) => !CONTROL.test(text), "has control characters")
    .default("")
    .describe("a name (exact, beginning or mistyped), team/name, or words of the description"),
  team: segment.optional(),
});
export const tagQuery = pageQuery.extend({
  state: z.enum(["pending", "published", "held", "refused", "ignored"]).optional(),
});
