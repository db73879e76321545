import { parsePublicKey, type SshVerifier } from "../keys/index.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { CheckpointAnswer } from "./evidence.ts";
import { DISTRUST, type Fault } from "./fault.ts";
import type { Lock } from "./lock.ts";

export type KeyChoice =
  | {
      readonly kind: "keys";
      /** Lines of .pub files without comments. */
      readonly keys: readonly string[];
      readonly fingerprints: ReadonlySet<string>;
      /** Nobody vouched for them: they are the registry's own word. */
      readonly isFirstUse: boolean;
    }
  | { readonly kind: "refused"; readonly fault: Fault };

/**
 * Which keys may sign the log of a registry: those that were given, else those of the lock file, else the one that the
 * registry names. Keys that were pinned stay, so a later one comes in only beside them and by a person's hand.
 */
export function chooseKeys(
  pinned: Lock["registries"][string] | undefined,
  given: readonly string[] | undefined,
  answered: string | undefined,
): KeyChoice {
  const chosen = given ?? pinned?.keys ?? (answered === undefined ? [] : [answered]);
  const keys = chosen.map(bareKey);
  const fingerprints = new Set(keys.map(fingerprint));
  const lost = pinned?.keys.map(fingerprint).find((one) => !fingerprints.has(one));
  if (lost !== undefined)
    return refused(
      `The lock file pins the registry's key ${lost}, which was not given.`,
      "Give the pinned key and the new one, a line each: --registry-key FILE",
    );
  const named = answered === undefined ? undefined : fingerprint(answered);
  if (named !== undefined && !fingerprints.has(named))
    return refused(
      `The registry names ${named} as its key, and ${[...fingerprints].join(", ")} is trusted for it.`,
      "If whoever runs it says that it changed its key, give both, a line each: --registry-key FILE",
    );
  const isFirstUse = given === undefined && pinned === undefined;
  return { kind: "keys", keys, fingerprints, isFirstUse };
}

/** What is wrong with the registry's word on how long its log is; undefined when it is signed by one of these keys. */
export function findCheckpointFault(
  verifier: SshVerifier,
  registryKeys: ReadonlySet<string>,
  answer: Omit<CheckpointAnswer, "registryKey">,
): Fault | undefined {
  const fault = (because: string): Fault => ({
    check: "registry",
    says: `The checkpoint of the registry log cannot be believed: ${because}.`,
    mend: DISTRUST,
  });
  const read = readCheckpoint(verifier, Buffer.from(answer.commit, "base64"));
  if (read.kind === "bad") return fault(read.because);
  const { checkpoint } = read;
  if (!registryKeys.has(checkpoint.key))
    return fault(`it is signed with ${checkpoint.key}, which is not the registry's key`);
  const isSo = checkpoint.size === answer.size && checkpoint.chain === answer.chain;
  return isSo ? undefined : fault("it says otherwise than its commit");
}

const bareKey = (line: string) =>
  line
    .trim()
    .split(/[ \t]+/)
    .slice(0, 2)
    .join(" ");

/** What cannot be read as a key matches none. */
function fingerprint(line: string): string {
  const read = parsePublicKey(bareKey(line));
  return read.kind === "key" ? read.key.fingerprint : `not a key: ${line.slice(0, 40)}`;
}

function refused(says: string, mend: string): KeyChoice {
  return { kind: "refused", fault: { check: "registry", says, mend } };
}
