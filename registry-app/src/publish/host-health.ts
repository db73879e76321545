import { z } from "zod";

/** What is kept of the line to a host, by name; rows of `host_health`. */
export const healthDetails = {
  /** A webhook of the App that was believed. */
  webhook: z.object({ event: z.string() }),
  /** A look for what the host is to be told; until when it asked to be left alone. */
  look: z.object({ pausedUntil: z.string().nullable() }),
  /** What the host last said of its limit on requests. */
  limits: z.object({ limit: z.number(), remaining: z.number(), resetAt: z.string() }),
  /** The last sweep of deliveries that the host could not make. */
  sweep: z.object({
    listed: z.number(),
    failed: z.number(),
    redelivered: z.number(),
    problem: z.string().nullable(),
  }),
  installations: z.object({
    installations: z.array(z.object({ account: z.string(), isSuspended: z.boolean() })),
  }),
  /** Repos that call themselves ones of skills and are no source yet. */
  offers: z.object({
    offers: z.array(
      z.object({
        repo: z.string(),
        url: z.string(),
        branch: z.string(),
        isPrivate: z.boolean(),
      }),
    ),
    /** There are more repos than were looked at, or than are kept. */
    isCut: z.boolean(),
  }),
};

type Details = typeof healthDetails;
export type HealthName = keyof Details;
export type HealthDetail<N extends HealthName> = z.infer<Details[N]>;

const at = { at: z.string() };

export const hostHealth = z.object({
  webhook: healthDetails.webhook.extend(at).nullable().catch(null),
  look: healthDetails.look.extend(at).nullable().catch(null),
  limits: healthDetails.limits.extend(at).nullable().catch(null),
  sweep: healthDetails.sweep.extend(at).nullable().catch(null),
  installations: healthDetails.installations.extend(at).nullable().catch(null),
  offers: healthDetails.offers.extend(at).nullable().catch(null),
  /** Reports that the host has not been told yet, and why those that failed did. */
  waiting: z.object({
    reports: z.number(),
    oldest: z.string().nullable(),
    problems: z.array(
      z.object({ what: z.string(), problem: z.string(), tryAgainAt: z.string().nullable() }),
    ),
  }),
});

/** All that is known of the line to the host. Times are ISO 8601 in UTC; null: nothing yet. */
export type HostHealth = z.infer<typeof hostHealth>;
