/** Numbers, sizes, times and digests as the pages print them. */

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const grouped = new Intl.NumberFormat("en-US");

/** "3 days ago"; below a minute "just now", which also covers clocks that differ a little. */
export function relativeTime(at: string, now: Date): string {
  const seconds = Math.round((Date.parse(at) - now.getTime()) / 1000);
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

/** "2026-11-22 20:42:07 UTC" */
export function exactTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function count(value: number): string {
  return grouped.format(value);
}

/** "1 tag", "2 tags" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The first 12 characters after the algorithm's prefix, the prefix kept: "sha256:9f3c51aa02be". */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(":") + 1;
  return digest.slice(0, colon + 12);
}
