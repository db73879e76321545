import { describe, expect, it } from "vitest";
import { deriveSealKey, seal, unseal } from "./seal.ts";

const key = deriveSealKey("a master secret of this registry");

describe("a sealed secret", () => {
  it("opens with the key of the same master secret, for what it was sealed for", () => {
    const sealed = seal(key, "git:hunter2", "source 1");
    expect(unseal(deriveSealKey("a master secret of this registry"), sealed, "source 1")).toBe(
      "git:hunter2",
    );
    expect(sealed.toString("latin1")).not.toContain("hunter2");
  });

  it("is another each time, so that nobody sees that two are the same", () => {
    expect(seal(key, "x", "a").equals(seal(key, "x", "a"))).toBe(false);
  });

  it("opens with no other key, for nothing else, and not when a single bit was changed", () => {
    const sealed = seal(key, "git:hunter2", "source 1");
    expect(unseal(deriveSealKey("another master secret"), sealed, "source 1")).toBeUndefined();
    expect(unseal(key, sealed, "source 2")).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(key, changed, "source 1")).toBeUndefined();
      expect(unseal(key, sealed.subarray(0, at), "source 1")).toBeUndefined();
    }
  });
});
