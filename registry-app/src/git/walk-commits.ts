import { collectStderr, spawnGit } from "./git-command.ts";
import { checkedOid } from "./names.ts";
import type { CommitRecord } from "./records.ts";

export type CommitRange = {
  readonly tips: readonly string[];
  /** Commits already walked: they and what they reach are left out. */
  readonly known: readonly string[];
  readonly maxMessageBytes?: number;
  readonly maxPaths?: number;
  /** What git may allocate in one piece to list the paths of a commit, 8 bytes a path, in git's own units; 4m. */
  readonly listingAllocation?: string;
};

const FORMAT = "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B";
const LOG_ARGS =
  "log --stdin --reverse --topo-order --root --no-mailmap --no-color --no-show-signature --no-notes " +
  "--diff-merges=first-parent --no-renames --no-ext-diff -z";
const FIELDS = 7;
/** `A`, `M`, `D`, `T` …; git puts a LF before the first of a commit. An oid can never look like one. */
const STATUS = /^\n?[A-Z]$/;
const MAX_PATH_BYTES = 4096;
/**
 * A dozen trees that name each other ten times over unfold into more paths than there is memory for, and git collects
 * all of a commit before it lists any. Here it gives up after half a million, which is some 10 s and 150 MB.
 */
const LISTING_ALLOCATION = "4m";
/** Commits whose paths git could not list; beyond them no paths are asked for. */
const MAX_HEAVY_COMMITS = 8;

type Token = { readonly text: string; readonly isCut: boolean };

/**
 * Every commit that the tips reach and the known ones do not, parents before children, by one streaming `git log`.
 * A rename gives both paths. A commit with too many of them has none and is cut. Memory stays flat; leaving the loop
 * early ends git. Throws when git fails.
 */
export async function* walkCommits(
  repoDir: string,
  range: CommitRange,
): AsyncGenerator<CommitRecord, void, undefined> {
  if (range.tips.length === 0) return;
  // They reach all that was given so far.
  const heads = new Set(range.known);
  for (let heavy = 0; heavy < MAX_HEAVY_COMMITS; heavy++) {
    if ((yield* walkOnce(repoDir, range, heads, "with paths")) === "all") return;
    // The commit at which git gave up is taken as it is.
    for await (const record of walkOnce(repoDir, range, heads, "bare")) {
      yield record;
      break;
    }
  }
  yield* walkOnce(repoDir, range, heads, "bare");
}

async function* walkOnce(
  repoDir: string,
  range: CommitRange,
  heads: Set<string>,
  mode: "with paths" | "bare",
): AsyncGenerator<CommitRecord, "all" | "gave up", undefined> {
  const hasPaths = mode === "with paths";
  const child = spawnGit({
    gitDir: repoDir,
    config: [["i18n.logOutputEncoding", "UTF-8"]],
    args: [...LOG_ARGS.split(" "), ...(hasPaths ? ["--name-status"] : []), FORMAT],
    ...(hasPaths ? { maxAllocation: range.listingAllocation ?? LISTING_ALLOCATION } : {}),
  });
  const stderr = collectStderr(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  ended.catch(() => {});
  child.stdin.on("error", () => {});
  const lines = [...range.tips.map(checkedOid), ...[...heads].map((oid) => `^${checkedOid(oid)}`)];
  child.stdin.end(`${lines.join("\n")}\n`);
  try {
    const tokens = splitTokens(child.stdout, range.maxMessageBytes ?? 64 * 1024);
    for await (const record of readCommits(tokens, range.maxPaths ?? 10_000)) {
      for (const parent of record.parents) heads.delete(parent);
      heads.add(record.oid);
      yield hasPaths ? record : { ...record, isCut: true };
    }
    const exitCode = await ended;
    if (exitCode === 0) return "all";
    if (hasPaths && stderr().includes("attempting to allocate")) return "gave up";
    throw new Error(`git log exit ${exitCode}: ${stderr().trim()}`);
  } finally {
    child.kill("SIGKILL");
  }
}

async function* readCommits(
  tokens: AsyncIterable<readonly Token[]>,
  maxPaths: number,
): AsyncGenerator<CommitRecord, void, undefined> {
  let fields: Token[] = [];
  let paths: string[] = [];
  let isPathNext = false;
  let isCut = false;
  for await (const batch of tokens) {
    for (const token of batch) {
      if (fields.length < FIELDS) fields.push(token);
      else if (isPathNext) {
        isPathNext = false;
        isCut ||= token.isCut || paths.length === maxPaths;
        if (paths.length < maxPaths) paths.push(token.text);
      } else if (STATUS.test(token.text)) isPathNext = true;
      else if (token.text !== "") {
        yield toRecord(fields, paths, isCut);
        [fields, paths, isCut] = [[token], [], false];
      }
    }
  }
  if (fields.length === FIELDS) yield toRecord(fields, paths, isCut);
}

function toRecord(
  fields: readonly Token[],
  paths: readonly string[],
  isCut: boolean,
): CommitRecord {
  const text = (index: number) => fields[index]?.text ?? "";
  return {
    oid: text(0),
    parents: text(1) === "" ? [] : text(1).split(" "),
    authorName: text(2),
    authorEmail: text(3),
    authorTimeSeconds: Number(text(4)),
    committerTimeSeconds: Number(text(5)),
    message: text(6),
    paths,
    isCut: isCut || fields.some((field) => field.isCut),
  };
}

/** NUL-separated tokens, a batch for each chunk; of a token longer than the cap only the start is kept. */
async function* splitTokens(
  chunks: AsyncIterable<Buffer>,
  maxTokenBytes: number,
): AsyncGenerator<readonly Token[], void, undefined> {
  const capBytes = Math.max(maxTokenBytes, MAX_PATH_BYTES);
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let isCut = false;
  const keep = (part: Buffer) => {
    const fitting = part.subarray(0, capBytes - keptBytes);
    isCut ||= fitting.length < part.length;
    if (fitting.length > 0) kept.push(fitting);
    keptBytes += fitting.length;
  };
  for await (const chunk of chunks) {
    const tokens: Token[] = [];
    let at = 0;
    for (let nul = chunk.indexOf(0); nul !== -1; nul = chunk.indexOf(0, at)) {
      keep(chunk.subarray(at, nul));
      const bytes = kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept);
      tokens.push({ text: bytes.toString("utf8"), isCut });
      [kept, keptBytes, isCut] = [[], 0, false];
      at = nul + 1;
    }
    keep(chunk.subarray(at));
    yield tokens;
  }
}
