import type { AddedFinding } from "../add-findings.ts";
import type { FileCoverage } from "../inventory/scan-file.ts";
import * as rules from "./observed-rules.ts";
import type { SeenCase, SeenHost } from "./seen.ts";

const MAX_OF_A_RULE = 20;
const MAX_EVIDENCE = 200;

/** Files that a shell, a login or a timer runs. */
const START_UP =
  /(?:^|\/)(?:\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|xprofile|xinitrc)|\.ssh\/(?:authorized_keys|rc)|\.config\/(?:autostart|systemd|fish)\/.+|crontabs?\/.+|cron\.[a-z]+\/.+|LaunchAgents\/.+)$/;

/**
 * What git, libcurl and Python's requests open by themselves before any request, to see whether it names the host. Only
 * when it leaves again does that say something of the skill.
 */
const OPENED_BY_CLIENTS = /\/\.netrc$/;

/** What was seen, as findings for `addFindings`. */
export function toObservedFindings(
  { file, leaks, secretsRead, hosts, writesOutsideWork }: SeenCase,
  declaredHosts: ReadonlySet<string>,
): readonly AddedFinding[] {
  const tell = (rule: rules.ObservedRule, found: readonly Told[]) =>
    found.slice(0, MAX_OF_A_RULE).map((told) => toFinding(rule, file, told));
  const read = hosts.length > 0 ? rules.SECRET_THEN_NETWORK : rules.SECRET_READ;
  const wanted = secretsRead.filter(({ path }) => !OPENED_BY_CLIENTS.test(path));
  const startUp = writesOutsideWork.filter((path) => START_UP.test(path));
  const others = writesOutsideWork.filter((path) => !START_UP.test(path));
  const sent = leaks.map(({ place, to }) => ({
    message: `It sent the false secret from ${place} to ${to}.`,
    evidence: `${place} -> ${to}`,
  }));
  const undeclared = compareHosts(hosts, declaredHosts).undeclared;
  return [
    ...tell(rules.LEAK, sent),
    ...tell(
      read,
      wanted.map(({ path }) => about("It read the false secrets in", path)),
    ),
    ...tell(
      rules.STARTS_AGAIN,
      startUp.map((path) => about("It changed", path)),
    ),
    ...tell(
      rules.UNDECLARED_HOST,
      undeclared.map((host) => about("It turned to", host)),
    ),
    ...tell(
      rules.WRITES_OUTSIDE,
      others.map((path) => about("It changed", path)),
    ),
  ];
}

type Told = { readonly message: string; readonly evidence: string };

function about(what: string, evidence: string): Told {
  return { message: `${what} ${evidence.slice(0, MAX_EVIDENCE)}.`, evidence };
}

function toFinding(rule: rules.ObservedRule, file: string, told: Told): AddedFinding {
  const { id, family, severity, confidence, owasp, why, remedy } = rule;
  return {
    rule: id,
    category: family,
    severity,
    confidence,
    file,
    line: 1,
    message: told.message,
    evidence: told.evidence.slice(0, MAX_EVIDENCE),
    remedy,
    why,
    owasp,
    isIndicator: false,
    chain: [],
  };
}

/**
 * A trace that the case itself cut is a gap in what was looked at, never a clean bill. Where nothing could be traced, or
 * time was over, the files were read all the same.
 */
export function toObservedGaps({
  file,
  traceState,
  notes,
}: Pick<SeenCase, "file" | "traceState" | "notes">): readonly FileCoverage[] {
  return traceState === "cut" ? [{ file, state: "partly", because: notes.join(" ") }] : [];
}

export type HostComparison = {
  /** Declared and seen. */
  readonly declared: readonly string[];
  /** Seen and not declared. */
  readonly undeclared: readonly string[];
  /** Declared and not seen. */
  readonly unseen: readonly string[];
};

/** The hosts that a skill names against those that it turned to. A name covers what lies below it. */
export function compareHosts(
  hosts: readonly SeenHost[],
  declaredHosts: ReadonlySet<string>,
): HostComparison {
  const names = hosts.map(({ name, address }) => (name ?? address ?? "").toLowerCase());
  const seen = [...new Set(names)].filter((name) => name !== "").toSorted();
  const isBelow = (host: string, named: string) => host === named || host.endsWith(`.${named}`);
  const named = [...declaredHosts].map((host) => host.toLowerCase()).filter((host) => host !== "");
  const isDeclared = (host: string) => named.some((one) => isBelow(host, one));
  return {
    declared: seen.filter(isDeclared),
    undeclared: seen.filter((host) => !isDeclared(host)),
    unseen: named.filter((one) => !seen.some((host) => isBelow(host, one))).toSorted(),
  };
}
