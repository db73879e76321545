/** How many requests were answered how, and how long they took, as Prometheus reads it. */
export type RequestCounts = {
  add(request: {
    readonly method: string;
    /** The pattern, never the address: names of skills would make a series each. */
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }): void;
  lines(): string[];
};

const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, number>();
  const buckets = BOUNDS_SECONDS.map(() => 0);
  let total = 0;
  let seconds = 0;
  return {
    add({ method, route, status, durationMs }) {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      counts.set(labels, (counts.get(labels) ?? 0) + 1);
      total += 1;
      seconds += durationMs / 1000;
      for (const [index, bound] of BOUNDS_SECONDS.entries()) {
        if (durationMs / 1000 <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
      }
    },
    lines: () => [
      "# TYPE http_requests_total counter",
      ...[...counts].map(([labels, count]) => `http_requests_total{${labels}} ${count}`),
      "# TYPE http_request_duration_seconds histogram",
      ...BOUNDS_SECONDS.map(
        (bound, index) =>
          `http_request_duration_seconds_bucket{le="${bound}"} ${buckets[index] ?? 0}`,
      ),
      `http_request_duration_seconds_bucket{le="+Inf"} ${total}`,
      `http_request_duration_seconds_sum ${seconds.toFixed(6)}`,
      `http_request_duration_seconds_count ${total}`,
    ],
  };
}
