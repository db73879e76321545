import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { transaction } from "../db/index.ts";
import {
  commitFiles,
  createObjectReaders,
  findRef,
  parseCommit,
  type ObjectReaders,
} from "../git/index.ts";
import { createSshVerifier, formatPublicKey, generateEd25519, signSsh } from "../keys/index.ts";
import { parseSignedState, type CheckpointAnswer } from "../proof/index.ts";
import { rootFromPath } from "../proof/line-tree.ts";
import { systemClock } from "../runtime/index.ts";
import {
  createLogProofs,
  createRegistryLog,
  readLog,
  type LogProofs,
  type RegistryLog,
} from "./index.ts";
import { FIRST_CHAIN, formatCheckpoint, nextChain } from "./log-format.ts";

let database: TestDatabase;
let readers: ObjectReaders;
let dir: string;
let log: RegistryLog;
const pair = generateEd25519();
const pins = new Map([["registry.pub", `${formatPublicKey(pair.publicKey)}\n`]]);
const announced: CheckpointAnswer[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  readers = createObjectReaders();
  dir = await mkdtemp(join(tmpdir(), "assay-log-"));
  log = await open();
});
afterEach(async () => {
  await readers.close();
  await rm(dir, { recursive: true, force: true });
  await database.close();
});

function open(): Promise<RegistryLog> {
  return createRegistryLog({
    db: database.db,
    readers,
    dir: join(dir, "log.git"),
    author: { name: "Assay", email: "registry@assay.invalid" },
    sign: (payload) => signSsh(pair, payload, "git"),
    clock: systemClock,
    pins,
    announce: async (checkpoint) => void announced.push(checkpoint),
  });
}

const logDir = () => join(dir, "log.git");

/** The line's proof comes to the root that its commit signs. */
async function expectProof(proofs: LogProofs, place: number): Promise<void> {
  const proof = await proofs.prove(place);
  const commit = parseCommit(Buffer.from(proof?.commit ?? "", "base64"));
  const state = commit.kind === "ok" ? parseSignedState(commit.commit.message) : undefined;
  if (proof === undefined || state === undefined) throw new Error(`line ${place} is not proven`);
  const at = { index: place - state.from, size: state.size - state.from };
  expect(rootFromPath(proof.text, at, proof.path)).toBe(state.root);
}

const factOf = (key: string) =>
  ({ kind: "synced", key, at: "2026-01-01T00:00:00.000Z", source: key }) as const;

const append = (to: RegistryLog, ...names: readonly string[]) =>
  transaction(database.db, (tx) => to.append(tx, names.map(factOf)));

async function readNames(): Promise<string[]> {
  const names: string[] = [];
  for (let segment = 0; ; segment += 1) {
    const path = `refs/heads/main:entries/${String(segment).padStart(8, "0")}.ndjson`;
    const read = await readers.read(join(dir, "log.git"), path, { maxBytes: 1 << 24 });
    if (read.kind !== "object") return names;
    const lines = read.bytes.toString().trimEnd().split("\n");
    names.push(...lines.map((line) => (JSON.parse(line) as { key: string }).key));
  }
}

async function headOf(): Promise<string | undefined> {
  return findRef(join(dir, "log.git"), "refs/heads/main");
}

describe("the registry log", () => {
  it("holds each line once and in order, and writes nothing when nothing waits", async () => {
    await append(log, "a", "b");
    await append(log, "c", "a");
    await log.flush();
    const head = await headOf();
    expect(await readNames()).toEqual(["a", "b", "c"]);
    await log.flush();
    expect(await headOf()).toBe(head);
  });

  it("holds nothing of a transaction that was rolled back", async () => {
    const undone = transaction(database.db, async (tx) => {
      await log.append(tx, [factOf("never")]);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await append(log, "a");
    await log.flush();
    expect(await readNames()).toEqual(["a"]);
  });

  it("does not write a line twice after a crash between the commit and its marks", async () => {
    await append(log, "a");
    await log.flush();
    await append(log, "b", "c");
    await log.flush();
    // What a crash leaves: the lines are in git, and the database does not know it.
    const marks = database.db
      .updateTable("log_entries")
      .set({ seq: null })
      .where("key", "in", ["b", "c"]);
    await marks.execute();
    const again = await open();
    await append(again, "d");
    await again.flush();
    expect(await readNames()).toEqual(["a", "b", "c", "d"]);
    const rows = await database.db
      .selectFrom("log_entries")
      .orderBy("seq")
      .select(["key", "seq"])
      .execute();
    expect(rows.map(({ key }) => key)).toEqual(["a", "b", "c", "d"]);
  });

  it("takes flushes from many sides at once, two processes included", async () => {
    const other = await open();
    const names = Array.from({ length: 40 }, (_, at) => `n${at}`);
    await Promise.all(
      names.map(async (name, at) => {
        const one = at % 2 === 0 ? log : other;
        await append(one, name);
        await one.flush();
      }),
    );
    const written = await readNames();
    expect(written.toSorted()).toEqual(names.toSorted());
  });

  it("proves every line by the commit that brought it, across segments", async () => {
    const names = Array.from({ length: 300 }, (_, at) => `n${at}`);
    await append(log, ...names);
    await log.flush();
    await append(log, "last");
    await log.flush();
    const read = await readLog({ readers, verifier: createSshVerifier(), dir: logDir() }, [
      pair.publicKey.fingerprint,
    ]);
    expect(read.kind).toBe("log");
    const proofs = createLogProofs({ readers, dir: logDir() });
    for (const place of [0, 255, 256, 299, 300]) await expectProof(proofs, place);
    expect(await proofs.prove(301)).toBeUndefined();
    expect(announced.at(-1)).toMatchObject({ size: 301 });
  });

  it("that was begun before commits were checkpoints goes on, and its old lines are proven too", async () => {
    const lines = ["a", "b"].map((name) => JSON.stringify(factOf(name)));
    const chain = lines.reduce(nextChain, FIRST_CHAIN);
    await append(log, "a", "b");
    await commitFiles(readers, logDir(), {
      branch: "main",
      changes: new Map([
        ["entries/00000000.ndjson", `${lines.join("\n")}\n`],
        ["checkpoint", formatCheckpoint({ size: 2, sizeBefore: 0, chain })],
        ...pins,
      ]),
      author: { name: "Assay", email: "registry@assay.invalid" },
      message: "log: 2 entries, 2 in all\n",
      time: systemClock.now(),
      sign: (payload) => signSsh(pair, payload, "git"),
    });
    await log.flush();
    const proofs = createLogProofs({ readers, dir: logDir() });
    expect(await proofs.prove(0)).toBeUndefined();
    const again = await open();
    await append(again, "c");
    await again.flush();
    expect(await readNames()).toEqual(["a", "b", "c"]);
    const read = await readLog({ readers, verifier: createSshVerifier(), dir: logDir() }, []);
    expect(read.kind).toBe("log");
    for (const place of [0, 1, 2]) await expectProof(proofs, place);
  });

  it("goes on in a new segment after 256 lines", async () => {
    const names = Array.from({ length: 600 }, (_, at) => `n${at}`);
    await append(log, ...names.slice(0, 300));
    await log.flush();
    await append(log, ...names.slice(300));
    await log.flush();
    expect(await readNames()).toEqual(names);
  });
});
