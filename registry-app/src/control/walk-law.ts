import type { SshVerifier } from "../keys/index.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type ControlStore, describeProblems, readCommit } from "./read-control.ts";
import {
  isSameRoot,
  readCommitSignature,
  type Root,
  ROOT_FILE,
  rootLawSchema,
  toRoot,
} from "./root-of-trust.ts";
import type { PendingLaw } from "./types.ts";

/** How far the first-parent line is known to be signed, and who has signed the tree at its end. */
export type SignedLine = {
  readonly head: string;
  readonly tree: string;
  /** Fingerprints. */
  readonly signedBy: ReadonlySet<string>;
  /** The root in force at the end of the line. */
  readonly root: Root;
  /** What the tree at the end of the line wants to be the root instead. */
  readonly wish: RootWish;
};

type RootWish =
  | { readonly kind: "as it is" }
  | { readonly kind: "rotate"; readonly to: Root }
  /** Nobody's signature makes such a tree law. */
  | { readonly kind: "never"; readonly because: string };

export type LawfulCommit = {
  readonly commit: string;
  /** The names of the roots that signed its tree. */
  readonly signedBy: readonly string[];
  /** The root in force from here on. */
  readonly root: Root;
  /** Why it is no law although enough roots have signed it: only what it revokes and yanks holds. */
  readonly flaw?: string;
};

export type Walk = {
  /** Undefined when not even the first commit holds. */
  readonly line: SignedLine | undefined;
  /** Commits whose tree enough roots have signed, oldest first. */
  readonly lawful: readonly LawfulCommit[];
  /** The commits that were walked over and hold, oldest first. */
  readonly passed: readonly string[];
  /** Why the line ends before `head`. */
  readonly alarm: string | undefined;
  readonly pending: PendingLaw | undefined;
  /** False when `head` does not follow on what was known, or on the pin. */
  readonly isForward: boolean;
};

type Commit = Awaited<ReturnType<typeof readCommit>>;
type Step = { readonly oid: string; readonly commit: Commit };
type Trust = { readonly verifier: SshVerifier; readonly root: Root };

const MAX_COMMITS = 1_000_000;
const MAX_ROOT_BYTES = 256 * 1024;
const AS_IT_IS: RootWish = { kind: "as it is" };

/** Follows the first-parent line up to `head`, from what was known before or from the pin, and stops at the first commit that no root signed. */
export async function walkLaw(
  store: ControlStore,
  trust: Trust,
  head: string,
  known: SignedLine | undefined,
): Promise<Walk> {
  const found = await listSteps(store, head, known?.head ?? trust.root.genesis);
  let line = known;
  const lawful: LawfulCommit[] = [];
  const passed: string[] = [];
  const endWith = (alarm: string | undefined): Walk => {
    const pending = line === undefined ? undefined : findPending(line);
    return { line, lawful, passed, alarm, pending, isForward: typeof found !== "string" };
  };
  if (typeof found === "string") return endWith(found);
  for (const step of found) {
    if (step.oid === known?.head) continue;
    const next = await advance(store, trust, line, step);
    if (typeof next === "string") return endWith(next);
    line = next;
    passed.push(step.oid);
    if (!isSignedByEnough(line)) continue;
    const flaw = line.wish.kind === "never" ? { flaw: line.wish.because } : {};
    const signedBy = namesOf(line);
    if (line.wish.kind === "rotate") line = { ...line, root: line.wish.to, wish: AS_IT_IS };
    lawful.push({ commit: step.oid, signedBy, root: line.root, ...flaw });
  }
  return endWith(undefined);
}

/** One commit further, or why the line ends before it. */
async function advance(
  store: ControlStore,
  trust: Trust,
  line: SignedLine | undefined,
  { oid, commit }: Step,
): Promise<SignedLine | string> {
  if (commit.kind === "missing") return `commit ${oid} is missing`;
  const tree = commit.kind === "ok" ? commit.commit.tree : "";
  const root = line?.root ?? trust.root;
  const isSameTree = line?.tree === tree;
  const wish = isSameTree ? line.wish : await readWish(store, root, oid);
  if (oid === trust.root.genesis) {
    if (wish.kind !== "as it is")
      return `the first commit ${oid} has another ${ROOT_FILE} than root.json in ASSAY_HOME pins`;
    return { head: oid, tree, root, wish, signedBy: new Set(root.names.keys()) };
  }
  const refused = (because: string) => `commit ${oid} does not count: ${because}`;
  const signature = readCommitSignature(trust.verifier, commit);
  if (signature.kind === "unsigned") return refused(signature.because);
  const { fingerprint } = signature;
  // A root to be speaks only for what a root in force has signed before it: nobody lets himself in.
  const isRoot = root.names.has(fingerprint);
  const isWelcome = isSameTree && wish.kind === "rotate" && wish.to.names.has(fingerprint);
  if (!isRoot && !isWelcome) return refused(`it is signed with ${fingerprint}, no root's key`);
  const before = isSameTree ? line.signedBy : [];
  return { head: oid, tree, root, wish, signedBy: new Set([...before, fingerprint]) };
}

/** What a commit says of the roots, held against those in force. */
async function readWish(store: ControlStore, root: Root, oid: string): Promise<RootWish> {
  const spec = `${oid}:${ROOT_FILE}`;
  const limits = { ...store.options, maxBytes: MAX_ROOT_BYTES };
  const read = await store.readers.read(store.repoDir, spec, limits);
  if (read.kind === "missing")
    return root.version === 1
      ? AS_IT_IS
      : never(`${ROOT_FILE} is gone; version ${root.version} is in force`);
  if (read.kind === "too-large" || read.type !== "blob") return never(`${ROOT_FILE} is no file`);
  const parsed = parseYaml(ROOT_FILE, read.bytes, rootLawSchema);
  if (parsed.kind === "broken") return never(describeProblems(parsed.problems));
  const to = toRoot(parsed.value);
  if (to.version === root.version)
    return isSameRoot(to, root)
      ? AS_IT_IS
      : never(
          `${ROOT_FILE} changes the roots and is still version ${to.version}: make it ${to.version + 1}`,
        );
  if (to.version === root.version + 1) return { kind: "rotate", to };
  return never(
    `${ROOT_FILE} is version ${to.version}, and ${root.version} is in force: versions go up by one and never back`,
  );
}

const never = (because: string): RootWish => ({ kind: "never", because });

function countSigned(root: Root, signedBy: ReadonlySet<string>): number {
  return [...signedBy].filter((fingerprint) => root.names.has(fingerprint)).length;
}

function isSignedByEnough({ root, wish, signedBy }: SignedLine): boolean {
  const roots = wish.kind === "rotate" ? [root, wish.to] : [root];
  return roots.every((one) => countSigned(one, signedBy) >= one.threshold);
}

function namesOf({ root, wish, signedBy }: SignedLine): string[] {
  const named = new Map([...(wish.kind === "rotate" ? wish.to.names : []), ...root.names]);
  return [...signedBy].flatMap((fingerprint) => named.get(fingerprint) ?? []);
}

function findPending(line: SignedLine): PendingLaw | undefined {
  if (isSignedByEnough(line)) return undefined;
  const { head, root, wish, signedBy } = line;
  const missing = (one: Root) => Math.max(0, one.threshold - countSigned(one, signedBy));
  const old = missing(root);
  const next = wish.kind === "rotate" ? missing(wish.to) : 0;
  const parts = [
    ...(old > 0 ? [`${old} more of the roots`] : []),
    ...(next > 0 ? [`${next} more of the roots that are to come`] : []),
  ];
  const open = [...(old > 0 ? root.names : []), ...(wish.kind === "rotate" ? wish.to.names : [])];
  const canSign = new Map(open.filter(([fingerprint]) => !signedBy.has(fingerprint)));
  return {
    commit: head,
    signedBy: namesOf(line),
    waitsFor: parts.join(" and "),
    canSign: [...canSign].map(([fingerprint, name]) => ({ name, fingerprint })),
    root: wish.kind === "rotate" ? wish.to : root,
  };
}

/** The commits from `stop`, or from the first commit of all, up to `head`, oldest first; or why there is no such line. */
async function listSteps(
  store: ControlStore,
  head: string,
  stop: string | undefined,
): Promise<readonly Step[] | string> {
  const steps: Step[] = [];
  let oid: string | undefined = head;
  while (oid !== undefined && steps.length < MAX_COMMITS) {
    const commit = await readCommit(store, oid);
    steps.push({ oid, commit });
    if (oid === stop) return steps.toReversed();
    oid = commit.kind === "ok" ? commit.commit.parents[0] : undefined;
  }
  if (stop === undefined) return steps.toReversed();
  return `commit ${head} does not follow on ${stop} along first parents: the history was rewritten or merged the wrong way round`;
}
