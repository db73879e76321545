import { parseCommit } from "../git/index.ts";
import { parseSignedState, type CheckpointAnswer, type SignedState } from "../proof/index.ts";
import { Stalled } from "../runtime/index.ts";
import { LOG_REF, REGISTRY_PUB } from "./log-format.ts";
import type { LogRepo } from "./log-segments.ts";

/** Where the newest checkpoint lies among the public files. It counts lines and names none, so it is public with any log. */
export const CHECKPOINT_PATH = "api/v1/log/checkpoint.json";

const MAX_COMMIT_BYTES = 64 * 1024;
const MAX_PUB_BYTES = 4096;

export type SignedCommit = {
  readonly bytes: Buffer;
  readonly parent: string | undefined;
  /** Undefined for a commit from before messages were checkpoints. */
  readonly state: SignedState | undefined;
};

/** A commit of the log and what its message says. The signature is not checked: it is our own log, and readers check it. */
export async function readSignedCommit(
  { readers, dir }: LogRepo,
  oid: string,
): Promise<SignedCommit> {
  const read = await readers.read(dir, oid, { maxBytes: MAX_COMMIT_BYTES });
  const parsed = read.kind === "object" ? parseCommit(read.bytes) : undefined;
  if (read.kind !== "object" || parsed?.kind !== "ok")
    throw new Stalled("a commit of the registry log cannot be read", { oid });
  const { parents, message } = parsed.commit;
  return { bytes: read.bytes, parent: parents[0], state: parseSignedState(message) };
}

/** What the registry answers for its log as it is now; undefined while there is none, or only an older kind of it. */
export async function readNewestCheckpoint(log: LogRepo): Promise<CheckpointAnswer | undefined> {
  const head = await log.readers.info(log.dir, LOG_REF);
  if (head.kind === "missing") return undefined;
  const { state, bytes } = await readSignedCommit(log, head.oid);
  const registryKey = await readRegistryKey(log, head.oid);
  if (state === undefined || registryKey === undefined) return undefined;
  const { size, chain } = state;
  return { size, chain, commit: bytes.toString("base64"), registryKey };
}

/** The public half of the key that signs the log, as of a commit. */
export async function readRegistryKey(
  { readers, dir }: LogRepo,
  commit: string,
): Promise<string | undefined> {
  const spec = `${commit}:${REGISTRY_PUB}`;
  const read = await readers.read(dir, spec, { maxBytes: MAX_PUB_BYTES });
  return read.kind === "object" ? read.bytes.toString("utf8").trim() : undefined;
}
