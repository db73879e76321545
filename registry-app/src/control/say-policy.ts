import { flattenFields } from "./list-entries.ts";
import type { CheckLaw, PolicyLaw, ScanLaw } from "./types.ts";

const FIELDS: Readonly<Record<string, (value: string) => string>> = {
  bump: (value) =>
    value === "require"
      ? "A version that goes up by less than its changes ask for is refused."
      : "A version that goes up by less than its changes ask for is warned about.",
  singleAuthor: (value) =>
    value === "hold"
      ? "What only one person may sign for waits for somebody else's word."
      : "A source may have one signer alone; it is labelled so.",
  codeOwners: (value) =>
    value === "require"
      ? "A version waits until the code owners of its folder have approved it in a merged pull request."
      : "Nobody asks whether code owners have approved a version.",
  "certificates.maxDays": (value) =>
    `A signer's SSH certificate may be valid for ${value} days in all.`,
  "scan.maxFlips": (value) =>
    `New rules of the scanner that would warn about or block more than ${value} % of what is published wait for an admin.`,
  "evals.slots": (value) => `A team has ${value} runs of evals at the same time.`,
  "evals.minutesPerDay": (value) => `A team's evals run for ${value} minutes a day.`,
  "evals.maxSeconds": (value) => `A case of an eval may run for ${value} seconds.`,
  "evals.maxMemoryMiB": (value) => `A case of an eval may use ${value} MiB of memory.`,
  "evals.maxCpus": (value) => `A case of an eval may use ${value} cores.`,
};

/** A policy in sentences; a field that has none here is told by its name. Pure. */
export function sayPolicy({ checks, ...rest }: PolicyLaw): string[] {
  return [
    ...Object.entries(checks).map(([name, check]) => sayCheck(name, check)),
    ...sayScan(checks.scan),
    ...flattenFields(rest).map(([name, value]) =>
      Object.hasOwn(FIELDS, name) ? (FIELDS[name]?.(value) ?? "") : `${name}: ${value}.`,
    ),
  ];
}

const LIST = new Intl.ListFormat("en");

function sayOutcomes(outcomes: readonly string[], verb: string): string {
  return `${LIST.format(outcomes)} ${verb}${outcomes.length === 1 ? "s" : ""}`;
}

function sayScan({ minScore, advisories }: ScanLaw): string[] {
  return [
    ...(minScore === 0 ? [] : [`A scan with a score below ${minScore} holds.`]),
    ...(advisories === "optional"
      ? []
      : ["A scan without a fresh list of known bad packages counts as incomplete."]),
  ];
}

function sayCheck(name: string, { need, refuse, hold }: CheckLaw): string {
  const when = need === "required" ? "is required" : "counts where it has run";
  const led = [
    ...(refuse.length === 0 ? [] : [sayOutcomes(refuse, "refuse")]),
    ...(hold.length === 0 ? [] : [sayOutcomes(hold, "hold")]),
  ];
  return `${name[0]?.toUpperCase()}${name.slice(1)} ${when}: ${led.join("; ") || "no outcome stops a version"}.`;
}
