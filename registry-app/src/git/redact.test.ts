import { expect, it } from "vitest";
import { redact } from "./redact.ts";

it.each([
  ["remote: hello hunter2 and hunter2", "remote: hello [secret] and [secret]"],
  [`remote: Basic ${Buffer.from("git:hunter2").toString("base64")}`, "remote: Basic [secret]"],
  ["https://git:hunter2@host/", "https://[secret]@host/"],
  ["nothing in it", "nothing in it"],
])("a host that says a secret back is not repeated: %s", (said, shown) => {
  expect(redact(said, ["git:hunter2", "hunter2"])).toBe(shown);
});

it("a secret too short to be one does not blot out every text", () => {
  expect(redact("a b c", ["", "a"])).toBe("a b c");
});
