import type { Capability, Risk } from "../types.ts";

/** What each kind puts at stake when the skill, or whoever takes it over, turns on the person. */
const STAKES: Readonly<Record<string, Risk>> = {
  "run-programs": "medium",
  "run-data": "medium",
  install: "medium",
  network: "low",
  listen: "medium",
  "read-secrets": "medium",
  "read-environment": "medium",
  capture: "high",
  "write-outside": "medium",
  delete: "medium",
  schedule: "high",
  elevate: "high",
  weaken: "high",
  publish: "medium",
  encrypt: "low",
  mine: "high",
};
/** Places from which a later program is run, or an agent is led. */
const GRAVE_PLACES = new Set([
  "ssh-authorized",
  "sudoers",
  "library-path",
  "startup",
  "system",
  "git-hooks",
  "agent-config",
  "agent-memory",
  "shell-profile",
  "root",
]);
const ORDER: readonly Risk[] = ["none", "low", "medium", "high"];

/** The blast radius: the gravest thing it can do, and secrets together with a way out count as high. */
export function riskOf(capabilities: readonly Capability[]): Risk {
  const has = (...kinds: readonly string[]) =>
    capabilities.some(({ kind }) => kinds.includes(kind));
  if (has("read-secrets", "read-environment") && has("network", "publish")) return "high";
  const gravest = Math.max(0, ...capabilities.map((one) => ORDER.indexOf(stakeOf(one))));
  return ORDER[gravest] ?? "none";
}

function stakeOf({ kind, detail }: Capability): Risk {
  if ((kind === "write-outside" || kind === "delete") && GRAVE_PLACES.has(detail ?? ""))
    return "high";
  return Object.hasOwn(STAKES, kind) ? (STAKES[kind] ?? "low") : "low";
}
