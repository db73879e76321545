import { expect, test } from "vitest";
import { classifyPath, secretAt } from "./classify-path.ts";
import { isSecretName } from "./secret-names.ts";

test.each([
  ["~/.ssh/id_ed25519", "ssh-key"],
  ["$HOME/.ssh", "ssh-key"],
  ["~/.ssh/id_rsa.pub", null],
  ["~/.ssh/config", null],
  ["~/.ssh/known_hosts", null],
  ["/home/a/.aws/credentials", "cloud-credentials"],
  [".env", "dotenv"],
  ["app/.env.production", "dotenv"],
  [".env.*", "dotenv"],
  [".env.example", null],
  ["docs/environment.md", null],
  ["~/.npmrc", "package-credentials"],
  ["~/.git-credentials", "git-credentials"],
  [String.raw`%LOCALAPPDATA%\Google\Chrome\User Data\Default\Login Data`, "browser-profile"],
  ["docs/cookies", null],
  ["~/Library/Keychains/login.keychain-db", "keychain"],
  ["references/1password.md", null],
  ["~/.config/solana/id.json", "wallet"],
  ["node_modules/phantomjs/x", null],
  ["~/.claude/.credentials.json", "agent-secret"],
  ["~/.claude/settings.json", null],
  ["/etc/shadow", "system-accounts"],
  ["/proc/self/environ", "environment-secret"],
  ["http://169.254.169.254/latest/", "cloud-metadata"],
  ["", null],
])("what lies at %j is %j", (path, secret) => {
  expect(secretAt(path)).toBe(secret);
});

test.each([
  ["~/.zshrc", "shell-profile"],
  ["~/.ssh/authorized_keys", "ssh-authorized"],
  [".git/hooks/pre-commit", "git-hooks"],
  ["~/.claude/CLAUDE.md", "agent-memory"],
  ["SOUL.md", "agent-memory"],
  ["docs/claude-code.md", "workspace"],
  ["~/.claude/settings.json", "agent-config"],
  ["/etc/sudoers.d/x", "sudoers"],
  ["/etc/ld.so.preload", "library-path"],
  ["~/Library/LaunchAgents/x.plist", "startup"],
  ["/tmp/x", "temporary"],
  ["/usr/local/bin/x", "system"],
  ["/", "root"],
  [String.raw`C:\Users\a\notes.txt`, "home"],
  ["~", "home"],
  ["src/index.ts", "workspace"],
])("%s is a path of the kind %s", (path, kind) => {
  expect(classifyPath(path)).toBe(kind);
});

test.each([
  ["OPENAI_API_KEY", true],
  ["STRIPE_KEY", true],
  ["AWS_ACCESS_KEY_ID", true],
  ["GH_TOKEN", true],
  ["PGPASSWORD", true],
  ["MYSQL_PWD", true],
  ["clientSecret", true],
  ["PWD", false],
  ["KEYBOARD", false],
  ["MONKEY", false],
  ["SSH_PUBLIC_KEY", false],
  ["CACHE_KEY", false],
  ["MAX_TOKENS", false],
  ["NEXT_TOKEN", false],
  ["PATH", false],
  ["SECRETARY", false],
])("a variable called %s holds a secret: %s", (name, is) => {
  expect(isSecretName(name)).toBe(is);
});
