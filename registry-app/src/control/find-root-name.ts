import { getRoot } from "./root-of-trust.ts";

/** The name that the pinned root has for this key; undefined for a key whose commits do not count. */
export async function findRootName(
  homeDir: string,
  fingerprint: string,
): Promise<string | undefined> {
  return (await getRoot(homeDir)).names.get(fingerprint);
}
