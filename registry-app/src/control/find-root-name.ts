import { toRoot } from "./root-of-trust.ts";
import type { RootOfTrust } from "./types.ts";

/** The name that this root of trust has for a key; undefined for a key whose commits do not count. */
export function findRootName(root: RootOfTrust, fingerprint: string): string | undefined {
  return toRoot(root).names.get(fingerprint);
}
