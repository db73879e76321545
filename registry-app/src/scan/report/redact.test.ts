import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeVisible, redact } from "./redact.ts";

// Made up here, in pieces, so that nobody takes them for real ones.
const SECRETS: readonly (readonly [what: string, before: string, secret: string])[] = [
  ["a GitHub token", "git clone https://x@h/ ", `ghp_${"a1B2".repeat(9)}`],
  ["an AWS key id", "key ", `AKIA${"ABCD1234".repeat(2)}`],
  ["a secret named by its variable", "AWS_SECRET_ACCESS_KEY=", "wJalr1".repeat(6)],
  ["a quoted password", 'password: "', "correct-horse"],
  ["a password in an address", "postgres://admin:", "s3cr3tpass"],
  ["a JSON web token", "bearer ", `eyJ${"hbGci".repeat(4)}.${"eyJzd".repeat(4)}.c2lnbg`],
];

describe("evidence", () => {
  it.each(SECRETS)("hides %s", (_what, before, secret) => {
    const shown = redact(`${before}${secret}"@host`);
    expect(shown).not.toContain(secret);
    expect(shown).toContain("[redacted]");
  });

  it("hides a private key from its first line on", () => {
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3Blbn".repeat(20)}`;
    expect(redact(`cat <<END\n${key}`)).toBe("cat <<END [redacted]");
  });

  it.each([
    "token = process.env.GITHUB_TOKEN_2",
    'password="$DB_PASSWORD1"',
    "api_key: read_from_vault",
    "token=os.environ['T']",
  ])("leaves what only says where a secret lies: %s", (line) => {
    expect(redact(line)).toBe(line);
  });

  it("writes out what nobody sees and what turns a text around", () => {
    expect(redact("a\u200bb\u202ec\u0007d\u{e0041}")).toBe(
      "a\\u{200b}b\\u{202e}c\\u{7}d\\u{e0041}",
    );
  });

  it("is one visible, well-formed line of at most 200 characters, whatever it is given", () => {
    const any = fc.string({ unit: "binary", maxLength: 2_000 });
    fc.assert(
      fc.property(any, (text) => {
        const shown = redact(`${text}\uDC00`);
        expect(shown.length).toBeLessThanOrEqual(200);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\n\r\p{Cf}]/u);
        expect(makeVisible(shown)).toBe(shown);
      }),
    );
  });
});
