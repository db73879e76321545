import type { SecretClass } from "../facts.ts";

/** Places where a machine keeps secrets that were not made for the skill at hand. */
export const STORES: readonly SecretClass[] = [
  "ssh-key",
  "cloud-credentials",
  "git-credentials",
  "package-credentials",
  "browser-profile",
  "keychain",
  "wallet",
  "agent-secret",
  "system-accounts",
];
