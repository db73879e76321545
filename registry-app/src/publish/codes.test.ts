import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remedyFor, type RemedyFacts, type TagCode } from "./codes.ts";

const TAG = "deploy--v1.0.0";
const MENDED_BY_SIGNING_AGAIN: readonly TagCode[] = [
  "LIGHTWEIGHT",
  "UNSIGNED",
  "NESTED",
  "NOT_A_COMMIT",
  "NAME_MISMATCH",
  "TRAILING_BYTES",
  "BAD_SIGNATURE",
  "UNSUPPORTED_KEY",
  "TAGGER_MISMATCH",
  "TAGGER_DATE",
  "BOUND_ELSEWHERE",
  "INVALID_SKILL",
];

let folder: string;
const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull };
const git = (...args: string[]) =>
  execFileSync("git", ["-C", join(folder, "work"), ...args], { env, encoding: "utf8" });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-remedy-"));
  for (const args of [["--bare", "origin.git"], ["work"]])
    execFileSync("git", ["init", "-q", "-b", "main", ...args], { cwd: folder, env });
  // Whether a real key signs is asked elsewhere; here it is whether git takes the command.
  const signer = join(folder, "signer");
  writeFileSync(signer, '#!/bin/sh\nfor last; do :; done\ncp "$last" "$last.sig"\n', {
    mode: 0o755,
  });
  const key = join(folder, "key");
  writeFileSync(key, "", { mode: 0o600 });
  for (const [name = "", value = ""] of [
    ["gpg.format", "ssh"],
    ["gpg.ssh.program", signer],
    ["user.signingkey", key],
    ["user.name", "Ada"],
    ["user.email", "ada@acme.example"],
  ])
    git("config", name, value);
  git("remote", "add", "origin", join(folder, "origin.git"));
  writeFileSync(join(folder, "work", "SKILL.md"), "first");
  git("add", ".");
  git("commit", "-q", "-m", "feat: begin");
  git("tag", TAG);
  writeFileSync(join(folder, "work", "SKILL.md"), "mended");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the remedy of a refused tag runs as it is printed", () => {
  it.each(MENDED_BY_SIGNING_AGAIN)("%s, where the push was refused", (code) => {
    git("push", "-q", "origin", "main");
    expect(mend(code, false)).toBe("");
  });

  it.each(MENDED_BY_SIGNING_AGAIN)("%s, where the source's own host kept the tag", (code) => {
    git("push", "-q", "origin", "main", TAG);
    expect(mend(code, true)).toBe("");
  });

  it.each([false, true])(
    "UNKNOWN_SKILL of one that lies elsewhere (followed: %s)",
    (isFollowed) => {
      const work = join(folder, "work");
      mkdirSync(join(work, "plugins", "a b", "skills", "deploy"), { recursive: true });
      writeFileSync(join(work, "plugins", "a b", "skills", "deploy", "SKILL.md"), "here");
      git("add", ".");
      git("commit", "-q", "-m", "feat: elsewhere");
      git("tag", "-f", TAG);
      git("push", "-q", "origin", "main", ...(isFollowed ? [TAG] : []));
      const facts = { liesAt: "plugins/a b/skills/deploy", skill: "deploy" };
      expect(mend("UNKNOWN_SKILL", isFollowed, TAG, facts)).toBe("");
      expect(git("show", `${TAG}:skills/deploy/SKILL.md`)).toBe("here");
    },
  );

  it("LIGHTWEIGHT of a tag that was made on the host's web page, and that the author's clone lacks", () => {
    git("push", "-q", "origin", "main", TAG);
    git("tag", "-d", TAG);
    expect(mend("LIGHTWEIGHT", true)).toBe("");
  });

  it("LIGHTWEIGHT of a tag in another form, which is made again in the first form", () => {
    git("tag", "deploy/v1.0.0");
    git("tag", "-d", TAG);
    git("push", "-q", "origin", "main");
    expect(mend("LIGHTWEIGHT", false, "deploy/v1.0.0")).toBe("");
  });
});

/** What is wrong after the remedy: the shell's complaint, or a tag that did not arrive; else nothing. */
function mend(
  code: TagCode,
  isFollowed: boolean,
  tag = TAG,
  facts: Partial<RemedyFacts> = {},
): string {
  const remedy = remedyFor(code, { tag, source: "acme", isFollowed, wantedTag: TAG, ...facts });
  const ran = spawnSync("sh", ["-ec", remedy], {
    cwd: join(folder, "work"),
    env,
    encoding: "utf8",
  });
  if (ran.status !== 0) return `${remedy}\n${ran.stderr}`;
  const here = git("rev-parse", TAG).trim();
  const there = git("ls-remote", "origin", `refs/tags/${TAG}`);
  return there.startsWith(here) ? "" : `${remedy}\npushed ${there}, made ${here}`;
}
