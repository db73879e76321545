import { z } from "zod";

/** What GitHub's payloads and answers have in common, read like a stranger's. */

export const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
export const person = z.object({
  id: z.number().int().positive(),
  login: z.string().min(1).max(100),
});
