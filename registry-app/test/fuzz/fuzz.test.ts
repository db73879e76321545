import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Orders, Result } from "./fuzz-worker.ts";

/*
 * Everything that reads bytes of strangers, given valid input with a few changes: it answers with one of the outcomes it
 * names, never throws, and never takes long. The same inputs in every run; `ASSAY_FUZZ_SECONDS=60` takes that long for
 * each target with other inputs, and says the seed (`ASSAY_FUZZ_SEED` tries it again).
 */
const SECONDS = process.env["ASSAY_FUZZ_SECONDS"];
const seconds = SECONDS === undefined ? undefined : Number(SECONDS);
const seed = Number(
  process.env["ASSAY_FUZZ_SEED"] ?? (SECONDS === undefined ? 20_260_319 : Date.now() % 2 ** 31),
);
const TARGETS = [
  "tag objects",
  "commit objects",
  "SSHSIG armour",
  "SSHSIG blobs",
  "certificates",
  "allowed_signers files",
  "public key lines",
  "OpenPGP armour",
  "OpenPGP signatures",
  "OpenPGP keys",
  "SKILL.md",
  "files of the control repo",
  "lines and checkpoints of the registry log",
  "tag names",
  "evals files",
  "webhooks",
];
/** For one input. Far above what any takes, since other tests share the machine. */
const LONGEST_MS = 5_000;
const MAX_INPUT_BYTES = 128 * 1024;
const TIMEOUT_MS = 120_000 + TARGETS.length * (seconds ?? 0) * 1_500;

const results = new Map<string, Result>();
let ended: string | undefined;
let worker: Worker | undefined;

beforeAll(async () => {
  const counters = new SharedArrayBuffer(8);
  const input = new SharedArrayBuffer(MAX_INPUT_BYTES);
  const workerData: Orders = { counters, input, seed, seconds };
  const started = new Worker(new URL("./fuzz-worker.ts", import.meta.url), { workerData });
  worker = started;
  const counts = new Int32Array(counters);
  let seen = -1;
  const watch = setInterval(() => {
    const begun = Atomics.load(counts, 0);
    // None is begun while the targets are made.
    if (begun === seen && begun > 0 && results.size < TARGETS.length) {
      const bytes = Buffer.from(input).subarray(0, Atomics.load(counts, 1));
      ended = `an input took longer than ${LONGEST_MS} ms: ${bytes.toString("base64")}`;
      void started.terminate();
    }
    seen = begun;
  }, LONGEST_MS);
  await new Promise<void>((resolve) => {
    started.on("message", (result: Result) => results.set(result.name, result));
    started.on("error", (cause) => (ended = String(cause.stack ?? cause)));
    started.on("exit", () => resolve());
  });
  clearInterval(watch);
}, TIMEOUT_MS);
afterAll(async () => {
  await worker?.terminate();
});

describe(`bytes of strangers (seed ${seed})`, () => {
  it("are read by these and no others, and none of them never ends", () => {
    expect(ended).toBeUndefined();
    expect([...results.keys()]).toEqual(TARGETS);
  });

  it.each(TARGETS)("are answered with a named outcome, within bounded time: %s", (name) => {
    const result = results.get(name);
    expect(result?.fault).toBeUndefined();
    expect(result?.rounds).toBeGreaterThan(100);
    expect(result?.slowestMs).toBeLessThan(LONGEST_MS);
    expect(result).toMatchObject({ outcomesMet: true });
  });
});
