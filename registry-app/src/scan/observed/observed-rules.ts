import type { RuleFacts } from "../rules/rule.ts";

/** What every rule says, without how it is found in files: it was seen to happen. */
export type ObservedRule = RuleFacts & { readonly confidence: "observed" };

export const LEAK: ObservedRule = {
  id: "exfiltration.observed-leak",
  family: "exfiltration",
  title: "A false secret left",
  severity: "critical",
  confidence: "observed",
  owasp: ["AST01"],
  why: "A false secret was laid out for it, and it left: a real one would have left too.",
  remedy: "Take out what sends it.",
};
export const SECRET_THEN_NETWORK: ObservedRule = {
  id: "credentials.observed-read-and-network",
  family: "credentials",
  title: "It read secrets and spoke to the network",
  severity: "high",
  confidence: "observed",
  owasp: ["AST01", "AST03"],
  why: "It read secrets and spoke to the network in one run; what it sent may be hidden from view.",
  remedy: "Read no secrets, or say in the description which ones and for what.",
};
export const SECRET_READ: ObservedRule = {
  id: "credentials.observed-read",
  family: "credentials",
  title: "It read secrets",
  severity: "medium",
  confidence: "observed",
  owasp: ["AST03"],
  why: "It opened a file of secrets in the home folder that no case of it is about.",
  remedy: "Leave it closed, or say in the description why it is read.",
};
export const UNDECLARED_HOST: ObservedRule = {
  id: "network.observed-undeclared-host",
  family: "network",
  title: "It turned to a host that the skill does not name",
  severity: "medium",
  confidence: "observed",
  owasp: ["AST03"],
  why: "Whoever decides whether to trust it reads the hosts that it names, and this is none of them.",
  remedy: "Name the host in SKILL.md, or do not speak to it.",
};
export const STARTS_AGAIN: ObservedRule = {
  id: "persistence.observed-start-up-file",
  family: "persistence",
  title: "It changed a file that runs by itself",
  severity: "high",
  confidence: "observed",
  owasp: ["AST01"],
  why: "What is written there runs again, long after the skill was used.",
  remedy: "Write nothing to files that a shell, a login or a timer runs.",
};
export const WRITES_OUTSIDE: ObservedRule = {
  id: "persistence.observed-write-outside",
  family: "persistence",
  title: "It changed files outside of where it works",
  severity: "low",
  confidence: "observed",
  owasp: ["AST03"],
  why: "It changes files that are not of its task.",
  remedy: "Keep to the folder that it works in.",
};

/** Everything that observing can find, gravest first. */
export const OBSERVED_RULES: readonly ObservedRule[] = [
  LEAK,
  SECRET_THEN_NETWORK,
  STARTS_AGAIN,
  SECRET_READ,
  UNDECLARED_HOST,
  WRITES_OUTSIDE,
];
