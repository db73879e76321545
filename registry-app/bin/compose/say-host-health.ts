import type { HostHealth } from "../../src/publish/index.ts";

/** How the line to GitHub is, in lines for people. `now` is when they read it. */
export function sayHostHealth(health: HostHealth, now: Date): readonly string[] {
  const { webhook, look, limits, sweep, installations, waiting } = health;
  const ago = (iso: string) => sayAge(now.getTime() - Date.parse(iso));
  const row = (label: string, says: string) => `${label.padEnd(14)}${says}`;
  return [
    row("webhooks", webhook === null ? "none came yet" : `${webhook.event}, ${ago(webhook.at)}`),
    row("reports", look === null ? "nothing reports: is github-app running?" : sayLook(look, ago)),
    row("waiting", sayWaiting(waiting, ago)),
    ...waiting.problems.map(({ what, problem }) => row("", `${what}: ${problem}`)),
    row(
      "limits",
      limits === null
        ? "not told yet"
        : `${limits.remaining} of ${limits.limit} requests left, anew at ${limits.resetAt}`,
    ),
    row("deliveries", sweep === null ? "not looked at yet" : saySweep(sweep, ago)),
    row("installed on", sayInstalled(installations)),
  ];
}

function sayLook(look: NonNullable<HostHealth["look"]>, ago: (iso: string) => string): string {
  const pause =
    look.pausedUntil === null ? "" : `; GitHub asks for silence until ${look.pausedUntil}`;
  return `last look ${ago(look.at)}${pause}`;
}

function sayWaiting({ reports, oldest }: HostHealth["waiting"], ago: (iso: string) => string) {
  if (reports === 0 || oldest === null) return "no report failed";
  return `${reports} that could not be told, the first tried ${ago(oldest)}`;
}

function saySweep(sweep: NonNullable<HostHealth["sweep"]>, ago: (iso: string) => string): string {
  const { at, listed, failed, redelivered, problem } = sweep;
  if (problem !== null) return `not read ${ago(at)}: ${problem}`;
  return `${failed} failed of ${listed}, ${redelivered} asked for again, ${ago(at)}`;
}

function sayInstalled(known: HostHealth["installations"]): string {
  if (known === null) return "not asked yet";
  const all = known.installations.map(({ account, isSuspended }) =>
    isSuspended ? `${account} (suspended)` : account,
  );
  return all.length === 0
    ? "nothing: install the App on the repos of your sources"
    : all.join(", ");
}

const STEPS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"],
] as const;

function sayAge(ms: number): string {
  for (const [size, name] of STEPS) {
    const count = Math.floor(ms / size);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}
