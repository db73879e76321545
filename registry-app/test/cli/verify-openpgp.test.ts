import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../needs.ts";
import { runCli } from "./run-cli.ts";

const STORY_MS = 60_000;

describeWith("gpg")("verify-tag --openpgp", () => {
  const root = mkdtempSync(join(tmpdir(), "assay-pgp-"));
  const home = join(root, "gnupg");
  const repo = join(root, "r");
  const env = { PATH: process.env["PATH"], HOME: root, GNUPGHOME: home, GIT_CONFIG_NOSYSTEM: "1" };
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const git = (...args: readonly string[]) => run("git", ["-C", repo, ...args]);
  const verify = async (...args: readonly string[]) => {
    const common = [
      "--repo",
      repo,
      "--tag",
      "a--v1.0.0",
      "--allowed-signers",
      "/dev/null",
      "--json",
    ];
    const { code, stderr, stdout, lines } = await runCli(["verify-tag", ...common, ...args]);
    return { code, stderr, line: stdout === "" ? undefined : lines()[0] };
  };
  afterAll(() => {
    spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(root, { recursive: true });
  });

  it(
    "takes the keys of a folder and no keyring of the machine",
    async () => {
      mkdirSync(home, { mode: 0o700 });
      const quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
      run("gpg", [...quiet, "--quick-generate-key", "Ann <ann@x>", "ed25519", "sign", "1d"]);
      const key = run("gpg", ["--armor", "--export", "ann@x"]);
      const listed = run("gpg", ["--with-colons", "--list-keys", "ann@x"]).toString();
      const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1];
      run("git", ["init", "--quiet", repo]);
      git("config", "user.name", "Ann");
      git("config", "user.email", "ann@x");
      git("commit", "--quiet", "--allow-empty", "-m", "first");
      git("-c", "user.signingkey=ann@x", "tag", "-s", "a--v1.0.0", "-m", "m");
      for (const [dir, file, bytes] of [
        ["empty", "README", "no key\n"],
        ["keys", "k.asc", key],
        ["renamed", "bob@x.asc", key],
        ["broken", "k.asc", "no key\n"],
      ] as const) {
        mkdirSync(join(root, dir));
        writeFileSync(join(root, dir, file), bytes);
      }
      const folder = (name: string) => ["--openpgp", join(root, name)];
      const unknown = {
        code: 1,
        line: { kind: "untrusted", because: "UNKNOWN_SIGNER", key: fingerprint },
      };
      expect(await verify()).toMatchObject(unknown);
      expect(await verify(...folder("empty"))).toMatchObject(unknown);
      expect(await verify(...folder("keys"))).toMatchObject({
        code: 0,
        line: { kind: "trusted", signer: "ann@x", key: fingerprint },
      });
      expect(await verify(...folder("renamed"))).toMatchObject({ line: { signer: "bob@x" } });
      expect(await verify(...folder("keys"), "--at", "2090-01-01T00:00:00Z")).toMatchObject({
        code: 1,
        line: { kind: "untrusted", because: "KEY_EXPIRED" },
      });
      const broken = await verify(...folder("broken"));
      expect(broken).toMatchObject(unknown);
      expect(broken.stderr).toContain("k.asc: this is not a file of OpenPGP public keys");
      expect(await verify(...folder("none"))).toMatchObject({ code: 2 });
    },
    STORY_MS,
  );
});
