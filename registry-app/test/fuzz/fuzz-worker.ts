// Runs every target in a thread of its own, so that an input that never ends can be told, and ended, from outside.
import { parentPort, workerData } from "node:worker_threads";
import { createChance, mutate } from "./mutate.ts";
import { openTargets, type Target } from "./targets.ts";

/** Shared with the test: how many inputs were begun, the length of the present one, and its bytes. */
export type Shared = { readonly counters: SharedArrayBuffer; readonly input: SharedArrayBuffer };
export type Orders = Shared & { readonly seed: number; readonly seconds: number | undefined };
export type Result = {
  readonly name: string;
  readonly rounds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Were good and bad answers given? Else only one side of the parser was tried. */
  readonly outcomesMet: boolean;
  readonly slowestMs: number;
  /** What went wrong first, with the input in base64. */
  readonly fault?: string;
};

const orders = workerData as Orders;
const counters = new Int32Array(orders.counters);
const shared = new Uint8Array(orders.input);
const ROUNDS = 1_000;

for (const target of await openTargets()) {
  const result = await fuzz(target);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(result);
  await target.close?.();
}
parentPort?.close();

async function fuzz(target: Target): Promise<Result> {
  const chance = createChance(orders.seed);
  const outcomes: Record<string, number> = {};
  const until = orders.seconds === undefined ? Infinity : Date.now() + orders.seconds * 1000;
  const most = orders.seconds === undefined ? (target.rounds ?? ROUNDS) : Infinity;
  let rounds = 0;
  let slowestMs = 0;
  // The seeds themselves come first: a target whose seeds are all turned away tests little.
  for (; rounds < most && Date.now() < until; rounds += 1) {
    const input = target.seeds[rounds] ?? mutate(chance, target.seeds, target.words);
    shared.set(input);
    Atomics.store(counters, 1, input.length);
    Atomics.add(counters, 0, 1);
    const began = performance.now();
    const outcome = await attempt(target, input);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    if (!target.outcomes.includes(outcome)) {
      const fault = `${outcome}\nthe input, in base64: ${input.toString("base64")}`;
      return { name: target.name, rounds, outcomes, outcomesMet: false, slowestMs, fault };
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  const outcomesMet = Object.keys(outcomes).length >= Math.min(2, target.outcomes.length);
  return { name: target.name, rounds, outcomes, outcomesMet, slowestMs };
}

async function attempt(target: Target, input: Buffer): Promise<string> {
  try {
    return await target.run(input);
  } catch (cause) {
    return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  }
}
