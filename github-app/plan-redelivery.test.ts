import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRedelivery, type Delivery } from "./plan-redelivery.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const tried = (id: number, guid: string, statusCode: number, minutes = id): Delivery => ({
  id,
  guid,
  statusCode,
  deliveredAt: ago(minutes),
});
const plan = (
  deliveries: readonly Delivery[],
  asked: Parameters<typeof planRedelivery>[1] = new Map(),
) => planRedelivery(deliveries, asked, NOW);

describe("deliveries that GitHub could not make", () => {
  it("are asked for again, the newest first and each by its newest try", () => {
    const made = plan([
      tried(1, "a", 502),
      tried(2, "b", 0),
      tried(3, "a", 500),
      tried(4, "c", 202),
    ]);
    expect(made.failed).toBe(2);
    expect(made.ask.map(({ id }) => id)).toEqual([1, 2]);
  });

  it("are left alone once any try got through", () => {
    expect(plan([tried(1, "a", 202), tried(2, "a", 500)])).toEqual({ failed: 0, ask: [] });
  });

  it("are asked for five times at most, further and further apart, and not when they are too old", () => {
    const lost = [tried(1, "a", 500)];
    const waits = [0, 1, 2, 3, 4].map((attempts) => {
      const asked = new Map([["a", { guid: "a", attempts, notBefore: NOW }]]);
      return plan(lost, asked).ask[0]?.notBefore.getTime() ?? 0;
    });
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    const done = new Map([["a", { guid: "a", attempts: 5, notBefore: NOW }]]);
    expect(plan(lost, done)).toEqual({ failed: 1, ask: [] });
    const early = new Map([
      ["a", { guid: "a", attempts: 1, notBefore: new Date(NOW.getTime() + 1) }],
    ]);
    expect(plan(lost, early).ask).toEqual([]);
    expect(plan([tried(1, "a", 500, 4 * 24 * 60)]).ask).toEqual([]);
  });

  it("never ask twice for one, nor for one that arrived, nor for more than fifty", () => {
    const one = fc.record({
      id: fc.integer({ min: 1, max: 1_000 }),
      guid: fc.constantFrom(..."abcdefgh"),
      statusCode: fc.constantFrom(0, 200, 202, 401, 500, 502),
      deliveredAt: fc.integer({ min: 0, max: 6_000 }).map(ago),
    });
    const holds = (all: Delivery[]) => {
      const { ask } = plan(all);
      const guids = ask.map(({ guid }) => guid);
      const arrived = all.some(
        ({ guid, statusCode }) => guids.includes(guid) && statusCode / 100 === 2,
      );
      return !arrived && new Set(guids).size === guids.length && guids.length <= 50;
    };
    expect(() => fc.assert(fc.property(fc.array(one, { maxLength: 80 }), holds))).not.toThrow();
  });
});
