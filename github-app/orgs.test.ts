import { describe, expect, it } from "vitest";
import { toHintedOrg } from "./orgs.ts";

const read = (event: string, payload: object) =>
  toHintedOrg(event, Buffer.from(JSON.stringify(payload)));

describe("the organisation that a webhook is of", () => {
  it("is named where its people may have changed", () => {
    expect(read("membership", { organization: { login: "acme" } })).toBe("acme");
    expect(read("installation", { installation: { account: { login: "acme" } } })).toBe("acme");
  });

  it("is none where they did not, or the bytes are no JSON", () => {
    expect(read("push", { organization: { login: "acme" } })).toBeUndefined();
    expect(read("team", { organization: { login: 7 } })).toBeUndefined();
    expect(toHintedOrg("team", Buffer.from("{"))).toBeUndefined();
  });
});
