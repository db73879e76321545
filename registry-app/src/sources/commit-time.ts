const LAST_SECOND_OF_9999 = 253_402_300_799;

/** When a commit says it was made, in seconds since 1970: git takes any number, neither Date nor Postgres does. */
export function toCommitTime(seconds: number): Date {
  const known = Number.isFinite(seconds) ? seconds : 0;
  return new Date(Math.min(Math.max(known, 0), LAST_SECOND_OF_9999) * 1_000);
}
