import { describe, expect, it } from "vitest";
import { parseRecorder } from "./parse-recorder.ts";

const CANARY = "0123456789abcdef01234567";
const token = { place: "/home/.netrc", canary: CANARY };
const flow = (sent: Buffer | string, more: object = {}) =>
  JSON.stringify({
    kind: "flow",
    name: "evil.example",
    address: "198.18.0.2",
    port: 80,
    protocol: "http",
    bytes: sent.length,
    sample: Buffer.from(sent).toString("base64"),
    ...more,
  });
const asked = (name: string) => JSON.stringify({ kind: "name", name, address: "198.18.0.2" });

describe("what the recorder said", () => {
  it.each([
    ["as it is", `token=${CANARY}`],
    ["in capitals", CANARY.toUpperCase()],
    ["backwards", [...CANARY].toReversed().join("")],
    ["as hex", Buffer.from(CANARY).toString("hex")],
    ["as base64", Buffer.from(`${CANARY}!`).toString("base64")],
    ["as base64 behind one byte", Buffer.from(`a${CANARY}`).toString("base64")],
    ["as base64 behind two bytes", Buffer.from(`ab${CANARY}z`).toString("base64")],
  ])("finds a false secret that left %s", (_how, sent) => {
    expect(parseRecorder(flow(sent), [token]).leaks).toEqual([{ ...token, to: "evil.example:80" }]);
  });

  it("finds no secret where none was sent", () => {
    expect(parseRecorder(flow(CANARY.slice(1)), [token]).leaks).toEqual([]);
  });

  it("finds a false secret that left in a name that was asked for", () => {
    const name = `${CANARY.slice(0, 10)}.${CANARY.slice(10)}.evil.example`;
    expect(parseRecorder(asked(name), [token]).leaks).toEqual([{ ...token, to: name }]);
  });

  it("lists a name that was only asked for, and not again when it was spoken to", () => {
    const { hosts } = parseRecorder(
      [asked("evil.example"), asked("other.example"), flow("GET / HTTP/1.1")].join("\n"),
      [],
    );
    expect(hosts.map(({ protocol, name }) => [protocol, name])).toEqual([
      ["dns", "other.example"],
      ["http", "evil.example"],
    ]);
  });

  it("leaves out talk of a command with itself", () => {
    expect(parseRecorder(flow("x", { address: "127.0.0.1" }), []).hosts).toEqual([]);
  });

  it("skips lines that are none of its own", () => {
    const lines = ["", "null", "{", '{"kind":"flow"}', flow("x", { port: 70_000 })];
    expect(parseRecorder(lines.join("\n"), [token])).toEqual({
      hosts: [],
      leaks: [],
      isFull: false,
    });
  });

  it("says when there was more than is kept", () => {
    expect(parseRecorder('{"kind":"full"}', []).isFull).toBe(true);
  });
});
