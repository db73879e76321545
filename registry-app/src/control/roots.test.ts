import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { commitFiles, createObjectReaders, writeCommit, updateRefs } from "../git/index.ts";
import { formatPublicKey, generateEd25519, signSsh } from "../keys/index.ts";
import { silentLog, Stalled } from "../runtime/index.ts";
import { initControl, judgeControlPush, NO_MEMORY, openControl } from "./index.ts";

type Root = { readonly name: string; readonly pair: ReturnType<typeof generateEd25519> };
type RootFile = { version: number; threshold: number; roots: readonly Root[] };

const readers = createObjectReaders();
const base = mkdtempSync(join(tmpdir(), "assay-roots-"));
const time = new Date("2026-11-22T12:00:00Z");
const author = { name: "x", email: "x@example.org" };
const [ann, bob, cid, eve] = ["ann", "bob", "cid", "eve"].map((name) => ({
  name,
  pair: generateEd25519(),
})) as [Root, Root, Root, Root];
let count = 0;
let homeDir = "";
let repoDir = "";

const head = () => execFileSync("git", ["-C", repoDir, "rev-parse", "main"]).toString().trim();
const signWith = (root: Root) => (payload: Buffer) => signSsh(root.pair, payload, "git");
const principalsOf = (roots: readonly Root[]) =>
  roots.map(({ name, pair }) => ({ name, publicKey: formatPublicKey(pair.publicKey) }));
const pin = (threshold: number, ...roots: readonly Root[]) =>
  writeFileSync(
    join(homeDir, "root.json"),
    JSON.stringify({ principals: principalsOf(roots), threshold, genesis: head() }),
  );
const commit = async (root: Root, path: string, text: string | null) => {
  const changes = new Map([[path, text]]);
  const message = "change";
  const sign = signWith(root);
  const wanted = { branch: "main", changes, author, message, time, sign };
  const done = await commitFiles(readers, repoDir, wanted);
  return done.kind === "committed" ? done.commit : "";
};
const rename = (root: Root, name: string) => commit(root, "registry.yaml", `name: ${name}\n`);
const rotate = (root: Root, { version, threshold, roots }: RootFile) =>
  commit(
    root,
    "trust/root.json",
    `${JSON.stringify({ version, threshold, principals: principalsOf(roots) }, null, 2)}\n`,
  );
/** An empty commit on top. */
const cosign = async (root: Root) => {
  const tree = execFileSync("git", ["-C", repoDir, "rev-parse", "main^{tree}"]).toString().trim();
  const message = "so be it";
  const parents = [head()];
  const made = { tree, parents, author, time, message, sign: signWith(root) };
  const newOid = await writeCommit(repoDir, made);
  await updateRefs(repoDir, [{ ref: "refs/heads/main", newOid }]);
};
const open = () =>
  openControl({ readers, log: silentLog, memory: NO_MEMORY }, { repoDir, homeDir });
const now = async () => (await open()).current();
const judge = async (oldOid: string) =>
  judgeControlPush(
    { readers },
    {
      repoDir,
      homeDir,
      ref: "refs/heads/main",
      oldOid,
      newOid: head(),
      seen: [],
      current: await now(),
    },
  );

beforeEach(async () => {
  homeDir = join(base, `home${(count += 1)}`);
  repoDir = join(homeDir, "control.git");
  await initControl(
    { readers, clock: { now: () => time } },
    { repoDir, homeDir, registryName: "First" },
  );
});
afterAll(async () => {
  await readers.close();
  rmSync(base, { recursive: true });
});

describe("with a threshold of two", () => {
  beforeEach(() => pin(2, ann, bob, cid));

  it("one signature is no law: the change waits, and says for whom", async () => {
    const waiting = await rename(ann, "Second");
    const { snapshot, pending, alarm } = await now();
    expect(snapshot.registry.name).toBe("First");
    expect(pending).toMatchObject({
      commit: waiting,
      signedBy: ["ann"],
      waitsFor: "1 more of the roots",
      canSign: [{ name: "bob" }, { name: "cid" }],
    });
    expect(alarm).toContain(`commit ${waiting} waits for 1 more of the roots to sign`);
  });

  it("two different roots over the same tree make law, and nothing waits any more", async () => {
    await rename(ann, "Second");
    await cosign(cid);
    expect(await now()).toMatchObject({
      commit: head(),
      snapshot: { registry: { name: "Second" } },
    });
    expect((await now()).pending).toBeUndefined();
  });

  it("the same root twice does not count", async () => {
    await rename(ann, "Second");
    await cosign(ann);
    const { snapshot, pending } = await now();
    expect([snapshot.registry.name, pending?.signedBy]).toEqual(["First", ["ann"]]);
  });

  it("a signature over one tree says nothing of the next", async () => {
    await rename(ann, "Second");
    await rename(bob, "Third");
    const { snapshot, pending } = await now();
    expect([snapshot.registry.name, pending?.signedBy]).toEqual(["First", ["bob"]]);
  });

  it("a push by one root lands, and its output says who else can sign", async () => {
    const before = head();
    await rename(ann, "Second");
    expect(await judge(before)).toEqual({
      kind: "accept",
      message: expect.stringMatching(/waits for 1 more of the roots.*bob, cid can/s),
    });
  });

  it("two keys under one name, or one key under two, are no pin", async () => {
    pin(2, ann, { name: "ann", pair: bob.pair });
    await expect(open()).rejects.toThrow(/ann stands twice/);
    pin(2, ann, { name: "ann2", pair: ann.pair });
    await expect(open()).rejects.toThrow(/SHA256:\S+ stands twice/);
  });
});

describe("a rotation of the roots", () => {
  beforeEach(() => pin(2, ann, bob, cid));
  const toEve = { version: 2, threshold: 2, roots: [ann, bob, eve] };

  it("signed by enough old and enough new roots is law, and the lost root's signature is refused afterwards", async () => {
    await rotate(ann, toEve);
    expect((await now()).root.version).toBe(1);
    await cosign(bob);
    const { root, alarm } = await now();
    expect([root.version, alarm]).toEqual([2, undefined]);
    const before = head();
    await rename(cid, "Third");
    expect((await now()).alarm).toMatch(/is signed with \S+, no root's key/);
    expect(await judge(before)).toMatchObject({ kind: "refuse" });
    await updateRefs(repoDir, [{ ref: "refs/heads/main", newOid: before }]);
    await rename(eve, "Third");
    await cosign(ann);
    expect((await now()).snapshot.registry.name).toBe("Third");
  });

  it("to roots that are all new waits until enough of both have signed", async () => {
    const others = ["dan", "fay"].map((name) => ({ name, pair: generateEd25519() }));
    const [dan, fay] = others as [Root, Root];
    await rotate(ann, { version: 2, threshold: 2, roots: [dan, fay] });
    expect((await now()).pending?.waitsFor).toBe(
      "1 more of the roots and 2 more of the roots that are to come",
    );
    await cosign(bob);
    await cosign(dan);
    expect((await now()).pending).toMatchObject({
      waitsFor: "1 more of the roots that are to come",
      canSign: [{ name: "fay" }],
    });
    expect((await now()).root.version).toBe(1);
    await cosign(fay);
    expect((await now()).root.principals.map(({ name }) => name)).toEqual(["dan", "fay"]);
  });

  it("that no old root has signed is refused, whoever names himself in it", async () => {
    const before = head();
    await rotate(eve, { version: 2, threshold: 1, roots: [eve] });
    const { root, alarm } = await now();
    expect(root.version).toBe(1);
    expect(alarm).toMatch(/does not count: it is signed with \S+, no root's key/);
    expect(await judge(before)).toMatchObject({ kind: "refuse" });
  });

  it("that one old root signs alone is not law, however many new ones agree", async () => {
    await rotate(ann, { version: 2, threshold: 1, roots: [eve] });
    await cosign(eve);
    const { root, pending } = await now();
    expect([root.version, pending?.waitsFor]).toEqual([1, "1 more of the roots"]);
  });

  it("is walked from the pin through every version", async () => {
    await rotate(ann, toEve);
    await cosign(bob);
    await rotate(eve, { version: 3, threshold: 1, roots: [eve] });
    await cosign(bob);
    await rename(eve, "Alone");
    expect(await now()).toMatchObject({
      root: { version: 3 },
      snapshot: { registry: { name: "Alone" } },
    });
  });

  it("backwards, past a version, under the same version, or by removing the file is no law", async () => {
    await rotate(ann, toEve);
    await cosign(bob);
    const lawful = head();
    const tries = [
      [
        () => rotate(ann, { version: 1, threshold: 2, roots: [ann, bob, cid] }),
        /version 1, and 2 is in force/,
      ],
      [
        () => rotate(ann, { version: 4, threshold: 1, roots: [ann] }),
        /version 4, and 2 is in force/,
      ],
      [() => rotate(ann, { version: 2, threshold: 1, roots: [ann] }), /still version 2: make it 3/],
      [
        () => commit(ann, "trust/root.json", null),
        /trust\/root\.json is gone; version 2 is in force/,
      ],
    ] as const;
    for (const [attempt, said] of tries) {
      await updateRefs(repoDir, [{ ref: "refs/heads/main", newOid: lawful }]);
      await attempt();
      await cosign(bob);
      const { commit: law, alarm, root } = await now();
      expect([law, root.version, alarm]).toEqual([lawful, 2, expect.stringMatching(said)]);
      const verdict = await judge(lawful);
      expect(verdict.kind === "refuse" && verdict.message).toMatch(said);
    }
  });

  it("that cannot be read is refused with file and line", async () => {
    const before = head();
    await commit(ann, "trust/root.json", '{\n  "version": 2,\n  "treshold": 2\n}\n');
    const verdict = await judge(before);
    expect(verdict.kind === "refuse" && verdict.message).toContain(
      'trust/root.json:3: unknown key "treshold"',
    );
  });
});

describe("the pin", () => {
  it("with another root than signed the first commit is refused, where no first commit is pinned", async () => {
    const pinned = { principals: principalsOf([eve]), threshold: 1 };
    writeFileSync(join(homeDir, "root.json"), JSON.stringify(pinned));
    await expect(open()).rejects.toThrow(Stalled);
    await expect(open()).rejects.toThrow(/does not count: it is signed with/);
  });

  it("of a first commit that the history does not have is refused", async () => {
    const pinned = JSON.parse(readFileSync(join(homeDir, "root.json"), "utf8")) as object;
    const genesis = "f".repeat(40);
    writeFileSync(join(homeDir, "root.json"), JSON.stringify({ ...pinned, genesis }));
    await expect(open()).rejects.toThrow(/does not follow on f{40}/);
  });

  it("of a first commit that names other roots than the pin is refused", async () => {
    await commit(
      ann,
      "trust/root.json",
      JSON.stringify({ version: 1, threshold: 1, principals: principalsOf([eve]) }),
    );
    pin(1, ann);
    await expect(open()).rejects.toThrow(/another trust\/root\.json than root\.json/);
  });
});
