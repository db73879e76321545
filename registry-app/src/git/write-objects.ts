import { checkedOid } from "./names.ts";
import { nameObject, writeNewObject, type NewObject } from "./object-files.ts";
import type { Author, ObjectType, SignPayload } from "./records.ts";

export type TreeItem = {
  readonly mode: string;
  readonly name: string | Buffer;
  readonly oid: string;
};

export type NewCommit = {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Author;
  readonly time: Date;
  readonly message: string;
  readonly sign?: SignPayload | undefined;
};

export type NewTag = {
  readonly objectOid: string;
  readonly objectType: ObjectType;
  readonly name: string;
  readonly tagger: Author;
  readonly time: Date;
  readonly message: string;
  readonly sign?: SignPayload | undefined;
};

// oxlint-disable-next-line no-control-regex -- what would break a header line apart
const BREAKS_A_LINE = /[\u0000-\u001f\u007f]/;
const FOLDER_MODE = "40000";

/** Writes a blob and returns its oid. */
export function writeBlob(dir: string, bytes: Buffer): Promise<string> {
  return writeNewObject(dir, nameObject("blob", bytes));
}

/** Writes a tree from entries in any order and returns its oid. Throws on a name that no tree may hold. */
export function writeTree(dir: string, entries: readonly TreeItem[]): Promise<string> {
  return writeNewObject(dir, makeTree(entries));
}

/** Writes a commit, signed in its `gpgsig` header when `sign` is given, and returns its oid. No ref moves. */
export async function writeCommit(dir: string, commit: NewCommit): Promise<string> {
  return writeNewObject(dir, await makeCommit(commit));
}

/** Writes an annotated tag object, signed at its end when `sign` is given, and returns its oid. No ref moves. */
export async function writeTag(dir: string, tag: NewTag): Promise<string> {
  const name = checkedLine(tag.name);
  const head = `object ${checkedOid(tag.objectOid)}\ntype ${tag.objectType}\ntag ${name}\n`;
  const payload = Buffer.from(
    `${head}tagger ${stamp(tag.tagger, tag.time)}\n\n${ended(tag.message)}`,
  );
  if (tag.sign === undefined) return writeNewObject(dir, nameObject("tag", payload));
  const armor = Buffer.from(ended(await tag.sign(payload)), "latin1");
  return writeNewObject(dir, nameObject("tag", Buffer.concat([payload, armor])));
}

/** The tree object of some entries, in git's order: by bytes, a folder as if its name ended in a slash. */
export function makeTree(entries: readonly TreeItem[]): NewObject {
  const items = entries.map(({ mode, name, oid }) => {
    const bytes = Buffer.from(name);
    if (bytes.length === 0 || bytes.includes(0) || bytes.includes("/"))
      throw new Error(`not a name for a tree: ${JSON.stringify(bytes.toString())}`);
    const order = mode === FOLDER_MODE ? Buffer.concat([bytes, Buffer.from("/")]) : bytes;
    const parts = [
      Buffer.from(`${mode} `),
      bytes,
      Buffer.from([0]),
      Buffer.from(checkedOid(oid), "hex"),
    ];
    return { order, bytes: Buffer.concat(parts) };
  });
  items.sort((a, b) => Buffer.compare(a.order, b.order));
  return nameObject("tree", Buffer.concat(items.map((item) => item.bytes)));
}

/** The commit object; the signature covers exactly the object without its `gpgsig` header. */
export async function makeCommit(commit: NewCommit): Promise<NewObject> {
  const who = stamp(commit.author, commit.time);
  const parents = commit.parents.map((parent) => `parent ${checkedOid(parent)}\n`).join("");
  const head = `tree ${checkedOid(commit.tree)}\n${parents}author ${who}\ncommitter ${who}\n`;
  const body = `\n${ended(commit.message)}`;
  if (commit.sign === undefined) return nameObject("commit", Buffer.from(head + body));
  const armor = (await commit.sign(Buffer.from(head + body))).trimEnd();
  const gpgsig = `gpgsig ${armor.replaceAll("\n", "\n ")}\n`;
  return nameObject("commit", Buffer.from(head + gpgsig + body));
}

function stamp({ name, email }: Author, time: Date): string {
  if (/[<>]/.test(name + email)) throw new Error("an author's name and email hold no < or >");
  return `${checkedLine(name)} <${checkedLine(email)}> ${Math.floor(time.getTime() / 1000)} +0000`;
}

function checkedLine(text: string): string {
  if (text === "" || BREAKS_A_LINE.test(text)) throw new Error("a header's value must be one line");
  return text;
}

function ended(text: string): string {
  if (text.includes("\0")) throw new Error("a message holds no NUL");
  return text.endsWith("\n") ? text : `${text}\n`;
}
