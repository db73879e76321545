import { parseCommit } from "../git/index.ts";
import type { SshVerifier } from "../keys/index.ts";

/** What the message of a commit of the registry log says, under the signature of the registry's key. */
export type SignedState = {
  /** Lines in the log, with those of this commit. */
  readonly size: number;
  readonly sizeBefore: number;
  /** The first line below `root`, counted from 0: `sizeBefore`, or 0 where older lines were taken in. */
  readonly from: number;
  /** SHA-256 over the chain value before and the line, from the first line on. */
  readonly chain: string;
  /** Root of the hash tree over the lines from `from` on. */
  readonly root: string;
};

export type Checkpoint = SignedState & {
  /** Fingerprint of the key that signed. */
  readonly key: string;
};

export type CheckpointRead =
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly kind: "bad"; readonly because: string };

/** More than any message of the log's needs. */
export const MAX_CHECKPOINT_BYTES = 16 * 1024;

const MESSAGE =
  /^log: (\d{1,15}) entr(?:y|ies), (\d{1,15}) in all\n\nLog-Size: (\d{1,15})\nLog-Before: (\d{1,15})\nLog-From: (\d{1,15})\nLog-Chain: ([0-9a-f]{64})\nLog-Root: ([0-9a-f]{64})\n$/;

/** The whole message of a commit of the log. */
export function formatSignedState({ size, sizeBefore, from, chain, root }: SignedState): string {
  const brought = size - sizeBefore;
  return [
    `log: ${brought} ${brought === 1 ? "entry" : "entries"}, ${size} in all`,
    "",
    `Log-Size: ${size}`,
    `Log-Before: ${sizeBefore}`,
    `Log-From: ${from}`,
    `Log-Chain: ${chain}`,
    `Log-Root: ${root}`,
    "",
  ].join("\n");
}

/** Reads a message, whole and strictly: nothing else that the key might sign reads as a checkpoint. */
export function parseSignedState(message: string): SignedState | undefined {
  const found = MESSAGE.exec(message);
  if (found === null) return undefined;
  const [, brought, inAll, size, sizeBefore, from] = found.map(Number);
  const [chain, root] = [found[6], found[7]];
  if (size === undefined || sizeBefore === undefined || from === undefined) return undefined;
  if (chain === undefined || root === undefined) return undefined;
  const isSound = inAll === size && brought === size - sizeBefore && sizeBefore < size;
  return isSound && (from === sizeBefore || from === 0)
    ? { size, sizeBefore, from, chain, root }
    : undefined;
}

/** Reads the bytes of a commit of the log and checks its signature; whether the key is the registry's is the caller's to ask. */
export function readCheckpoint(verifier: SshVerifier, bytes: Buffer): CheckpointRead {
  const bad = (because: string): CheckpointRead => ({ kind: "bad", because });
  if (bytes.length > MAX_CHECKPOINT_BYTES) return bad("it is too large");
  const parsed = parseCommit(bytes);
  if (parsed.kind !== "ok") return bad("it is no well-formed commit");
  if (parsed.signed === undefined) return bad("it is not signed");
  const { signature, payload } = parsed.signed;
  if (signature.format !== "ssh") return bad("its signature is not of the kind that the log has");
  const found = verifier.verify({ armor: signature.armor, payload, namespace: "git" });
  if (found.kind === "bad") return bad(`its signature does not hold (${found.because})`);
  if (found.certificate !== undefined) return bad("it is signed in a certificate's name");
  const state = parseSignedState(parsed.commit.message);
  if (state === undefined) return bad("its message is not that of a checkpoint");
  return { kind: "checkpoint", checkpoint: { ...state, key: found.key.fingerprint } };
}
