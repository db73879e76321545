import { expect, it } from "vitest";
import { addressesOf, repoOf } from "./addresses.ts";

const dotcom = addressesOf("https://api.github.com");
const server = addressesOf("https://git.acme.example/api/v3");

it.each([
  ["https://github.com/acme/skills.git", dotcom, "acme/skills"],
  ["https://github.com/acme/skills", dotcom, "acme/skills"],
  ["git@github.com:acme/skills.git", dotcom, "acme/skills"],
  ["ssh://git@github.com/acme/skills.git", dotcom, "acme/skills"],
  ["https://git.acme.example/acme/skills.git", server, "acme/skills"],
  ["https://github.com.evil.example/acme/skills.git", dotcom, undefined],
  ["https://evil.example/github.com/acme/skills.git", dotcom, undefined],
  ["git@evil.example:acme/skills.git", dotcom, undefined],
  ["https://github.com/acme/skills/tree/main", dotcom, undefined],
  ["https://github.com/acme", dotcom, undefined],
  ["https://github.com:8443/acme/skills.git", dotcom, undefined],
  ["file:///srv/git/acme/skills.git", dotcom, undefined],
  ["https://git.acme.example/acme/skills.git", dotcom, undefined],
])("the source %s on %o is the repo %s", (url, addresses, expected) => {
  const repo = repoOf(url, addresses);
  expect(repo && `${repo.owner}/${repo.name}`).toBe(expected);
});
