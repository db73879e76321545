import type { HealthRow } from "@assay/github-app";
import type { HostHealth } from "../../src/publish/index.ts";

/** How the line to GitHub is, in lines for a terminal. `now` is when they are read. */
export function sayHostHealth(health: HostHealth, now: Date): readonly string[] {
  const line = (label: string, says: string) => `${label.padEnd(14)}${says}`;
  return listHealthRows(health, now).flatMap(({ label, says, more }) => [
    line(label, says),
    ...more.map((one) => line("", one)),
  ]);
}

/** The same as rows, each with what stands below it. */
export function listHealthRows(health: HostHealth, now: Date): readonly HealthRow[] {
  const { webhook, look, limits, sweep, installations, offers, waiting } = health;
  const ago = (iso: string) => sayAge(now.getTime() - Date.parse(iso));
  const row = (label: string, says: string, more: readonly string[] = []) => ({
    label,
    says,
    more,
  });
  return [
    row("webhooks", webhook === null ? "none came yet" : `${webhook.event}, ${ago(webhook.at)}`),
    row("reports", look === null ? "nothing reports: is github-app running?" : sayLook(look, ago)),
    row(
      "waiting",
      sayWaiting(waiting, ago),
      waiting.problems.map(({ what, problem }) => `${what}: ${problem}`),
    ),
    row(
      "limits",
      limits === null
        ? "not told yet"
        : `${limits.remaining} of ${limits.limit} requests left, anew at ${limits.resetAt}`,
    ),
    row("deliveries", sweep === null ? "not looked at yet" : saySweep(sweep, ago)),
    row("installed on", sayInstalled(installations)),
    row("offered", sayOffered(offers), (offers?.offers ?? []).map(sayOffer)),
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

function sayOffered(known: HostHealth["offers"]): string {
  if (known === null) return "not asked yet";
  const { offers, isCut } = known;
  if (offers.length === 0 && !isCut) return "no repo with the topic agent-skills but the sources";
  const count = `${offers.length} with the topic agent-skills that ${offers.length === 1 ? "is" : "are"} no source`;
  return isCut ? `${count}, and there are more repos than are looked at` : count;
}

type Offer = NonNullable<HostHealth["offers"]>["offers"][number];

/** The command that makes a repo a source. A branch of another name is quoted: its author chose it. */
function sayOffer({ repo, url, branch, isPrivate }: Offer): string {
  const slug = repo
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  const other = branch === "main" ? "" : ` --branch '${branch.replaceAll("'", String.raw`'\''`)}'`;
  return `npx assay source add ${slug} --team TEAM --url ${url}${other}${isPrivate ? " --private" : ""}`;
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
