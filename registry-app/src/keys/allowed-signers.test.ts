import { describe, expect, it } from "vitest";
import { findSigners, formatPublicKey, generateEd25519, parseAllowedSigners } from "./index.ts";
import { matchesPattern } from "./find-signers.ts";

const K = generateEd25519().publicKey;
const O = generateEd25519().publicKey;
const at = new Date("2026-11-22T12:00:00Z");
const fill = (text: string) =>
  text.replaceAll("<K>", formatPublicKey(K)).replaceAll("<O>", formatPublicKey(O));
const answer = (text: string, when = at) => {
  const found = findSigners(parseAllowedSigners(fill(text)), K, { namespace: "git", at: when });
  return found.kind === "found" ? found.principal : `none: ${found.because}`;
};

// Each row was seen with ssh-keygen of OpenSSH 9.2: find-principals, then verify for each name.
const ROWS: [string, string][] = [
  ["a@x <K>", "a@x"],
  ["a@x,b@x <K> comment", "a@x"],
  ["  a@x\t<K>", "a@x"],
  ['"a b@x" <K>', "a b@x"],
  ["a@x <K>\r", "a@x"],
  ["# comment\n\n\t\na@x <K> # tail", "a@x"],
  ["a@x,,b@x <K>", "a@x"],
  [",a@x <K>", "none: other-namespace"],
  ["*@x,!evil@x <K>", "*@x"],
  ["!a@x <K>", "none: other-namespace"],
  ["!a@x <K>\n*@x <K>", "!a@x"],
  ["a@x <O>\nb@x <K>", "b@x"],
  ["a@x <O>", "none: unknown"],
  ["garbage\na@x <K>", "a@x"],
  ["a@x ssh-ed25519 AAAA\na@x <K>", "a@x"],
  ["a@x boguskey=1 <K>\nb@x <K>", "b@x"],
  ['a@x namespaces="file" <K>', "none: other-namespace"],
  ['a@x namespaces="file" <K>\nb@x <K>', "none: other-namespace"],
  ['a@x namespaces="file" <K>\na@x <K>', "a@x"],
  ['a@x namespaces="g*" <K>', "a@x"],
  ['a@x namespaces="g?t" <K>', "a@x"],
  ['a@x NAMESPACES="file,git" <K>', "a@x"],
  ['a@x namespaces="*,!git" <K>', "none: other-namespace"],
  ['a@x namespaces="" <K>', "none: other-namespace"],
  ['a@x namespaces="a\\"b,git" <K>', "a@x"],
  ['a@x namespaces="git",namespaces="file" <K>', "none: unknown"],
  ["a@x namespaces=git <K>", "none: unknown"],
  ['a@x namespaces="git",valid-after="20200101" <K>', "a@x"],
  ['a@x namespaces="git", valid-after="20200101" <K>', "none: unknown"],
  ['a@x valid-before="20200101" <K>', "none: expired"],
  ['a@x valid-before="20200101" <K>\nb@x <K>', "b@x"],
  ['a@x valid-after="20900101" <K>', "none: not-yet-valid"],
  ['a@x valid-after="20300101",valid-before="20200101" <K>', "none: unknown"],
  ['a@x valid-after="202001010101Z" <K>', "a@x"],
  ['a@x valid-after="20200101010159" <K>', "a@x"],
  ['a@x valid-after="2020010101" <K>', "none: unknown"],
  ['a@x valid-after="20201301" <K>', "none: unknown"],
  ['a@x valid-after="20200230" <K>', "a@x"],
  ["a@x cert-authority <K>", "none: authority-only"],
  ["a@x cert-authority <K>\nb@x <K>", "b@x"],
  ["a@x cert-authority=1 <K>", "none: unknown"],
];

describe("an allowed_signers file", () => {
  it.each(ROWS)("%j names %s", (text, expected) => {
    expect(answer(text)).toBe(expected);
  });

  it("holds on both borders of its validity, to the second", () => {
    const line = 'a@x valid-after="20250101Z",valid-before="20260101Z" <K>';
    const times = [
      "2024-12-31T23:59:59Z",
      "2025-01-01T00:00:00Z",
      "2026-01-01T00:00:00.900Z",
      "2026-01-01T00:00:01Z",
    ];
    expect(times.map((time) => answer(line, new Date(time)))).toEqual([
      "none: not-yet-valid",
      "a@x",
      "a@x",
      "none: expired",
    ]);
  });

  it("reports each wrong line by its number and says what is wrong", () => {
    const text = fill(
      'a@x <K>\n\nalone\nb@x oops <K>\nc@x valid-before="soon" <K>\nd@x ssh-dss AAAAB3NzaC1kc3M=\n"e <K>\nnamespaces="git" <K>',
    );
    expect(parseAllowedSigners(text).problems).toEqual([
      { line: 3, message: "there is no key after the principals" },
      {
        line: 4,
        message:
          'the option "oops" is not known: namespaces, valid-after, valid-before, cert-authority are',
      },
      { line: 5, message: "valid-before is not a time such as 20301231 or 20301231235959Z" },
      { line: 6, message: "this kind of key is not accepted: use ed25519, ecdsa or rsa" },
      { line: 7, message: "the principals' quotation mark is not closed: \"" },
      {
        line: 8,
        message: "a quotation mark stands inside the principals: quote them whole, or not at all",
      },
    ]);
  });
});

it.each([
  ["", "", true],
  ["abc", "a*c", true],
  ["abc", "a?c", true],
  ["abc", "*", true],
  ["abc", "a*b", false],
  ["aXbXc", "a*b*c", true],
  ["abc", "abc*", true],
  ["abc", "?abc", false],
  ["a*c", "a*c", true],
])("%j against %j is %s", (text, pattern, expected) => {
  expect(matchesPattern(text, pattern)).toBe(expected);
});

it("a pattern of many stars takes no time worth measuring", () => {
  const startedMs = performance.now();
  expect(matchesPattern("a".repeat(5000), `${"a*".repeat(2000)}b`)).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
