import { loadavg } from "node:os";
import { performance } from "node:perf_hooks";

export type Timed<T> = { readonly value: T; readonly ms: number; readonly cpuMs: number };

/** Runs `work` once; `cpuMs` is what this process (all its threads) computed meanwhile. */
export async function time<T>(work: () => Promise<T> | T): Promise<Timed<T>> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const value = await work();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { value, ms, cpuMs: (user + system) / 1_000 };
}

/** The value below which `part` (0 to 1) of the values lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function summary(values: readonly number[]) {
  const at = (part: number) => round(quantile(values, part));
  return { n: values.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}

export const round = (value: number) => Math.round(value * 10) / 10;
export const perSecond = (count: number, ms: number) => Math.round((count * 1_000) / ms);

/** One JSON line: what was measured, with the machine's load over the last minute beside it. */
export function print(what: string, facts: object): void {
  console.log(JSON.stringify({ what, ...facts, load: round(loadavg()[0] ?? 0) }));
}

export const rssMb = () => Math.round(process.memoryUsage().rss / 1024 / 1024);
