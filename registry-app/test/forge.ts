import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  commitFiles,
  createObjectReaders,
  findRef,
  initBare,
  updateRefs,
  writeBlob,
  writeCommit,
  writeTag,
  writeTree,
  type Author,
  type NewTag,
  type ObjectReaders,
  type TreeItem,
} from "../src/git/index.ts";
import type { Signer } from "./forge-keys.ts";

export type Content = string | Buffer | null;
export type TagWish = {
  /** The object, `main`'s commit unless given. */
  readonly at?: string;
  readonly objectType?: NewTag["objectType"];
  /** Absent: an annotated tag that nobody signed. */
  readonly signer?: Signer;
  readonly tagger?: Author;
  readonly time?: Date;
  readonly message?: string;
  /** What the tag object says that it is called, where that differs from its ref. */
  readonly header?: string;
};
export type Pushed = {
  readonly ok: boolean;
  /** All that git printed, the `remote:` marks taken away. */
  readonly output: string;
  /** The verdict block of each tag, by the tag's name or the coordinate it was accepted as. */
  said(subject: string): string;
};

/** An author's repo: real objects, real signatures, pushed by the stock client. */
export type Forge = {
  readonly dir: string;
  readonly url: string;
  /** Commits changed files to a branch and returns the commit. */
  commit(changes: Readonly<Record<string, Content>>, options?: CommitWish): Promise<string>;
  /** Commits a whole tree, hostile ones included, on top of `main`. */
  commitTree(items: readonly TreeItem[], message?: string): Promise<string>;
  blob(content: string | Buffer): Promise<string>;
  tree(items: readonly TreeItem[]): Promise<string>;
  /** Makes an annotated tag, with its ref, and returns the tag object. */
  tag(name: string, wish: TagWish): Promise<string>;
  /** Makes a tag of any bytes whatever. */
  rawTag(name: string, bytes: string | Buffer): Promise<string>;
  /** Writes a commit of any bytes whatever; no ref moves. */
  rawCommit(bytes: string | Buffer): Promise<string>;
  /** Bytes of an object as git prints them. */
  read(oid: string): Promise<Buffer>;
  setRef(ref: string, oid: string | null): Promise<void>;
  resolve(revision: string): Promise<string>;
  push(url: string, ...refs: readonly string[]): Promise<Pushed>;
  git(...args: readonly string[]): Promise<Ran>;
  remove(): Promise<void>;
};
export type CommitWish = {
  readonly branch?: string;
  readonly message?: string;
  readonly author?: Author;
  readonly time?: Date;
};
export type Ran = {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
};

const AUTHOR: Author = { name: "Ann", email: "ann@example.test" };

/** Makes an empty repo in a folder of its own. */
export async function createForge(): Promise<Forge> {
  const dir = await mkdtemp(join(tmpdir(), "assay-forge-"));
  await initBare(dir);
  const readers = createObjectReaders();
  const resolve = async (revision: string) => {
    const info = await readers.info(dir, revision);
    if (info.kind === "missing") throw new Error(`${revision} is not in the forge`);
    return info.oid;
  };
  const setRef = async (ref: string, oid: string | null) => {
    await updateRefs(dir, [{ ref, newOid: oid }]);
  };
  return {
    dir,
    url: `file://${dir}`,
    commit: (changes, options = {}) => commit(readers, dir, changes, options),
    async commitTree(items, message = "feat: a tree") {
      const tree = await writeTree(dir, items);
      const parent = await findRef(dir, "refs/heads/main");
      const parents = parent === undefined ? [] : [parent];
      const at = new Date();
      const oid = await writeCommit(dir, { tree, parents, author: AUTHOR, time: at, message });
      await setRef("refs/heads/main", oid);
      return oid;
    },
    blob: (content) => writeBlob(dir, Buffer.from(content)),
    tree: (items) => writeTree(dir, items),
    async tag(name, wish) {
      const oid = await tag(dir, name, wish, wish.at ?? (await resolve("refs/heads/main")));
      await setRef(`refs/tags/${name}`, oid);
      return oid;
    },
    async rawTag(name, bytes) {
      const oid = await writeRaw(dir, "tag", bytes);
      await setRef(`refs/tags/${name}`, oid);
      return oid;
    },
    rawCommit: (bytes) => writeRaw(dir, "commit", bytes),
    read: async (oid) => {
      const read = await readers.read(dir, oid, { maxBytes: 1 << 24 });
      if (read.kind !== "object") throw new Error(`${oid} is ${read.kind}`);
      return read.bytes;
    },
    setRef,
    resolve,
    push: async (url, ...refs) => toPushed(await run(dir, ["push", url, ...refs])),
    git: (...args) => run(dir, args),
    async remove() {
      await readers.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A SKILL.md that keeps every rule. */
export function skillMd(name: string, body = "Do the thing, then say what was done.\n"): string {
  return `---\nname: ${name}\ndescription: Does the ${name} thing. Use when somebody asks for ${name}.\n---\n\n# ${name}\n\n${body}`;
}

/** Runs stock git as an author has it, without this machine's configuration. */
export function run(
  cwd: string,
  args: readonly string[],
  input: string | Buffer = "",
): Promise<Ran> {
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    LC_ALL: "C",
  };
  return new Promise((resolve) => {
    const options = { cwd, env, maxBuffer: 1 << 27, encoding: "buffer" } as const;
    const child = execFile("git", [...args], options, (cause, stdout, stderr) => {
      const code = cause === null ? 0 : typeof cause.code === "number" ? cause.code : -1;
      resolve({ code, stdout, stderr: stderr.toString("utf8") });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

async function commit(
  readers: ObjectReaders,
  dir: string,
  changes: Readonly<Record<string, Content>>,
  wish: CommitWish,
): Promise<string> {
  const done = await commitFiles(readers, dir, {
    branch: wish.branch ?? "main",
    changes: new Map(Object.entries(changes)),
    author: wish.author ?? AUTHOR,
    message: wish.message ?? "feat: what is new",
    time: wish.time ?? new Date(),
  });
  if (done.kind === "moved") throw new Error("somebody else wrote to the forge");
  return done.commit;
}

function tag(dir: string, name: string, wish: TagWish, at: string): Promise<string> {
  const { signer, tagger = signer ?? AUTHOR } = wish;
  return writeTag(dir, {
    objectOid: at,
    objectType: wish.objectType ?? "commit",
    name: wish.header ?? name,
    tagger: { name: tagger.name, email: tagger.email },
    time: wish.time ?? new Date(),
    message: wish.message ?? name,
    sign: signer?.sign,
  });
}

async function writeRaw(dir: string, type: string, bytes: string | Buffer): Promise<string> {
  const ran = await run(dir, ["hash-object", "-t", type, "-w", "--literally", "--stdin"], bytes);
  return ran.stdout.toString("latin1").trim();
}

function toPushed({ code, stderr }: Ran): Pushed {
  const output = stderr
    .split(/\r|\n/)
    .map((line) => line.replace(/^remote: ?/, "").trimEnd())
    .join("\n");
  const blocks = output.split(/^(?=Assay (?:accepted|REFUSED|ignored): )/m);
  const said = (subject: string) =>
    blocks.find((block) => block.split("\n")[0]?.split(/: | {2}/)[1] === subject) ?? "";
  return { ok: code === 0, output, said };
}
