import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  addSigner,
  addSource,
  addTeam,
  proposeChange,
  type ControlFiles,
  type ControlSnapshot,
  type OperatorKey,
} from "../control/index.ts";
import { transaction, type Db } from "../db/index.ts";
import { commitFiles, initBare, pushRefs, type Author, type ObjectReaders } from "../git/index.ts";
import { formatPublicKey, signSsh, type Ed25519Pair } from "../keys/index.ts";
import { authenticate, createToken, findTeam, SYSTEM } from "../people/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import { findSourceBySlug, listSightedTags } from "../sources/index.ts";
import {
  readDemoHistories,
  type DemoAuthor,
  type DemoCommit,
  type DemoHistory,
  type DemoTag,
} from "./content/index.ts";
import { makeTag } from "./make-tag.ts";

export type DemoDeps = {
  readonly db: Db;
  readonly readers: ObjectReaders;
  readonly controlDir: string;
  readonly operator: OperatorKey;
  readonly law: () => Promise<ControlSnapshot>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Reads a key pair at a path, or makes one there with mode 0600. */
  readonly readOrMakeKey: (path: string, comment: string) => Promise<Ed25519Pair>;
};

export type DemoPlace = {
  /** ASSAY_HOME/demo. */
  readonly dir: string;
  /** Where this server listens, without a slash at the end. */
  readonly baseUrl: string;
};

export type Demo = {
  readonly remote: string;
  readonly source: string;
  readonly keyFile: string;
  readonly author: Author;
};

const AUTHORS: Readonly<Record<DemoAuthor, Author>> = {
  ada: { name: "Ada", email: "ada@acme.example" },
  bo: { name: "Bo", email: "bo@globex.example" },
};
const KEY_FILES: Readonly<Record<DemoAuthor, string>> = { ada: "id_ed25519", bo: "bo_ed25519" };
const LIFETIME_MS = 14 * 24 * 3_600_000;
/** Commits of the story lie this far apart, the last one just before now. */
const BETWEEN_COMMITS_MS = 26 * 3_600_000;

/**
 * Makes the demo registry the way people do it: teams, sources and keys by commits to the control repo, then commits
 * and signed tags pushed with git. Interrupted, it is taken up where it stopped: objects come out the same, and what
 * was accepted is not pushed again.
 */
export async function makeDemo(
  deps: DemoDeps,
  place: DemoPlace,
  say: (line: string) => void,
): Promise<Demo> {
  await mkdir(place.dir, { recursive: true, mode: 0o700 });
  const histories = await readDemoHistories();
  const [first] = histories;
  if (first === undefined) throw new Error("the demo has no content");
  const keys = {
    ada: await deps.readOrMakeKey(keyFile(place, "ada"), "demo"),
    bo: await deps.readOrMakeKey(keyFile(place, "bo"), "demo"),
  };
  await writeWhole(
    join(place.dir, "id_ed25519.pub"),
    `${formatPublicKey(keys.ada.publicKey, AUTHORS.ada.email)}\n`,
  );
  await writeWhole(join(place.dir, "email"), `${AUTHORS.ada.email}\n`);
  const isComplete = (await readText(join(place.dir, "complete"))) !== undefined;
  if (!isComplete) await layDown(deps, histories, keys);
  const remotes = new Map<string, Remote>();
  for (const history of histories)
    remotes.set(history.source, await openRemote(deps, place, history));
  const remote = addressOf(remotes.get(first.source));
  await writeWhole(join(place.dir, "remote"), `${remote}\n`);
  if (!isComplete) {
    say("Making the demo registry: two teams, six skills, real signed tags ...");
    const stranger = await deps.readOrMakeKey(
      join(place.dir, "stranger_ed25519"),
      "nobody knows this key",
    );
    const startedAt = await startTime(deps, place);
    for (const history of histories)
      await tell(deps, place, history, {
        remote: remotes.get(history.source),
        keys,
        stranger,
        startedAt,
      });
    await settle(deps, histories);
    await writeWhole(join(place.dir, "complete"), `${deps.clock.now().toISOString()}\n`);
  }
  return { remote, source: first.source, keyFile: keyFile(place, "ada"), author: AUTHORS.ada };
}

type Keys = Readonly<Record<DemoAuthor, Ed25519Pair>>;
type Remote = { readonly url: string; readonly token: string };

const keyFile = (place: DemoPlace, author: DemoAuthor) => join(place.dir, KEY_FILES[author]);

/** One signed commit to the control repo; once it is there, nothing. */
async function layDown(
  deps: DemoDeps,
  histories: readonly DemoHistory[],
  keys: Keys,
): Promise<void> {
  const now = deps.clock.now();
  const validBefore = new Date(now.getTime() + LIFETIME_MS);
  const law = await deps.law();
  const change = (files: ControlFiles) =>
    histories.reduce((before, { team, source, commits }) => {
      let after = law.teams.has(team.slug) ? before : addTeam(before, team);
      if (!law.sources.has(source))
        after = addSource(after, {
          slug: source,
          team: team.slug,
          visibility: "public",
          isDemo: true,
        });
      const author = commits[0]?.author ?? "ada";
      if (law.teams.get(team.slug)?.signers.includes(AUTHORS[author].email)) return after;
      const publicKey = formatPublicKey(keys[author].publicKey);
      return addSigner(after, {
        principal: AUTHORS[author].email,
        publicKey,
        teams: [team.slug],
        validBefore,
      });
    }, files);
  await proposeChange(deps, {
    repoDir: deps.controlDir,
    change,
    message: "demo: two teams with a source each\n",
    author: deps.operator.author,
    time: now,
    sign: deps.operator.sign,
  });
  await deps.law();
}

/** The push address of a demo source, with a token that works for demo sources only; a token still good is kept. */
async function openRemote(deps: DemoDeps, place: DemoPlace, history: DemoHistory): Promise<Remote> {
  const url = `${place.baseUrl}/git/${history.source}.git`;
  const file = join(place.dir, `${history.source}.token`);
  const kept = (await readText(file))?.trim();
  if (kept !== undefined && (await authenticate(deps, deps.db, kept)) !== undefined)
    return { url, token: kept };
  const team = await findTeam(deps.db, history.team.slug);
  if (team === undefined) throw new Error(`the demo's team ${history.team.slug} is not there`);
  const expiresAt = new Date(deps.clock.now().getTime() + LIFETIME_MS);
  const { text } = await transaction(deps.db, (tx) =>
    createToken(deps, tx, SYSTEM, {
      name: `demo push ${history.source}`,
      owner: { teamId: team.id },
      scopes: ["read", "push"],
      expiresAt,
      isDemo: true,
    }),
  );
  await writeWhole(file, `${text}\n`);
  return { url, token: text };
}

function addressOf(remote: Remote | undefined): string {
  if (remote === undefined) throw new Error("the demo's first source has no address");
  const url = new URL(remote.url);
  url.username = "demo";
  url.password = remote.token;
  return url.href;
}

type Telling = {
  readonly remote: Remote | undefined;
  readonly keys: Keys;
  readonly stranger: Ed25519Pair;
  readonly startedAt: Date;
};

/** Pushes one source's story commit by commit, each with the tags that were made on it. */
async function tell(
  deps: DemoDeps,
  place: DemoPlace,
  history: DemoHistory,
  so: Telling,
): Promise<void> {
  const dir = join(place.dir, "work", `${history.source}.git`);
  await rm(dir, { recursive: true, force: true });
  await initBare(dir, { config: {} });
  const source = await findSourceBySlug(deps.db, history.source);
  const known = source === undefined ? [] : await listSightedTags(deps.db, source.id);
  const accepted = new Set(known.filter((tag) => tag.isBound).map((tag) => tag.name));
  for (const [index, commit] of history.commits.entries()) {
    const time = new Date(
      so.startedAt.getTime() - (history.commits.length - index) * BETWEEN_COMMITS_MS,
    );
    const oid = await writeDemoCommit(deps, dir, commit, time);
    await push(dir, so.remote, [{ ref: "refs/heads/main", oid }]);
    for (const tag of commit.tags) {
      if (tag.making !== "moved" && accepted.has(tag.name)) continue;
      const signers = { author: signer(so.keys[commit.author]), stranger: signer(so.stranger) };
      const target = await makeTag(
        dir,
        tag,
        { commit: oid, tagger: AUTHORS[commit.author], time: deps.clock.now() },
        signers,
      );
      await pushTag(deps, dir, so.remote, tag, target);
    }
  }
}

async function writeDemoCommit(
  deps: DemoDeps,
  dir: string,
  commit: DemoCommit,
  time: Date,
): Promise<string> {
  const changes = new Map(
    commit.changes.map(({ path, file }) => [path, file && Buffer.from(file.bytes)]),
  );
  const executables = new Set(
    commit.changes.flatMap(({ path, file }) => (file?.mode === "100755" ? [path] : [])),
  );
  const written = await commitFiles(deps.readers, dir, {
    branch: "main",
    changes,
    executables,
    author: AUTHORS[commit.author],
    message: `${commit.message}\n`,
    time,
  });
  if (written.kind === "moved")
    throw new Error("the demo's work repo was changed by somebody else");
  return written.commit;
}

async function pushTag(
  deps: DemoDeps,
  dir: string,
  remote: Remote | undefined,
  tag: DemoTag,
  oid: string,
): Promise<void> {
  const said = await push(dir, remote, [
    { ref: `refs/tags/${tag.name}`, oid, isForced: tag.making === "moved" },
  ]);
  const isAsExpected = isTaken(tag) ? said.kind === "pushed" : said.said.includes(tag.expected);
  if (!isAsExpected)
    deps.log.warn(
      { tag: tag.name, expected: tag.expected, said: said.said },
      "a demo tag was judged otherwise",
    );
}

/** Whether the push is accepted; what the scanner says comes after it. */
function isTaken({ expected }: DemoTag): boolean {
  return expected === "published" || expected === "HELD" || expected === "CHECK_FAILED";
}

function push(
  dir: string,
  remote: Remote | undefined,
  refs: Parameters<typeof pushRefs>[0]["refs"],
) {
  if (remote === undefined) throw new Error("the demo's source has no address");
  const credential = Buffer.from(`demo:${remote.token}`).toString("base64");
  return pushRefs({
    dir,
    url: remote.url,
    credentialHeader: `Authorization: Basic ${credential}`,
    refs,
  });
}

const signer = (pair: Ed25519Pair) => (payload: Buffer) => signSsh(pair, payload, "git");

/** The story's "now": kept, so that an interrupted demo goes on with the same commits. */
async function startTime(deps: DemoDeps, place: DemoPlace): Promise<Date> {
  const file = join(place.dir, "started-at");
  const kept = await readText(file);
  if (kept !== undefined) return new Date(kept.trim());
  const now = deps.clock.now();
  await writeWhole(file, `${now.toISOString()}\n`);
  return now;
}

const SETTLE_MS = 60_000;
const STATES: Readonly<Record<string, string>> = { HELD: "held", CHECK_FAILED: "refused" };

/** Waits until every tag that was taken is decided as it should be, so that the first page anybody opens is whole. */
async function settle(deps: DemoDeps, histories: readonly DemoHistory[]): Promise<void> {
  const until = deps.clock.now().getTime() + SETTLE_MS;
  for (const history of histories) {
    const wanted = history.commits.flatMap((commit) =>
      commit.tags.filter(isTaken).map(({ name, expected }) => ({
        name,
        state: STATES[expected] ?? "published",
      })),
    );
    const source = await findSourceBySlug(deps.db, history.source);
    if (source === undefined) throw new Error(`the demo's source ${history.source} is not there`);
    for (;;) {
      const tags = await listSightedTags(deps.db, source.id);
      const missing = wanted.filter(
        ({ name, state }) => !tags.some((tag) => tag.name === name && tag.state === state),
      );
      if (missing.length === 0) break;
      if (deps.clock.now().getTime() > until) {
        deps.log.warn(
          { source: history.source, missing: missing.map(({ name }) => name) },
          "the demo is not whole",
        );
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw cause;
  });
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
