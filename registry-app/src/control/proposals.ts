import { listRefs, type ObjectReaders } from "../git/index.ts";
import { parseControl } from "./parse-control.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type LawChange, planLaw } from "./plan-law.ts";
import {
  type ControlStore,
  CONTROL_REF,
  describeProblems,
  findControlHead,
  readCommit,
  readControl,
  readControlFiles,
} from "./read-control.ts";
import { ROOT_FILE, rootLawSchema } from "./root-of-trust.ts";
import { isSlug } from "./schemas.ts";
import type { ControlFiles, CurrentControl, ParsedControl, RootOfTrust } from "./types.ts";

export const PROPOSALS = "refs/heads/proposals/";

export type ProposalReading =
  | {
      readonly kind: "ok";
      /** Where main stands, which it would be merged into. */
      readonly onto: string;
      readonly files: ControlFiles;
      /** What it would make of the law in force. */
      readonly changes: readonly LawChange[];
      readonly message: string;
      readonly author: string;
    }
  | { readonly kind: "bad"; readonly because: string };

export type ProposalListed = { readonly name: string; readonly tip: string };

const MAX_COMMITS = 5_000;

/** The name of a proposal, when the ref is one. */
export function proposalName(ref: string): string | undefined {
  const name = ref.startsWith(PROPOSALS) ? ref.slice(PROPOSALS.length) : "";
  return isSlug(name) ? name : undefined;
}

export async function listProposals(repoDir: string): Promise<readonly ProposalListed[]> {
  const refs = await listRefs(repoDir, PROPOSALS.slice(0, -1));
  return refs.flatMap(({ name: ref, oid }) => {
    const name = proposalName(ref);
    return name === undefined ? [] : [{ name, tip: oid }];
  });
}

/** What a proposal asks for, put on top of main as it stands: file by file, so that both sides' other changes are kept. */
export async function readProposal(
  deps: { readonly readers: ObjectReaders; readonly repoDir: string },
  current: CurrentControl,
  tip: string,
): Promise<ProposalReading> {
  const store: ControlStore = { ...deps, options: {} };
  const onto = await findControlHead(store, CONTROL_REF);
  const commit = await readCommit(store, tip);
  if (onto === undefined || commit.kind !== "ok") return bad("The commit cannot be read.");
  const fork = await findFork(store, onto, tip);
  if (fork === undefined)
    return bad("It does not start from main: git rebase origin/main, and push again.");
  const [base, main, wanted] = [
    await readControlFiles(store, fork),
    await readControlFiles(store, onto),
    await readControlFiles(store, tip),
  ];
  if (wanted.kind === "broken") return bad(describeProblems(wanted.problems));
  if (base.kind === "broken" || main.kind === "broken")
    return bad("Main is broken: mend it first.");
  const merged = merge(base.files, main.files, wanted.files);
  if (merged.kind === "conflict")
    return bad(
      `Main has changed ${merged.paths.join(", ")} since: git merge origin/main, and push again.`,
    );
  const { files } = merged;
  const parsed = parseControl(files);
  if (parsed.kind === "broken") return bad(describeProblems(parsed.problems));
  const after = { law: parsed.snapshot, root: rootIn(files, current.root) };
  const changes = planLaw({ law: current.snapshot, root: current.root }, after);
  const { message, author } = commit.commit;
  return { kind: "ok", onto, files, changes, message, author: author.email };
}

/** The roots that the files ask for; as they are when the files say nothing that can be read. */
export function rootIn(files: ControlFiles, root: RootOfTrust): RootOfTrust {
  const bytes = files.get(ROOT_FILE);
  const parsed = bytes && parseYaml(ROOT_FILE, bytes, rootLawSchema);
  return parsed?.kind === "ok" ? parsed.value : root;
}

/** The newest commit of main's first-parent line that the tip leads to. */
async function findFork(store: ControlStore, onto: string, tip: string) {
  const main = new Map<string, number>();
  for (let oid: string | undefined = onto; oid !== undefined && !main.has(oid);) {
    main.set(oid, main.size);
    const read = await readCommit(store, oid);
    oid = read.kind === "ok" ? read.commit.parents[0] : undefined;
  }
  const seen = new Set<string>();
  const open = [tip];
  let newest: string | undefined;
  for (let oid = open.pop(); oid !== undefined && seen.size < MAX_COMMITS; oid = open.pop()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    const place = main.get(oid);
    if (place !== undefined) {
      if (newest === undefined || place < (main.get(newest) ?? 0)) newest = oid;
      continue;
    }
    const read = await readCommit(store, oid);
    if (read.kind === "ok") open.push(...read.commit.parents);
  }
  return newest;
}

function merge(base: ControlFiles, main: ControlFiles, wanted: ControlFiles) {
  const files = new Map(main);
  const paths: string[] = [];
  const isSame = (one: Buffer | undefined, other: Buffer | undefined) =>
    one === undefined || other === undefined ? one === other : one.equals(other);
  for (const path of new Set([...base.keys(), ...wanted.keys()])) {
    const [was, is, wish] = [base.get(path), main.get(path), wanted.get(path)];
    if (isSame(was, wish) || isSame(is, wish)) continue;
    if (!isSame(was, is)) paths.push(path);
    else if (wish === undefined) files.delete(path);
    else files.set(path, wish);
  }
  return paths.length > 0
    ? ({ kind: "conflict", paths } as const)
    : ({ kind: "merged", files } as const);
}

function bad(because: string): ProposalReading {
  return { kind: "bad", because };
}

/** What a commit of the control repo says, whoever signed it. */
export async function readLawAt(
  { readers }: { readonly readers: ObjectReaders },
  repoDir: string,
  commit: string,
): Promise<ParsedControl> {
  return readControl({ readers, repoDir, options: {} }, commit);
}
