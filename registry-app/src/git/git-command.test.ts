import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { hardenedEnv, runGit } from "./git-command.ts";

const dir = mkdtempSync(join(tmpdir(), "assay-git-"));
const ran = join(dir, "somebody's command ran");
afterAll(() => rmSync(dir, { recursive: true }));

/** A repo whose own configuration and hooks, and a user whose own files, all run a command when git heeds them. */
function lay(): string {
  const repo = join(dir, "repo.git");
  const evil = join(dir, "evil.sh");
  writeFileSync(evil, `#!/bin/sh\ntouch ${JSON.stringify(ran)}\n`);
  chmodSync(evil, 0o755);
  mkdirSync(join(repo, "hooks"), { recursive: true });
  for (const part of ["objects", "refs"]) mkdirSync(join(repo, part));
  writeFileSync(join(repo, "HEAD"), "ref: refs/heads/main\n");
  const config = `[core]\n\tfsmonitor = ${evil}\n\tpager = ${evil}\n\tsshCommand = ${evil}\n\thooksPath = ${join(repo, "hooks")}\n`;
  writeFileSync(join(repo, "config"), config);
  for (const hook of ["reference-transaction", "post-update", "pre-receive", "update"]) {
    writeFileSync(join(repo, "hooks", hook), `#!/bin/sh\ntouch ${JSON.stringify(ran)}\n`);
    chmodSync(join(repo, "hooks", hook), 0o755);
  }
  writeFileSync(
    join(dir, ".gitconfig"),
    `[core]\n\tfsmonitor = ${evil}\n[alias]\n\tx = !${evil}\n`,
  );
  return repo;
}

it("git runs with no hook, no system or user configuration, no prompt, and no transport but those named", async () => {
  const gitDir = lay();
  vi.stubEnv("HOME", dir);
  vi.stubEnv("GIT_CONFIG_PARAMETERS", `'core.pager'='${join(dir, "evil.sh")}'`);
  vi.stubEnv("GIT_SSH_COMMAND", join(dir, "evil.sh"));
  const input = "tree-less";
  const made = await runGit({ gitDir, args: ["hash-object", "-w", "--stdin"], input });
  const oid = made.kind === "done" ? made.stdout.toString().trim() : "";
  expect(oid).toMatch(/^[0-9a-f]{40}$/);
  expect(await runGit({ gitDir, args: ["update-ref", "refs/heads/x", oid] })).toMatchObject({
    kind: "failed",
  });
  expect(await runGit({ gitDir, args: ["update-ref", "refs/tags/x", oid] })).toMatchObject({
    kind: "done",
  });
  expect((await runGit({ gitDir, args: ["x"] })).kind).toBe("failed");
  for (const url of [
    "ext::sh -c touch",
    `file://${gitDir}`,
    "ssh://x.invalid/y",
    "http://x.invalid/y",
  ])
    expect(await runGit({ gitDir, args: ["ls-remote", "--", url] })).toMatchObject({
      kind: "failed",
      stderr: expect.stringMatching(/not allowed/),
    });
  expect(existsSync(ran)).toBe(false);
  vi.unstubAllEnvs();
  expect(hardenedEnv()).toMatchObject({ GIT_TERMINAL_PROMPT: "0", GIT_NO_REPLACE_OBJECTS: "1" });
});
