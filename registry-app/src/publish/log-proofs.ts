import { growLineTree, type LineProof, type LineTree } from "../proof/index.ts";
import { LOG_REF } from "./log-format.ts";
import { readLogLines, type LogRepo } from "./log-segments.ts";
import { readRegistryKey, readSignedCommit } from "./newest-checkpoint.ts";

export type LogProofs = {
  /** Proof of the line at this place, counted from 0; undefined when no commit of the log proves it yet. */
  prove(place: number): Promise<LineProof | undefined>;
  /** The key that the log names for its signatures. */
  registryKey(): Promise<string | undefined>;
};

/** A commit that proves lines `from` to `size`. */
type Proving = { readonly oid: string; readonly from: number; readonly size: number };
type Grown = {
  readonly tree: LineTree;
  readonly lines: readonly string[];
  readonly commit: string;
};

/** Trees that are kept: the versions of one batch have their lines in few commits. */
const KEPT_TREES = 8;

/** Proves lines of the registry log from its repo alone, so that a rebuilt registry gives the same proofs. */
export function createLogProofs(log: LogRepo): LogProofs {
  let known: readonly Proving[] = [];
  const grown = new Map<string, Promise<Grown>>();
  const refresh = async () => (known = await listProving(log, known));
  const grow = (proving: Proving) => {
    const kept = grown.get(proving.oid);
    if (kept !== undefined) return kept;
    const made = growTree(log, proving);
    const oldest = grown.keys().next();
    if (grown.size >= KEPT_TREES && !oldest.done) grown.delete(oldest.value);
    grown.set(proving.oid, made);
    made.catch(() => grown.delete(proving.oid));
    return made;
  };
  return {
    async prove(place) {
      const proving = findProving(known, place) ?? findProving(await refresh(), place);
      if (proving === undefined) return undefined;
      const { tree, lines, commit } = await grow(proving);
      const index = place - proving.from;
      return { line: place + 1, text: lines[index] ?? "", commit, path: tree.pathOf(index) };
    },
    async registryKey() {
      const newest = (await refresh()).at(-1);
      return newest && readRegistryKey(log, newest.oid);
    },
  };
}

/** The first commit that has the line below its root: always the same one, however much comes later. */
function findProving(known: readonly Proving[], place: number): Proving | undefined {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((known[middle]?.size ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  const found = known[low];
  return found !== undefined && found.from <= place ? found : undefined;
}

/** Oldest first. Goes back from the newest commit to the one that is known, or to where proofs begin. */
async function listProving(log: LogRepo, known: readonly Proving[]): Promise<readonly Proving[]> {
  const head = await log.readers.info(log.dir, LOG_REF);
  const last = known.at(-1);
  const newer: Proving[] = [];
  let oid = head.kind === "missing" ? undefined : head.oid;
  while (oid !== undefined && oid !== last?.oid) {
    const { state, parent } = await readSignedCommit(log, oid);
    if (state === undefined) break;
    newer.push({ oid, from: state.from, size: state.size });
    oid = parent;
  }
  newer.reverse();
  return oid !== undefined && oid === last?.oid ? [...known, ...newer] : newer;
}

async function growTree(log: LogRepo, { oid, from, size }: Proving): Promise<Grown> {
  const lines = await readLogLines(log, oid, { from, to: size });
  const { bytes } = await readSignedCommit(log, oid);
  return { tree: growLineTree(lines), lines, commit: bytes.toString("base64") };
}
