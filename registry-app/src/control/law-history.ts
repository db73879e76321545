import type { ObjectReaders } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import type { OpenControl } from "./open-control.ts";
import { type LawChange, planLaw } from "./plan-law.ts";
import { type ControlStore, findControlHead, readCommit, readControl } from "./read-control.ts";
import { getRoot } from "./root-of-trust.ts";
import type { LawUnderRoot } from "./types.ts";
import { type LawfulCommit, walkLaw } from "./walk-law.ts";

/** One commit that became law. */
export type PastLaw = {
  readonly commit: string;
  /** As its signer's clock said. */
  readonly at: string;
  readonly signedBy: readonly string[];
  readonly message: string;
  readonly changes: readonly LawChange[];
};
export type LawHistory = {
  /** Newest first; a lawful commit that could not be read is not among them. */
  page(
    offset: number,
    limit: number,
  ): Promise<{ readonly items: readonly PastLaw[]; readonly total: number }>;
};

const MAX_KEPT = 1_000;

/** What each law changed. A commit never changes, so what was found out about one is kept. */
export function createLawHistory(
  deps: { readonly readers: ObjectReaders },
  where: OpenControl,
): LawHistory {
  const store: ControlStore = { readers: deps.readers, repoDir: where.repoDir, options: {} };
  const kept = new Map<string, PastLaw>();
  let walked: { readonly head: string; readonly lawful: readonly LawfulCommit[] } | undefined;

  const listLawful = async () => {
    const head = await findControlHead(store, where.ref);
    if (head === undefined) return [];
    if (walked?.head !== head) {
      const trust = { verifier: createSshVerifier(), root: await getRoot(where.homeDir) };
      const { lawful } = await walkLaw(store, trust, head, undefined);
      walked = { head, lawful: lawful.filter(({ flaw }) => flaw === undefined) };
    }
    return walked.lawful;
  };
  const readPast = async (lawful: readonly LawfulCommit[], at: number) => {
    const one = lawful[at];
    const known = one && kept.get(one.commit);
    if (one === undefined || known !== undefined) return known;
    const made = await tellLaw(store, one, lawful.slice(0, at));
    if (made === undefined) return undefined;
    const oldest = kept.keys().next();
    if (kept.size >= MAX_KEPT && !oldest.done) kept.delete(oldest.value);
    kept.set(one.commit, made);
    return made;
  };
  return {
    async page(offset, limit) {
      const lawful = await listLawful();
      const items: PastLaw[] = [];
      for (let at = lawful.length - 1 - offset; at >= 0 && items.length < limit; at -= 1) {
        const past = await readPast(lawful, at);
        if (past !== undefined) items.push(past);
      }
      return { items, total: lawful.length };
    },
  };
}

async function tellLaw(
  store: ControlStore,
  lawful: LawfulCommit,
  before: readonly LawfulCommit[],
): Promise<PastLaw | undefined> {
  const after = await readLaw(store, lawful);
  const commit = await readCommit(store, lawful.commit);
  if (after === undefined || commit.kind !== "ok") return undefined;
  const { committer, message } = commit.commit;
  return {
    commit: lawful.commit,
    at: new Date(committer.timeSeconds * 1000).toISOString(),
    signedBy: lawful.signedBy,
    message: message.trim(),
    changes: planLaw(await findBefore(store, before), after),
  };
}

/** The newest law before; commits that were no law, being broken, are passed over. */
async function findBefore(store: ControlStore, before: readonly LawfulCommit[]) {
  for (const one of before.toReversed()) {
    const law = await readLaw(store, one);
    if (law !== undefined) return law;
  }
  return undefined;
}

async function readLaw(store: ControlStore, { commit, root }: LawfulCommit) {
  const parsed = await readControl(store, commit);
  return parsed.kind === "ok" ? ({ law: parsed.snapshot, root } satisfies LawUnderRoot) : undefined;
}
