import { requireMay } from "../people/index.ts";
import type { App } from "./app.ts";
import { actorOf } from "./credentials.ts";
import type { ServerDeps } from "./deps.ts";
import type { RequestCounts } from "./request-counts.ts";

/** Liveness, readiness and what monitoring reads. */
export function addHealthRoutes(app: App, deps: ServerDeps, counts: RequestCounts): void {
  const options = { schema: { hide: true } };
  app.get("/healthz", options, async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "ok" }),
  );
  app.get("/readyz", options, async (_request, reply) => {
    const reasons = await deps.whyNotReady();
    const status = reasons.length === 0 ? "ready" : "not-ready";
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status, reasons });
  });
  app.get("/metrics", options, async (request, reply) => {
    requireMay(await actorOf(deps, request), "read-metrics", { registry: true });
    const text = [...processLines(), ...counts.lines(), ...measureLines(await deps.measures())];
    return reply
      .header("cache-control", "no-store")
      .type("text/plain; version=0.0.4; charset=utf-8")
      .send(`${text.join("\n")}\n`);
  });
}

function processLines(): string[] {
  const { rss, heapUsed } = process.memoryUsage();
  return [
    ...gauge("process_resident_memory_bytes", rss),
    ...gauge("nodejs_heap_used_bytes", heapUsed),
    ...gauge("process_uptime_seconds", Math.round(process.uptime())),
  ];
}

function measureLines(measures: Readonly<Record<string, number>>): string[] {
  return Object.entries(measures).flatMap(([name, value]) => gauge(name, value));
}

function gauge(name: string, value: number): string[] {
  return [`# TYPE ${name} gauge`, `${name} ${value}`];
}
