import type { ObjectReaders } from "../git/index.ts";
import { createSshVerifier } from "../keys/index.ts";
import type { OpenControl } from "./open-control.ts";
import { type ControlStore, findControlHead, readControl } from "./read-control.ts";
import { getRoot } from "./root-of-trust.ts";
import type { LawInForce } from "./types.ts";
import { walkLaw } from "./walk-law.ts";

/** Every lawful commit that can be read, newest first: what was law, such as a source that was removed since. */
export async function* listPastLaws(
  deps: { readonly readers: ObjectReaders },
  where: OpenControl,
): AsyncGenerator<LawInForce, void, undefined> {
  const store: ControlStore = { readers: deps.readers, repoDir: where.repoDir, options: {} };
  const head = await findControlHead(store, where.ref);
  if (head === undefined) return;
  const trust = { verifier: createSshVerifier(), root: await getRoot(where.homeDir) };
  const { lawful } = await walkLaw(store, trust, head, undefined);
  for (const { commit, flaw } of lawful.toReversed()) {
    const parsed = await readControl(store, commit);
    if (parsed.kind === "ok" && flaw === undefined) yield { ...parsed.snapshot, commit };
  }
}
