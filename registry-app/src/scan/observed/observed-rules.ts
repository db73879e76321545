import type { Rule } from "../rules/rule.ts";

/** What every rule says, without how it is found in files. */
export type ObservedRule = Pick<Rule, "id" | "family" | "severity" | "owasp" | "why" | "remedy">;

export const LEAK: ObservedRule = {
  id: "exfiltration.observed-leak",
  family: "exfiltration",
  severity: "critical",
  owasp: ["AST01"],
  why: "A false secret was laid out for it, and it left: a real one would have left too.",
  remedy: "Take out what sends it.",
};
export const SECRET_THEN_NETWORK: ObservedRule = {
  id: "credentials.observed-read-and-network",
  family: "credentials",
  severity: "high",
  owasp: ["AST01", "AST03"],
  why: "It read secrets and spoke to the network in one run; what it sent may be hidden from view.",
  remedy: "Read no secrets, or say in the description which ones and for what.",
};
export const SECRET_READ: ObservedRule = {
  id: "credentials.observed-read",
  family: "credentials",
  severity: "medium",
  owasp: ["AST03"],
  why: "It opened a file of secrets in the home folder that no case of it is about.",
  remedy: "Leave it closed, or say in the description why it is read.",
};
export const UNDECLARED_HOST: ObservedRule = {
  id: "network.observed-undeclared-host",
  family: "network",
  severity: "medium",
  owasp: ["AST03"],
  why: "Whoever decides whether to trust it reads the hosts that it names, and this is none of them.",
  remedy: "Name the host in SKILL.md, or do not speak to it.",
};
export const STARTS_AGAIN: ObservedRule = {
  id: "persistence.observed-start-up-file",
  family: "persistence",
  severity: "high",
  owasp: ["AST01"],
  why: "What is written there runs again, long after the skill was used.",
  remedy: "Write nothing to files that a shell, a login or a timer runs.",
};
export const WRITES_OUTSIDE: ObservedRule = {
  id: "persistence.observed-write-outside",
  family: "persistence",
  severity: "low",
  owasp: ["AST03"],
  why: "It changes files that are not of its task.",
  remedy: "Keep to the folder that it works in.",
};
