import { expect, it } from "vitest";
import { toCommitTime } from "./commit-time.ts";

it.each([
  [1_700_000_000, "2023-11-14T22:13:20.000Z"],
  [8_640_000_000_001, "9999-12-31T23:59:59.000Z"],
  [Number.MAX_VALUE, "9999-12-31T23:59:59.000Z"],
  [-1, "1970-01-01T00:00:00.000Z"],
  [Number.NaN, "1970-01-01T00:00:00.000Z"],
])("the time %d of a commit is one that can be kept", (seconds, expected) => {
  expect(toCommitTime(seconds).toISOString()).toBe(expected);
});
