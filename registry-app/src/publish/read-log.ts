import { parseCommit, type ObjectReaders } from "../git/index.ts";
import { parsePublicKey, type SshVerifier } from "../keys/index.ts";
import { parseSignedState } from "../proof/index.ts";
import { checkLog, type LogCommit } from "./check-log.ts";
import {
  CHECKPOINT,
  LINES_PER_SEGMENT,
  LOG_REF,
  MAX_SEGMENT_BYTES,
  parseCheckpoint,
  REGISTRY_PUB,
  ROOT_JSON,
  segmentPath,
  splitLines,
} from "./log-format.ts";
import { isFault, parseLogLine, type LogFault, type LoggedFact } from "./log-lines.ts";

export type LogReading = {
  readonly readers: ObjectReaders;
  readonly verifier: SshVerifier;
  readonly dir: string;
};

/** A log that holds together, as far as its own signatures can tell. */
export type LogRead = {
  readonly kind: "log";
  readonly commit: string;
  /** As they stand in the log, byte for byte. */
  readonly lines: readonly string[];
  readonly facts: readonly LoggedFact[];
  /** Fingerprint of the key in `registry.pub`. */
  readonly registryKey: string | undefined;
  readonly rootJson: string | undefined;
};

const MAX_COMMIT_BYTES = 64 * 1024;
const MAX_PIN_BYTES = 256 * 1024;
const READ_AT_ONCE = 64;

/**
 * Reads the registry log and checks all of it: signatures, checkpoints, chain, each line. `pinned` are fingerprints of
 * keys that may sign it; with none, the key that the first commit names is believed.
 */
export async function readLog(
  deps: LogReading,
  pinned: readonly string[],
): Promise<LogRead | { readonly kind: "faulty"; readonly faults: readonly LogFault[] }> {
  const head = await deps.readers.info(deps.dir, LOG_REF);
  if (head.kind === "missing")
    return { kind: "faulty", faults: [{ says: `there is no registry log in ${deps.dir}` }] };
  const walked = await listCommits(deps, head.oid);
  if (typeof walked === "string") return { kind: "faulty", faults: [{ says: walked }] };
  const lines = await readLines(deps, head.oid);
  const faults = checkLog(walked, lines, pinned);
  const read = lines.map((text, place) => parseLogLine(text, place + 1));
  faults.push(...read.filter(isFault));
  if (faults.length > 0) return { kind: "faulty", faults };
  return {
    kind: "log",
    commit: head.oid,
    lines,
    facts: read.flatMap((one) => (isFault(one) ? [] : [one])),
    registryKey: walked.at(-1)?.registryKey,
    rootJson: await readText(deps, `${head.oid}:${ROOT_JSON}`),
  };
}

/** Oldest first; a sentence when the line of parents breaks off. */
async function listCommits(deps: LogReading, head: string): Promise<LogCommit[] | string> {
  const commits: (LogCommit | Promise<LogCommit>)[] = [];
  let oid: string | undefined = head;
  while (oid !== undefined) {
    const read = await deps.readers.read(deps.dir, oid, { maxBytes: MAX_COMMIT_BYTES });
    if (read.kind !== "object" || read.type !== "commit")
      return `commit ${oid} of the registry log is ${read.kind === "object" ? `a ${read.type}` : read.kind}`;
    const parsed = parseCommit(read.bytes);
    if (parsed.kind !== "ok") return `commit ${oid} of the registry log cannot be read`;
    commits.push(readCommit(deps, oid, parsed));
    // Checkpoints are read while the walk goes on, within bounds.
    if (commits.length % READ_AT_ONCE === 0) await Promise.all(commits.slice(-READ_AT_ONCE));
    oid = parsed.commit.parents[0];
  }
  return (await Promise.all(commits)).toReversed();
}

async function readCommit(
  deps: LogReading,
  oid: string,
  { commit, signed }: Extract<ReturnType<typeof parseCommit>, { kind: "ok" }>,
): Promise<LogCommit> {
  const [checkpoint, pub] = await Promise.all([
    readText(deps, `${oid}:${CHECKPOINT}`),
    readText(deps, `${oid}:${REGISTRY_PUB}`),
  ]);
  const key = pub === undefined ? undefined : parsePublicKey(pub.trim());
  return {
    oid,
    parents: commit.parents,
    signature: checkSignature(deps, signed),
    checkpoint: checkpoint === undefined ? undefined : parseCheckpoint(checkpoint),
    state: parseSignedState(commit.message),
    registryKey: key?.kind === "key" ? key.key.fingerprint : undefined,
  };
}

function checkSignature(
  { verifier }: LogReading,
  signed: Extract<ReturnType<typeof parseCommit>, { kind: "ok" }>["signed"],
): LogCommit["signature"] {
  if (signed === undefined) return { kind: "bad", because: "is not signed" };
  const { signature, payload } = signed;
  if (signature.format !== "ssh")
    return { kind: "bad", because: `is signed in the format ${signature.format}, not ssh` };
  const found = verifier.verify({ armor: signature.armor, payload, namespace: "git" });
  return found.kind === "good"
    ? { kind: "good", key: found.key.fingerprint }
    : { kind: "bad", because: `has a signature that does not hold (${found.because})` };
}

async function readLines(deps: LogReading, commit: string): Promise<string[]> {
  const lines: string[] = [];
  for (let segment = 0; lines.length === segment * LINES_PER_SEGMENT; segment++) {
    const spec = `${commit}:${segmentPath(segment)}`;
    const read = await deps.readers.read(deps.dir, spec, { maxBytes: MAX_SEGMENT_BYTES });
    if (read.kind !== "object") break;
    // One at a time: the lines of a large log are more than can be spread at once.
    for (const line of splitLines(read.bytes)) lines.push(line);
  }
  return lines;
}

async function readText(deps: LogReading, spec: string): Promise<string | undefined> {
  const read = await deps.readers.read(deps.dir, spec, { maxBytes: MAX_PIN_BYTES });
  return read.kind === "object" && read.type === "blob" ? read.bytes.toString("utf8") : undefined;
}
