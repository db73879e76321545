import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodePrivateKey, formatPublicKey, generateEd25519 } from "../../src/keys/index.ts";
import { describeWith } from "../needs.ts";
import { runCli } from "./run-cli.ts";

const STORY_MS = 120_000;

let root: string;
let checkout: string;
let keyFile: string;
const pair = generateEd25519();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-release-"));
  checkout = join(root, "skills");
  keyFile = join(root, "id_ed25519");
  await writeFile(keyFile, encodePrivateKey(pair, "ada"), { mode: 0o600 });
  await writeFile(`${keyFile}.pub`, `${formatPublicKey(pair.publicKey)}\n`);
  await writeFile(join(root, "signers"), `ada@acme.example ${formatPublicKey(pair.publicKey)}\n`);
}, STORY_MS);
afterAll(() => rm(root, { recursive: true, force: true }));

const env = () => ({ HOME: root, GIT_CONFIG_NOSYSTEM: "1" });
const assay = (...args: string[]) => runCli(args, { cwd: checkout, env: env() });
const git = (...args: string[]) =>
  execFileSync("git", args, {
    cwd: checkout,
    env: { PATH: process.env["PATH"], ...env() },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

async function change(text: string, message: string): Promise<void> {
  const file = join(checkout, "skills", "hello", "SKILL.md");
  await writeFile(file, `${await readFile(file, "utf8")}${text}\n`);
  git("commit", "--quiet", "--all", "-m", message);
}

describeWith("ssh-keygen")("from an empty folder to a signed release", () => {
  it(
    "init makes a source whose lint is clean, and refuses a folder that holds something",
    async () => {
      const made = await runCli(["init", "skills", "--json"], { cwd: root });
      expect(made.code).toBe(0);
      expect(made.lines()).toContainEqual({ file: "skills/hello/SKILL.md" });
      const lint = await runCli(["lint", checkout, "--json"]);
      expect(lint.lines()).toMatchObject([{ valid: true, publishable: true, findings: [] }]);
      const again = await runCli(["init", "skills"], { cwd: root });
      expect(again).toMatchObject({ code: 2, stdout: "" });
      expect(again.stderr).toContain("Nothing was written");
      git("init", "--quiet", "--bare", join(root, "origin.git"));
      git("init", "--quiet", "--initial-branch", "main");
      git("remote", "add", "origin", join(root, "origin.git"));
      git("config", "user.name", "Ada");
      git("config", "user.email", "ada@acme.example");
      git("add", "--all");
      git("commit", "--quiet", "-m", "feat: hello");
    },
    STORY_MS,
  );

  it(
    "refuses to release before git can sign, with the commands that make it",
    async () => {
      const run = await assay("release", "hello", "minor");
      expect(run.code).toBe(2);
      expect(run.stderr).toContain("git config --global gpg.format ssh");
      expect(run.stderr).toContain("user.signingkey");
      expect(git("tag")).toBe("");
      git("config", "gpg.format", "ssh");
      git("config", "user.signingkey", keyFile);
      await chmod(keyFile, 0o644);
      const open = await assay("release", "hello", "minor");
      expect(open.stderr).toContain(`chmod 600 '${keyFile}'`);
      const doctor = await assay("doctor", "--author", "--json");
      expect(doctor.code).toBe(1);
      await chmod(keyFile, 0o600);
    },
    STORY_MS,
  );

  it(
    "doctor --author proves by a scratch tag that this folder's settings sign",
    async () => {
      const run = await assay("doctor", "--author", "--json");
      expect(run).toMatchObject({ code: 0 });
      expect(run.lines().map((line) => line["status"])).toEqual(["ok", "ok", "ok", "ok"]);
      expect(run.stdout).toContain(pair.publicKey.fingerprint);
      expect(git("tag")).toBe("");
    },
    STORY_MS,
  );

  it(
    "a dry run changes nothing; a release leaves a signed tag at the remote",
    async () => {
      const dry = await assay("release", "hello", "minor", "--dry-run", "--json");
      expect(dry.lines()).toMatchObject([
        { tag: "hello--v0.1.0", dryRun: true, pushed: false, lint: { publishable: true } },
      ]);
      expect(git("tag")).toBe("");
      const run = await assay("release", "hello", "minor", "--json");
      expect(run.code).toBe(0);
      expect(run.lines()).toMatchObject([{ tag: "hello--v0.1.0", pushed: true }]);
      const verified = await assay(
        ..."verify-tag --repo ../origin.git --tag hello--v0.1.0 --json".split(" "),
        "--allowed-signers",
        join(root, "signers"),
      );
      expect(verified).toMatchObject({ code: 0 });
      expect(verified.lines()).toEqual([
        { kind: "trusted", signer: "ada@acme.example", key: pair.publicKey.fingerprint },
      ]);
    },
    STORY_MS,
  );

  it(
    "the changelog tells of the skill's commits since its tag and of the tag that they ask for",
    async () => {
      await change("Be kind.", "feat(hello): be kind");
      git("commit", "--quiet", "--allow-empty", "-m", "feat: elsewhere");
      const run = await assay("changelog", ".", "hello", "--json");
      expect(run.lines()).toMatchObject([
        {
          skill: "hello",
          from: "0.1.0",
          entries: [{ type: "feat", subject: "be kind" }],
          requiredBump: "patch",
          next: "0.1.1",
          tag: "hello--v0.1.1",
        },
      ]);
      const range = await assay("changelog", ".", "hello", "..0.1.0", "--json");
      expect(range.lines()).toMatchObject([{ from: null, requiredBump: "first" }]);
      expect(await assay("changelog", ".", "nothing")).toMatchObject({ code: 2, stdout: "" });
    },
    STORY_MS,
  );

  it(
    "refuses a taken version and uncommitted changes, and tags nothing that is not publishable",
    async () => {
      const taken = await assay("release", "hello", "0.1.0");
      expect(taken.code).toBe(2);
      expect(taken.stderr).toContain("tagged already: hello--v0.1.0 at origin");
      await writeFile(join(checkout, "skills", "hello", "new.md"), "new\n");
      const dirty = await assay("release", "hello", "patch");
      expect(dirty.stderr).toContain("not committed");
      await rm(join(checkout, "skills", "hello", "new.md"));
      await writeFile(join(checkout, "skills", "hello", "SKILL.md"), "no frontmatter\n");
      git("commit", "--quiet", "--all", "-m", "fix: break it");
      const bad = await assay("release", "hello", "patch", "--json");
      expect(bad.code).toBe(1);
      expect(bad.lines()).toMatchObject([{ pushed: false, lint: { publishable: false } }]);
      expect(git("tag").trim()).toBe("hello--v0.1.0");
    },
    STORY_MS,
  );

  it(
    "says unsigned, unreadable and untrusted apart",
    async () => {
      git("tag", "light--v1.0.0");
      git("tag", "--no-sign", "-a", "-m", "plain", "plain--v1.0.0");
      const verify = async (tag: string) => {
        const args = ["verify-tag", "--repo", ".", "--tag", tag, "--allowed-signers", "/dev/null"];
        const run = await assay(...args, "--json");
        expect(run.code).toBe(1);
        return run.lines()[0];
      };
      expect(await verify("light--v1.0.0")).toEqual({ kind: "unsigned", because: "LIGHTWEIGHT" });
      expect(await verify("plain--v1.0.0")).toEqual({ kind: "unsigned", because: "UNSIGNED" });
      expect(await verify("absent")).toEqual({ kind: "unreadable" });
      expect(await verify("hello--v0.1.0")).toMatchObject({
        kind: "untrusted",
        because: "UNKNOWN_SIGNER",
      });
      const args = ["--tag", "absent", "--allowed-signers", "/dev/null"];
      expect(await assay("verify-tag", ...args)).toMatchObject({ code: 2 });
      expect(await assay("verify-tag", "--repo", "/", ...args)).toMatchObject({ code: 2 });
    },
    STORY_MS,
  );
});
