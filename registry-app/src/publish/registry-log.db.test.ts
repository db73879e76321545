import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { transaction } from "../db/index.ts";
import { createObjectReaders, findRef, type ObjectReaders } from "../git/index.ts";
import { generateEd25519, signSsh } from "../keys/index.ts";
import { systemClock } from "../runtime/index.ts";
import { createRegistryLog, type RegistryLog } from "./index.ts";

let database: TestDatabase;
let readers: ObjectReaders;
let dir: string;
let log: RegistryLog;
const pair = generateEd25519();

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
    pins: new Map(),
    announce: async () => undefined,
  });
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

  it("goes on in a new segment after 256 lines", async () => {
    const names = Array.from({ length: 600 }, (_, at) => `n${at}`);
    await append(log, ...names.slice(0, 300));
    await log.flush();
    await append(log, ...names.slice(300));
    await log.flush();
    expect(await readNames()).toEqual(names);
  });
});
