import { describe, expect, it } from "vitest";
import { watchLimits } from "./limits.ts";

const headers = (remaining: string, reset = "1795431600") =>
  new Headers({
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": remaining,
    "x-ratelimit-reset": reset,
  });

describe("what GitHub says of its limits", () => {
  it("is told of the installation that has least left, and once", () => {
    const seen = watchLimits();
    for (const remaining of ["4000", "17", "4999"]) seen.note(headers(remaining));
    const resetAt = new Date(1_795_431_600_000);
    expect(seen.take()).toEqual({ limit: 5_000, remaining: 17, resetAt });
    expect(seen.take()).toBeUndefined();
  });

  it.each(["", "many", "-1", "99999999999999999999"])(
    "is not told where it is no number: %j",
    (text) => {
      const seen = watchLimits();
      seen.note(headers(text));
      seen.note(headers("5", text));
      expect(seen.take()).toBeUndefined();
    },
  );
});
