import { z } from "zod";

const text = z.string();

/** What one case of a skill was seen to do: the part of an observation that scanning and pages need to know. */
export const seenCase = z.object({
  caseId: text,
  /** Path of the skill's file that its command names; SKILL.md where it names none. */
  file: text,
  hosts: z.array(
    z.object({
      name: text.nullable(),
      address: text.nullable(),
      port: z.number().nullable(),
      protocol: text,
      bytes: z.number(),
    }),
  ),
  secretsRead: z.array(z.object({ path: text })),
  leaks: z.array(z.object({ place: text, to: text })),
  /** Command lines. */
  programs: z.array(text),
  writesOutsideWork: z.array(text),
  /** `stopped`: seen until it was ended for its time. `cut`: it may have done more. `missing`: nothing was seen. */
  traceState: z.enum(["whole", "stopped", "cut", "missing"]),
  notes: z.array(text),
});

/** What a version was seen to do; `observations.detail`. Parsed on the way out too: rows outlive what wrote them. */
export const observation = z.object({
  cases: z.array(seenCase),
  /** Script cases that were not watched. */
  unwatched: z.number(),
});

export type SeenCase = z.infer<typeof seenCase>;
export type SeenHost = Pick<SeenCase["hosts"][number], "name" | "address">;
export type Observation = z.infer<typeof observation>;
