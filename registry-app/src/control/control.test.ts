import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { describeWith } from "../../test/needs.ts";
import {
  commitFiles,
  createObjectReaders,
  type SignPayload,
  updateRefs,
  writeCommit,
} from "../git/index.ts";
import { formatPublicKey, generateEd25519, signSsh } from "../keys/index.ts";
import { silentLog, Stalled } from "../runtime/index.ts";
import {
  addSigner,
  addSource,
  addTeam,
  addYank,
  type ControlFiles,
  initControl,
  judgeControlPush,
  NO_MEMORY,
  openControl,
  type OperatorKey,
  proposeChange,
  readOperatorKey,
} from "./index.ts";

const readers = createObjectReaders();
const base = mkdtempSync(join(tmpdir(), "assay-control-"));
const clock = { now: () => new Date("2026-11-22T12:00:00Z") };
const keyA = generateEd25519();
const lineA = formatPublicKey(keyA.publicKey, "me@laptop");
let count = 0;
let homeDir = "";
let repoDir = "";
let operator: OperatorKey;

beforeEach(async () => {
  homeDir = join(base, `home${(count += 1)}`);
  repoDir = join(homeDir, "control.git");
  operator = await initControl({ readers, clock }, { repoDir, homeDir, registryName: "Acme" });
});
afterAll(async () => {
  await readers.close();
  rmSync(base, { recursive: true });
});

const open = (ref?: string) =>
  openControl(
    { readers, log: silentLog, memory: NO_MEMORY },
    { repoDir, homeDir, ...(ref !== undefined && { ref }) },
  );
const propose = (change: (files: ControlFiles) => ControlFiles) =>
  proposeChange(
    { readers },
    {
      repoDir,
      change,
      message: "change",
      author: operator.author,
      time: clock.now(),
      sign: operator.sign,
    },
  );
const commit = async (path: string, text: string, sign?: SignPayload) => {
  const changes = new Map([[path, text]]);
  const author = { name: "x", email: "x@example.org" };
  const done = await commitFiles(readers, repoDir, {
    branch: "main",
    changes,
    author,
    message: "m",
    time: clock.now(),
    ...(sign ? { sign } : {}),
  });
  if (done.kind !== "committed") throw new Error(done.kind);
  return done.commit;
};
const judge = async (ref: string, oldOid: string | null, newOid: string | null) => {
  const current = await (await open()).current();
  return judgeControlPush(
    { readers },
    { repoDir, homeDir, ref, oldOid, newOid, seen: [], current },
  );
};
const MAIN = "refs/heads/main";
const head = () => execFileSync("git", ["-C", repoDir, "rev-parse", "main"]).toString().trim();
const setHead = (newOid: string) => updateRefs(repoDir, [{ ref: "refs/heads/main", newOid }]);

describe("the first start", () => {
  it("pins the genesis commit and the operator's key, which nobody else can read", () => {
    const root = JSON.parse(readFileSync(join(homeDir, "root.json"), "utf8"));
    expect(root).toMatchObject({ threshold: 1, genesis: head(), principals: [{ name: "assay" }] });
    expect(statSync(join(homeDir, "keys/control_ed25519")).mode & 0o777).toBe(0o600);
  });

  it("repeated changes nothing, and finds the same key", async () => {
    const before = head();
    const again = await initControl(
      { readers, clock },
      { repoDir, homeDir, registryName: "Other" },
    );
    expect([head(), again.fingerprint, (await readOperatorKey(homeDir)).fingerprint]).toEqual([
      before,
      operator.fingerprint,
      operator.fingerprint,
    ]);
  });

  it("that stopped before the pin was written is completed by the next", async () => {
    const pinned = readFileSync(join(homeDir, "root.json"), "utf8");
    rmSync(join(homeDir, "root.json"));
    await initControl({ readers, clock }, { repoDir, homeDir, registryName: "Acme" });
    expect(readFileSync(join(homeDir, "root.json"), "utf8")).toBe(pinned);
  });

  it("does not pin a history that it did not make", async () => {
    await commit("registry.yaml", "name: Evil\n");
    rmSync(join(homeDir, "root.json"));
    await expect(
      initControl({ readers, clock }, { repoDir, homeDir, registryName: "Acme" }),
    ).rejects.toThrow(Stalled);
  });
});

describe("the law", () => {
  it("is what a signed change says, at once", async () => {
    const control = await open();
    expect((await control.current()).snapshot.registry.name).toBe("Acme");
    await propose((files) => addTeam(files, { slug: "platform", name: "Platform" }));
    await propose((files) =>
      addSource(files, { slug: "acme", team: "platform", visibility: "public" }),
    );
    await propose((files) =>
      addSigner(files, { principal: "a@example.org", publicKey: lineA, teams: ["platform"] }),
    );
    await propose((files) =>
      addYank(files, { skill: "platform/deploy", version: "1.0.0", reason: "bad" }),
    );
    const { snapshot, alarm, commit } = await control.current();
    expect([alarm, commit]).toEqual([undefined, head()]);
    expect(snapshot.teams.get("platform")?.signers).toEqual(["a@example.org"]);
    expect(snapshot.sources.get("acme")?.kind).toBe("hosted");
    expect(snapshot.allowedSigners.entries.map((entry) => entry.principals)).toEqual([
      "a@example.org",
    ]);
    expect(snapshot.yanks).toHaveLength(1);
    expect((await (await open()).current()).snapshot.digest).toBe(snapshot.digest);
  });

  it("is never what an unsigned commit says, nor what follows on one, also after a restart", async () => {
    const control = await open();
    const lawful = head();
    const unsigned = await commit("registry.yaml", "name: Evil\n");
    const first = await control.current();
    expect([first.commit, first.snapshot.registry.name]).toEqual([lawful, "Acme"]);
    expect(first.alarm).toContain(`commit ${unsigned} does not count: it is not signed`);
    await commit("registry.yaml", "name: Later\n", operator.sign);
    expect((await control.current()).commit).toBe(lawful);
    expect((await (await open()).current()).commit).toBe(lawful);
  });

  it("is not what a stranger's key signs", async () => {
    await commit("registry.yaml", "name: Evil\n", (payload) => signSsh(keyA, payload, "git"));
    const { snapshot, alarm } = await (await open()).current();
    expect(snapshot.registry.name).toBe("Acme");
    expect(alarm).toContain(`${keyA.publicKey.fingerprint}, no root's key`);
  });

  it("is not what a root signed in another namespace, or moved onto other content", async () => {
    const root = generateEd25519();
    const pinned = JSON.parse(readFileSync(join(homeDir, "root.json"), "utf8"));
    pinned.principals.push({ name: "r", publicKey: formatPublicKey(root.publicKey) });
    writeFileSync(join(homeDir, "root.json"), JSON.stringify(pinned));
    const start = head();
    await commit("registry.yaml", "name: Evil\n", (payload) => signSsh(root, payload, "file"));
    expect((await (await open()).current()).alarm).toContain("wrong-namespace");
    await setHead(start);
    await commit("registry.yaml", "name: Evil\n", () => signSsh(root, Buffer.from("other"), "git"));
    expect((await (await open()).current()).alarm).toContain("bad-signature");
    await setHead(start);
    await commit("registry.yaml", "name: Good\n", (payload) => signSsh(root, payload, "git"));
    expect((await (await open()).current()).snapshot.registry.name).toBe("Good");
  });

  it("stays when the history is rewritten", async () => {
    const genesis = head();
    await propose((files) => addTeam(files, { slug: "one", name: "One" }));
    const control = await open();
    await setHead(genesis);
    const { snapshot, alarm } = await control.current();
    expect(snapshot.teams.has("one")).toBe(true);
    expect(alarm).toContain("history was rewritten");
  });

  it("stays when a signed commit is broken, but its revocations hold, and mending it ends the alarm", async () => {
    const control = await open();
    await commit("policy.yaml", "bump: perhaps\n", operator.sign);
    await commit(
      "trust/revoked.yaml",
      `keys:\n  - {fingerprint: "${keyA.publicKey.fingerprint}", reason: stolen}\n`,
      operator.sign,
    );
    const during = await control.current();
    expect(during.snapshot.policy.bump).toBe("warn");
    expect(during.snapshot.revoked.get(keyA.publicKey.fingerprint)?.[0]?.reason).toBe("stolen");
    expect(during.alarm).toContain("policy.yaml:1: bump:");
    await commit("policy.yaml", "bump: require\n", operator.sign);
    expect(await control.current()).toMatchObject({
      commit: head(),
      snapshot: { policy: { bump: "require" } },
    });
    expect((await control.current()).alarm).toBeUndefined();
  });

  it("needs as many roots as the pin asks for, each signing the same tree", async () => {
    const pairs = [generateEd25519(), generateEd25519()];
    const [one, two] = pairs.map(
      (pair): SignPayload =>
        (payload) =>
          signSsh(pair, payload, "git"),
    );
    const principals = pairs.map((pair, index) => ({
      name: `root${index}`,
      publicKey: formatPublicKey(pair.publicKey),
    }));
    writeFileSync(
      join(homeDir, "root.json"),
      JSON.stringify({ principals, threshold: 2, genesis: head() }),
    );
    const control = await open();
    await commit("registry.yaml", "name: Two\n", one);
    const waiting = await control.current();
    expect([waiting.snapshot.registry.name, waiting.alarm]).toEqual([
      "Acme",
      expect.stringContaining("waits for 1 more"),
    ]);
    const oid = head();
    const tree = execFileSync("git", ["-C", repoDir, "rev-parse", "main^{tree}"]).toString().trim();
    const countersigned = await writeCommit(repoDir, {
      tree,
      parents: [oid],
      author: operator.author,
      time: clock.now(),
      message: "so be it",
      ...(two ? { sign: two } : {}),
    });
    await setHead(countersigned);
    expect((await control.current()).snapshot.registry.name).toBe("Two");
  });
});

it("a mirror's law is read from the ref under which it was fetched", async () => {
  const ref = "refs/incoming/heads/main";
  await updateRefs(repoDir, [{ ref, newOid: head() }]);
  await commit("registry.yaml", "name: Elsewhere\n", operator.sign);
  const control = await open(ref);
  expect((await control.current()).snapshot.registry.name).toBe("Acme");
});

describe("a change", () => {
  it("made while another lands is made again on top of it", async () => {
    const teams = ["a", "b", "c", "d", "e"];
    await Promise.all(
      teams.map((slug) => propose((files) => addTeam(files, { slug, name: slug }))),
    );
    expect([...(await (await open()).current()).snapshot.teams.keys()]).toEqual(teams);
  });

  it("that changes nothing makes no commit", async () => {
    expect(await propose((files) => files)).toEqual({ kind: "unchanged", commit: head() });
  });

  it("that would break the law is refused with file and line", async () => {
    const broken = new Map([["policy.yaml", Buffer.from("bump: 3\n")]]);
    await expect(propose(() => broken)).rejects.toThrow(/policy\.yaml:1: bump/);
  });
});

describeWith("ssh-keygen")("git's own verdict", () => {
  it("on a commit made here is that its signature is good", async () => {
    const signers = join(homeDir, "signers");
    writeFileSync(
      signers,
      `${operator.author.email} ${readFileSync(join(homeDir, "root.json"), "utf8").match(/ssh-ed25519 [^"]+/)?.[0]}\n`,
    );
    execFileSync(
      "git",
      ["-C", repoDir, "-c", `gpg.ssh.allowedSignersFile=${signers}`, "verify-commit", "main"],
      { stdio: "ignore" },
    );
    expect(execFileSync("git", ["-C", repoDir, "fsck", "--strict"]).toString()).toBe("");
  });
});

describe("a push to the control repo", () => {
  it("of a signed lawful commit is accepted", async () => {
    const old = head();
    expect(
      await judge(MAIN, old, await commit("registry.yaml", "name: New\n", operator.sign)),
    ).toMatchObject({ kind: "accept" });
  });

  it("of an unsigned commit below a signed one is refused, and says how to sign", async () => {
    const old = head();
    const bad = await commit("registry.yaml", "name: New\n");
    const top = await commit("registry.yaml", "name: Newer\n", operator.sign);
    const verdict = await judge(MAIN, old, top);
    expect(verdict.kind === "refuse" && verdict.message).toMatch(
      new RegExp(`commit ${bad} does not count: it is not signed.*\n.*\n git rebase --exec`),
    );
  });

  it("of a broken file is refused with file and line", async () => {
    const old = head();
    const top = await commit("registry.yaml", "title: New\n", operator.sign);
    expect(await judge(MAIN, old, top)).toEqual({
      kind: "refuse",
      message: 'registry.yaml:1: unknown key "title"',
    });
  });

  it("elsewhere than to main, backwards, or of nothing is refused", async () => {
    const old = head();
    const top = await commit("registry.yaml", "name: New\n", operator.sign);
    const verdicts = await Promise.all([
      judge("refs/heads/x", null, top),
      judge("refs/tags/x", null, top),
      judge(MAIN, top, old),
      judge(MAIN, top, null),
    ]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(["refuse", "refuse", "refuse", "refuse"]);
  });
});

it("asking for the law again costs next to nothing while nothing changed", async () => {
  const control = await open();
  const startedMs = performance.now();
  for (let round = 0; round < 200; round += 1) await control.current();
  expect((performance.now() - startedMs) / 200).toBeLessThan(5);
});
