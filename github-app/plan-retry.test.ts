import { expect, it } from "vitest";
import { planRetry } from "./plan-retry.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  response: { headers },
});

it.each([
  ["a bad gateway is tried again soon", answer(502), 0, 10_000, false],
  ["and later each time", answer(502), 5, 320_000, false],
  ["but within the hour, however often it failed", answer(500), 4_000, 3_600_000, false],
  ["no answer is tried again soon", new Error("socket"), 0, 10_000, false],
  [
    "a secondary limit is kept as GitHub says",
    answer(403, { "retry-after": "60" }),
    0,
    60_000,
    true,
  ],
  [
    "too many requests are kept as GitHub says",
    answer(429, { "retry-after": "7" }),
    3,
    7_000,
    true,
  ],
  [
    "a limit that is used up is waited for",
    answer(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 90) }),
    0,
    90_000,
    true,
  ],
  ["an absurd wait is an hour", answer(429, { "retry-after": "999999999" }), 0, 3_600_000, true],
  ["a commit that is not there is asked about in an hour", answer(422), 0, 3_600_000, false],
  ["a right that is missing is asked about in an hour", answer(403), 0, 3_600_000, false],
  ["too many requests without a time is a minute", answer(429), 0, 60_000, true],
  [
    "a secondary limit without a time is a minute",
    Object.assign(new Error("You have exceeded a secondary rate limit."), answer(403)),
    0,
    60_000,
    true,
  ],
])("%s", (_what, cause, attempts, waitMs, isPause) => {
  expect(planRetry(cause, attempts, NOW)).toMatchObject({ waitMs, isPause });
});

it("a line that broke is not called an answer of GitHub's", () => {
  const broken = Object.assign(new Error("fetch failed"), { status: 500 });
  expect(planRetry(broken, 0, NOW).problem).toBe("GitHub did not answer.");
  expect(planRetry(answer(500), 0, NOW).problem).toBe("GitHub answered 500.");
});
