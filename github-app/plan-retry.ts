import { statusOf } from "./connect.ts";

export type Retry = {
  /** A sentence for the operator. */
  readonly problem: string;
  readonly waitMs: number;
  /** Whether GitHub asks us to leave it alone with everything, and not with this one thing. */
  readonly isPause: boolean;
};

const FIRST_MS = 10_000;
const LONGEST_MS = 3_600_000;

/** Not there, not ours, not to be had: asked about again in an hour, since somebody may install the App or push. */
export function absent(problem: string): Retry {
  return { problem, waitMs: LONGEST_MS, isPause: false };
}

/** When to try again after a failure, by what GitHub said (REST, "Rate limits" and "Best practices"). Pure. */
export function planRetry(cause: unknown, attempts: number, nowMs: number): Retry {
  const status = statusOf(cause);
  const limited = limitOf(cause, nowMs);
  if (limited !== undefined) {
    const waitMs = Math.min(Math.max(limited, 1_000), LONGEST_MS);
    return { problem: "GitHub asks to be left alone for a while.", waitMs, isPause: true };
  }
  if (status === 404 || status === 422)
    return absent(`GitHub answered ${status}: the commit or the repo is not there for the App.`);
  if (status === 401)
    return absent(
      "GitHub answered 401: it does not take the App's key or what it was signed with.",
    );
  if (status === 403 && /suspended/i.test(messageOf(cause)))
    return absent("The App's installation is suspended; its owner can end that on GitHub.");
  if (status === 403)
    return absent(`GitHub answered ${status}: the App lacks the right to write this there.`);
  const waitMs = Math.min(FIRST_MS * 2 ** Math.min(attempts, 20), LONGEST_MS);
  const what = status === undefined ? "GitHub did not answer" : `GitHub answered ${status}`;
  return { problem: `${what}.`, waitMs, isPause: false };
}

/** Whether GitHub refuses who asks, or knows nothing of what is asked for: what was remembered may be wrong. */
export function isTurnedAway(cause: unknown): boolean {
  const status = statusOf(cause);
  const isLimit = limitOf(cause, 0) !== undefined;
  return !isLimit && (status === 401 || status === 403 || status === 404);
}

/** How long to wait for a limit; undefined when it is none. Without a time, GitHub wants a minute. */
function limitOf(cause: unknown, nowMs: number): number | undefined {
  const status = statusOf(cause);
  if (status !== 403 && status !== 429) return undefined;
  const isSaid = status === 429 || /secondary rate limit/i.test(messageOf(cause));
  return waitOf(cause, nowMs) ?? (isSaid ? 60_000 : undefined);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "";
}

/** `retry-after` in seconds; or the moment that the limit starts anew, where nothing is left of it. */
function waitOf(cause: unknown, nowMs: number): number | undefined {
  const headers = headersOf(cause);
  const after = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(after)) return after * 1_000;
  if (headers["x-ratelimit-remaining"] !== "0") return undefined;
  const reset = Number(headers["x-ratelimit-reset"]);
  return Number.isFinite(reset) ? reset * 1_000 - nowMs : 60_000;
}

function headersOf(cause: unknown): Readonly<Record<string, unknown>> {
  const response =
    typeof cause === "object" && cause !== null && "response" in cause ? cause.response : undefined;
  const headers =
    typeof response === "object" && response !== null && "headers" in response
      ? response.headers
      : {};
  return typeof headers === "object" && headers !== null ? { ...headers } : {};
}
