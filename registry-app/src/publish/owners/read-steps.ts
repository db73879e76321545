import { listMergeBases, listTree } from "../../git/index.ts";
import type { JudgeDeps } from "../bench.ts";
import { FOLDER_CAPS } from "../judge-skill.ts";
import { NO_TREE, type PullStep } from "./judge-owners.ts";
import type { MergedPull } from "./owner-review.ts";
import { CODE_OWNERS_PATHS, parseCodeOwners, type CodeOwners } from "./parse-code-owners.ts";

export type StepDeps = Pick<JudgeDeps, "readers" | "cache">;

export type StepsAsked = {
  readonly repoDir: string;
  /** From the root of the repo; empty for the root itself. */
  readonly folder: string;
  readonly pulls: readonly MergedPull[];
};

/** GitHub reads up to 3 MB; a sixth of that is read here, and a larger one approves nothing. */
const MAX_CODE_OWNERS_BYTES = 512 * 1024;
/** Lines times changed files: a second of work at the worst, since patterns are a stranger's. */
const MAX_COMPARED = 500_000;

/** What each pull request did to the folder, by git alone. One whose commits are not here did nothing that can be told. */
export async function readSteps(
  deps: StepDeps,
  { repoDir, folder, pulls }: StepsAsked,
): Promise<readonly PullStep[]> {
  const steps: PullStep[] = [];
  for (const pull of pulls) {
    const step = await readStep(deps, { repoDir, folder, pull });
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

type One = Pick<StepsAsked, "repoDir" | "folder"> & { readonly pull: MergedPull };

async function readStep(deps: StepDeps, one: One): Promise<PullStep | undefined> {
  const { repoDir, pull } = one;
  const [head, into] = await Promise.all(
    [pull.headOid, `${pull.mergeOid}^1`].map((spec) => deps.readers.info(repoDir, spec)),
  );
  if (head?.kind !== "object" || head.type !== "commit" || into?.kind !== "object")
    return undefined;
  const [base, ...others] = await listMergeBases(repoDir, into.oid, head.oid);
  const headTree = await findTree(deps, one, head.oid);
  // With more than one, what was shown as the change is a choice of the host's.
  if (base === undefined || others.length > 0) {
    const problem = `it has ${base === undefined ? "no" : "more than one"} merge base`;
    return { pull, headTree, baseTree: NO_TREE, changed: [], problem };
  }
  const baseTree = await findTree(deps, one, base);
  const step = { pull, headTree, baseTree };
  if (headTree === baseTree) return { ...step, changed: [], problem: null };
  const [paths, owners] = await Promise.all([
    listChanged(deps, one, { baseTree, headTree }),
    readCodeOwners(deps, repoDir, base),
  ]);
  const without = (problem: string) => ({ ...step, changed: [], problem });
  if (paths === undefined)
    return without("its folder is larger than a skill may be, or has names that are no text");
  // Two trees that differ in no path that can be told: names that are no text, or the order of entries.
  if (paths.length === 0) return without("what it changed cannot be told");
  if (owners === undefined) return without("CODEOWNERS of its base is larger than 512 KiB");
  if (owners.lines * paths.length > MAX_COMPARED)
    return without("CODEOWNERS of its base has too many lines for so many changed files");
  const changed = paths.map((path) => ({ path, owners: owners.ownersOf(path) }));
  return { ...step, changed, problem: null };
}

/** `NO_TREE` where the commit has no such folder. */
async function findTree(
  { readers }: StepDeps,
  { repoDir, folder }: One,
  commitOid: string,
): Promise<string> {
  const spec = folder === "" ? `${commitOid}^{tree}` : `${commitOid}:${folder}`;
  const found = await readers.info(repoDir, spec);
  return found.kind === "object" && found.type === "tree" ? found.oid : NO_TREE;
}

/** Paths whose bytes or mode differ; undefined where one of the two is larger than a skill may be, or has names that are no text. */
async function listChanged(
  deps: StepDeps,
  one: One,
  { baseTree, headTree }: Pick<PullStep, "baseTree" | "headTree">,
): Promise<readonly string[] | undefined> {
  const [before, after] = await Promise.all(
    [baseTree, headTree].map((tree) => listFiles(deps, one, tree)),
  );
  if (before === undefined || after === undefined) return undefined;
  const paths = new Set([...before.keys(), ...after.keys()]);
  const prefix = one.folder === "" ? "" : `${one.folder}/`;
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => prefix + path)
    .sort();
}

/** By its path, what is there: mode and object. */
async function listFiles(
  { readers, cache }: StepDeps,
  { repoDir }: One,
  tree: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (tree === NO_TREE) return new Map();
  const listed = await listTree(readers, repoDir, tree, FOLDER_CAPS, { cache });
  if (listed.kind !== "listed" || listed.entries.some(({ isUtf8 }) => !isUtf8)) return undefined;
  return new Map(listed.entries.map(({ path, mode, oid }) => [path, `${mode} ${oid}`]));
}

/** Undefined where it is too large; no file is one that names nobody. */
async function readCodeOwners(
  { readers }: StepDeps,
  repoDir: string,
  commitOid: string,
): Promise<CodeOwners | undefined> {
  for (const path of CODE_OWNERS_PATHS) {
    const maxBytes = MAX_CODE_OWNERS_BYTES;
    const file = await readers.read(repoDir, `${commitOid}:${path}`, { maxBytes });
    if (file.kind === "too-large") return undefined;
    if (file.kind === "object" && file.type === "blob")
      return parseCodeOwners(file.bytes.toString("utf8"));
  }
  return parseCodeOwners("");
}
