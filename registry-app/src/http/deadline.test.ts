import { expect, it } from "vitest";
import { withinDeadline } from "./deadline.ts";

it("a database that hangs makes an answer of 503, not a request that never ends", async () => {
  const never = new Promise<never>(() => undefined);
  await expect(withinDeadline(never, 10)).rejects.toMatchObject({
    code: "unavailable",
    status: 503,
  });
});

it("what comes in time is passed on, failure as well", async () => {
  expect(await withinDeadline(Promise.resolve(1), 1000)).toBe(1);
  await expect(withinDeadline(Promise.reject(new Error("mine")), 1000)).rejects.toThrow("mine");
});
