/** What GitHub says of its limit on requests, for one installation. */
export type Limits = {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
};

export type LimitsSeen = {
  /** Takes note of an answer's headers (REST, "Rate limits"). */
  note(headers: Pick<Headers, "get">): void;
  /** The installation that has least left, of those heard of since this was asked last. */
  take(): Limits | undefined;
};

export function watchLimits(): LimitsSeen {
  let lowest: Limits | undefined;
  return {
    note(headers) {
      const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
        toCount(headers.get(`x-ratelimit-${name}`)),
      );
      if (limit === undefined || remaining === undefined || reset === undefined) return;
      if (lowest !== undefined && lowest.remaining <= remaining) return;
      lowest = { limit, remaining, resetAt: new Date(reset * 1_000) };
    },
    take() {
      const seen = lowest;
      lowest = undefined;
      return seen;
    },
  };
}

/** Seconds and counts of a size that a clock and a limit may have. */
function toCount(text: string | null): number | undefined {
  return text !== null && /^\d{1,11}$/.test(text) ? Number(text) : undefined;
}
