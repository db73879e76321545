import { describe, expect, it } from "vitest";
import { createWantReader } from "./want-reader.ts";

const OID = "a".repeat(40);
const line = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;

describe("what a fetch wants", () => {
  it("is read the same however the bytes are cut", () => {
    const body = `${line(`want ${OID} ofs-delta\n`)}${line("deepen 1\n")}${line(`want ${"B".repeat(40)}\n`)}0000`;
    for (let size = 1; size <= body.length; size++) {
      const reader = createWantReader();
      const reads = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
        reader.read(Buffer.from(body.slice(at * size, (at + 1) * size))),
      );
      expect(reads.at(-1)).toEqual({ kind: "wants", oids: [OID, "b".repeat(40)] });
      expect(reads.slice(0, -1).every(({ kind }) => kind === "more")).toBe(true);
    }
  });

  it.each([
    "zzzz",
    "0001",
    "0002",
    "0003x",
    "0004",
    line("want x\n"),
    line(`want ${OID}a\n`),
    line(`want  ${OID}\n`),
  ])("is malformed in %j", (text) => {
    expect(createWantReader().read(Buffer.from(text))).toEqual({ kind: "malformed" });
  });
});
