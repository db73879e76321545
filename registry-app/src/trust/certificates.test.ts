import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { describeWith } from "../../test/needs.ts";
import { createObjectReaders, parseTagObject } from "../git/index.ts";
import { createSshVerifier, parseAllowedSigners, parseOpenPgpKeys } from "../keys/index.ts";
import { verifyTag, verifyTagInRepo } from "./index.ts";

/** Real authorities, certificates and tags: nothing here is made by our own code. */
describeWith("ssh-keygen")("certificates by ssh-keygen -s", () => {
  const dir = mkdtempSync(join(tmpdir(), "assay-certificates-"));
  const repo = join(dir, "r");
  const env = { PATH: process.env["PATH"], HOME: dir, GIT_CONFIG_NOSYSTEM: "1", TZ: "UTC" };
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { env, cwd: dir, stdio: ["ignore", "pipe", "pipe"] }).toString();
  const git = (...args: readonly string[]) => run("git", ["-C", repo, ...args]).trim();
  const file = (name: string) => join(dir, name);
  const makeKey = (name: string, ...kind: readonly string[]) =>
    run("ssh-keygen", ["-q", ...kind, "-N", "", "-C", name, "-f", file(name)]);
  const publicKey = (name: string) => readFileSync(file(`${name}.pub`), "utf8").trim();
  const fingerprint = (name: string) =>
    run("ssh-keygen", ["-l", "-f", file(`${name}.pub`)]).split(" ")[1] ?? "";
  const readers = createObjectReaders();
  const verifier = createSshVerifier();
  afterAll(async () => {
    await readers.close();
    rmSync(dir, { recursive: true });
  });

  makeKey("ed25519", "-t", "ed25519");
  makeKey("ecdsa", "-t", "ecdsa", "-b", "256");
  makeKey("rsa", "-t", "rsa", "-b", "2048");
  makeKey("ca", "-t", "ed25519");
  makeKey("ca-ecdsa", "-t", "ecdsa", "-b", "384");
  makeKey("ca-rsa", "-t", "rsa", "-b", "3072");
  makeKey("ca-other", "-t", "ed25519");
  run("git", ["init", "-q", "-b", "main", repo]);
  git("config", "user.name", "Ann");
  git("config", "user.email", "ann@x");
  git("config", "gpg.format", "ssh");
  git("commit", "-q", "--allow-empty", "-m", "first");

  let count = 0;
  /** A tag signed with a certificate that `ssh-keygen -s` made of these options. */
  const makeTag = (options: readonly string[], { key = "ed25519", ca = "ca" } = {}) => {
    count += 1;
    const name = `a--v1.0.${count}`;
    run("ssh-keygen", ["-q", "-s", file(ca), "-I", "ann's laptop", ...options, file(`${key}.pub`)]);
    git("-c", `user.signingkey=${file(`${key}-cert.pub`)}`, "tag", "-s", name, "-m", name);
    return name;
  };
  const gitTrusts = (name: string, signers: string) => {
    writeFileSync(file("signers"), `${signers}\n`);
    const args = ["-C", repo, "-c", `gpg.ssh.allowedSignersFile=${file("signers")}`];
    return spawnSync("git", [...args, "verify-tag", name], { env }).status === 0;
  };
  const fill = (signers: string) =>
    signers.replaceAll(/<([a-z0-9-]+)>/g, (_all, name: string) => publicKey(name));
  const judge = async (name: string, signersText: string, changes: object = {}) =>
    verifyTag(verifier, {
      seen: parseTagObject(execFileSync("git", ["-C", repo, "cat-file", "tag", name], { env })),
      tagName: name,
      signers: parseAllowedSigners(signersText),
      openPgpKeys: parseOpenPgpKeys(new Map()),
      revoked: new Map(),
      certificateMaxDays: 7,
      at: new Date(),
      ...changes,
    });

  const A = "*@x cert-authority <ca>";
  const DAY = ["-n", "ann@x", "-V", "+1d"];
  it.each<[string, string, readonly string[], string, boolean, { key?: string; ca?: string }?]>([
    ["a name of the domain", A, DAY, "trusted ann@x", true],
    ["for ever, where no law limits it", A, ["-n", "ann@x"], "trusted ann@x", true],
    ["an ecdsa key", A, DAY, "trusted ann@x", true, { key: "ecdsa" }],
    ["an rsa key", A, DAY, "trusted ann@x", true, { key: "rsa" }],
    [
      "an ecdsa authority",
      "*@x cert-authority <ca-ecdsa>",
      DAY,
      "trusted ann@x",
      true,
      { ca: "ca-ecdsa" },
    ],
    [
      "an rsa authority",
      "*@x cert-authority <ca-rsa>",
      DAY,
      "trusted ann@x",
      true,
      { ca: "ca-rsa" },
    ],
    ["its whole name", "ann@x cert-authority <ca>", DAY, "trusted ann@x", true],
    ["for git", '*@x cert-authority,namespaces="git" <ca>', DAY, "trusted ann@x", true],
    ["several names, the tagger's second", A, ["-n", "bob@x,ann@x"], "trusted ann@x", true],
    ["several names, none the tagger's", A, ["-n", "bob@x,carl@x"], "trusted bob@x", true],
    [
      "the first line of two does not take it in",
      `*@y cert-authority <ca>\n${A}`,
      DAY,
      "trusted ann@x",
      true,
    ],
    ["the names of another domain", A, ["-n", "ann@y"], "untrusted SIGNER_NOT_ALLOWED", false],
    [
      "a name that is ruled out",
      "*@x,!ann@x cert-authority <ca>",
      DAY,
      "untrusted SIGNER_NOT_ALLOWED",
      false,
    ],
    ["nobody's name", A, ["-V", "+1d"], "untrusted SIGNER_NOT_ALLOWED", false],
    [
      "for files only",
      '*@x cert-authority,namespaces="file" <ca>',
      DAY,
      "untrusted SIGNER_NOT_ALLOWED",
      false,
    ],
    ["an unknown authority", A, DAY, "untrusted UNKNOWN_SIGNER", false, { ca: "ca-other" }],
    ["no authority at all", "", DAY, "untrusted UNKNOWN_SIGNER", false],
    ["the authority's key on a plain line", "*@x <ca>", DAY, "untrusted UNKNOWN_SIGNER", false],
    [
      "the signer's own key on a plain line",
      "ann@x <ed25519>",
      DAY,
      "untrusted UNKNOWN_SIGNER",
      false,
    ],
    ["over", A, ["-n", "ann@x", "-V", "20200101:20200201"], "untrusted KEY_EXPIRED", false],
    ["not begun", A, ["-n", "ann@x", "-V", "20900101:20900201"], "untrusted KEY_EXPIRED", false],
    [
      "an authority's line that is over",
      '*@x cert-authority,valid-before="20200101Z" <ca>',
      DAY,
      "untrusted KEY_EXPIRED",
      false,
    ],
    [
      "an authority's line that has not begun",
      '*@x cert-authority,valid-after="20900101Z" <ca>',
      DAY,
      "untrusted KEY_EXPIRED",
      false,
    ],
    ["a host's certificate", A, ["-h", "-n", "ann@x"], "untrusted UNSUPPORTED_KEY", false],
    // Stricter than git, on purpose: an option that limits what a key may do is not passed over.
    ["force-command", A, [...DAY, "-O", "force-command=true"], "untrusted UNSUPPORTED_KEY", true],
    [
      "source-address",
      A,
      [...DAY, "-O", "source-address=10.0.0.0/8"],
      "untrusted UNSUPPORTED_KEY",
      true,
    ],
    [
      "an unknown critical option",
      A,
      [...DAY, "-O", "critical:x@y=z"],
      "untrusted UNSUPPORTED_KEY",
      true,
    ],
    ["an unknown extension", A, [...DAY, "-O", "extension:x@y=z"], "trusted ann@x", true],
  ])("%s", async (_what, signers, options, ours, theirs, keys) => {
    const name = makeTag(options, keys);
    const text = fill(signers);
    const { line } = await verifyTagInRepo(
      { readers, verifier },
      {
        repoDir: join(repo, ".git"),
        tagName: name,
        allowedSignersText: text,
        openPgpKeys: parseOpenPgpKeys(new Map()),
        at: new Date(),
      },
    );
    expect([line.kind, line.because ?? line.signer].join(" ")).toBe(ours);
    expect(line.key).toBe(fingerprint(keys?.key ?? "ed25519"));
    expect(gitTrusts(name, text)).toBe(theirs);
  });

  it("a certificate from the agent, named key::, is as good as one from a file", async () => {
    const agent = spawnSync("ssh-agent", ["-s"], { env });
    if (agent.error !== undefined) return;
    const read = (name: string) =>
      new RegExp(`${name}=([^;]+);`).exec(agent.stdout.toString())?.[1] ?? "";
    const agentEnv = { ...env, SSH_AUTH_SOCK: read("SSH_AUTH_SOCK") };
    try {
      run("ssh-keygen", ["-q", "-s", file("ca"), "-I", "x", ...DAY, file("ed25519.pub")]);
      execFileSync("ssh-add", ["-q", file("ed25519")], { env: agentEnv, stdio: "ignore" });
      const key = `key::${readFileSync(file("ed25519-cert.pub"), "utf8").trim()}`;
      const args = [
        "-C",
        repo,
        "-c",
        `user.signingkey=${key}`,
        "tag",
        "-s",
        "agent--v1.0.0",
        "-m",
        "m",
      ];
      execFileSync("git", args, { env: agentEnv });
    } finally {
      process.kill(Number(read("SSH_AGENT_PID")));
    }
    expect(await judge("agent--v1.0.0", fill(A))).toMatchObject({ kind: "trusted" });
    expect(gitTrusts("agent--v1.0.0", fill(A))).toBe(true);
  });

  it("the verdict names the authority, the serial, the key id and the line", async () => {
    const name = makeTag([...DAY, "-z", "18446744073709551615"]);
    const verdict = await judge(name, fill(`# law\n${A}`));
    expect(verdict).toMatchObject({
      kind: "trusted",
      facts: {
        certificate: {
          authority: fingerprint("ca"),
          serial: "18446744073709551615",
          keyId: "ann's laptop",
        },
      },
      evidence: `${fingerprint("ed25519")} is ann@x's by certificate "ann's laptop", serial 18446744073709551615, of authority ${fingerprint("ca")}, trusted by trust/allowed_signers, line 2`,
    });
  });

  it("the law's maximum holds for the whole validity, and backdating by an hour is forgiven", async () => {
    const week = makeTag(["-n", "ann@x", "-V", "+7d"]);
    const longer = makeTag(["-n", "ann@x", "-V", "+8d"]);
    const ever = makeTag(["-n", "ann@x"]);
    expect(await judge(week, fill(A))).toMatchObject({ kind: "trusted" });
    for (const name of [longer, ever])
      expect(await judge(name, fill(A))).toMatchObject({
        because: "UNSUPPORTED_KEY",
        evidence: expect.stringContaining("more than the 7 days that policy.yaml accepts"),
      });
    expect(await judge(longer, fill(A), { certificateMaxDays: 8 })).toMatchObject({
      kind: "trusted",
    });
  });

  it("validity is judged when the tag was first seen, both borders as OpenSSH has them", async () => {
    const name = makeTag(["-n", "ann@x", "-V", "20260101000000Z:20260102000000Z"]);
    const kindAt = async (time: string) =>
      (await judge(name, fill(A), { at: new Date(time) })).kind;
    expect(await kindAt("2025-12-31T23:59:59.999Z")).toBe("untrusted");
    expect(await kindAt("2026-01-01T00:00:00Z")).toBe("trusted");
    expect(await kindAt("2026-01-01T23:59:59.999Z")).toBe("trusted");
    expect(await kindAt("2026-01-02T00:00:00Z")).toBe("untrusted");
  });

  it.each([
    ["its serial", "<CA> serial 42"],
    ["its key id", "<CA> key-id ann's laptop"],
    ["its authority", "<CA>"],
    ["its own key", "<KEY>"],
    ["its principal", "principal ann@x"],
  ])("is refused once %s is revoked", async (_what, subject) => {
    const name = makeTag([...DAY, "-z", "42"]);
    const key = subject.replace("<CA>", fingerprint("ca")).replace("<KEY>", fingerprint("ed25519"));
    const gone = { kind: "superseded", reason: "left the company", since: null };
    const revoked = (text: string) => ({ revoked: new Map([[text, [gone]]]) });
    expect(await judge(name, fill(A), revoked(key))).toMatchObject({
      because: "KEY_REVOKED",
      evidence: expect.stringContaining("left the company"),
    });
    expect(await judge(name, fill(A), revoked(`${key}0`))).toMatchObject({ kind: "trusted" });
  });
});
