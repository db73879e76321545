import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../test/needs.ts";
import { createObjectReaders, parseTagObject } from "../git/index.ts";
import { createSshVerifier, parseAllowedSigners, parseOpenPgpKeys } from "../keys/index.ts";
import { verifyTag, verifyTagInRepo } from "./index.ts";

const PAST = "20200101T000000!";
const dir = mkdtempSync(join(tmpdir(), "assay-pgp-"));
const repo = join(dir, "r");
const signing = join(dir, "s");
const program = join(dir, "gpg.sh");
const base = { PATH: process.env["PATH"], HOME: dir, GIT_CONFIG_NOSYSTEM: "1", TZ: "UTC" };
const QUIET = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];

/** Real keys by gpg, real tags by git: nothing here is made by our own code. */
describeWith("gpg")("OpenPGP by gpg", () => {
  const gpg = (args: readonly string[], { home = signing, input = "" } = {}) =>
    execFileSync("gpg", ["--homedir", home, ...args], {
      env: base,
      input,
      stdio: ["pipe", "pipe", "pipe"],
    });
  const make = (name: string, algorithm: string, usage: string, ...options: readonly string[]) =>
    gpg([
      ...QUIET,
      ...options,
      "--quick-generate-key",
      `${name} <${name}@x>`,
      algorithm,
      usage,
      "never",
    ]);
  const fingerprintOf = (name: string) =>
    /^fpr:+([0-9A-F]{40}):/m.exec(
      gpg(["--with-colons", "--list-keys", `${name}@x`]).toString(),
    )?.[1] ?? "";
  const exported = (name: string) => gpg(["--armor", "--export", `${name}@x`]);
  const edit = (name: string, commands: string, ...options: readonly string[]) =>
    gpg(
      [
        ...QUIET.slice(1),
        ...options,
        "--no-tty",
        "--status-fd",
        "2",
        "--command-fd",
        "0",
        "--edit-key",
        `${name}@x`,
      ],
      { input: commands },
    );
  const git = (args: readonly string[], env: object = {}) =>
    execFileSync("git", ["-C", repo, ...args], {
      env: { ...base, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const revoke = (name: string) => {
    const path = join(signing, "openpgp-revocs.d", `${fingerprintOf(name)}.rev`);
    const input = readFileSync(path, "utf8").replace(":-----BEGIN", "-----BEGIN");
    gpg(["--batch", "--quiet", "--import"], { input });
  };
  const readers = createObjectReaders();
  const verifier = createSshVerifier();

  let checking = "";
  let count = 0;
  const makeTag = (name: string, ...options: readonly string[]) => {
    count += 1;
    const tag = `a--v1.0.${count}`;
    const config = [`gpg.program=${program}`, `user.signingkey=${name}@x`, `user.email=${name}@x`];
    git([...config.flatMap((one) => ["-c", one]), "tag", "-s", tag, "-m", tag], {
      GNUPGHOME: signing,
      GPG_OPTIONS: options.join(" "),
    });
    return tag;
  };
  const bytesOf = (tag: string) => git(["cat-file", "tag", tag]);
  const judge = async (tag: string, files: Record<string, Buffer>, changes: object = {}) =>
    verifyTag(verifier, {
      seen: parseTagObject(bytesOf(tag)),
      tagName: tag,
      signers: parseAllowedSigners(""),
      openPgpKeys: parseOpenPgpKeys(new Map(Object.entries(files))),
      revoked: new Map(),
      certificateMaxDays: 7,
      at: new Date(),
      ...changes,
    });
  /** What git says with a keyring of just these keys, and how gpg alone ends. */
  const askGit = (tag: string, key: Buffer) => {
    checking = mkdtempSync(join(dir, "c"));
    chmodSync(checking, 0o700);
    gpg(["--batch", "--quiet", "--no-autostart", "--import"], {
      home: checking,
      input: key.toString(),
    });
    const env = { ...base, GNUPGHOME: checking };
    return spawnSync("git", ["-C", repo, "verify-tag", tag], { env }).status === 0;
  };

  beforeAll(() => {
    mkdirSync(signing, { mode: 0o700 });
    writeFileSync(
      program,
      `#!/bin/sh\nexec gpg ${QUIET.slice(2, 4).join(" ")} --passphrase '' $GPG_OPTIONS "$@"\n`,
    );
    chmodSync(program, 0o755);
    execFileSync("git", ["init", "-q", "-b", "main", repo], { env: base });
    git(["config", "user.name", "A"]);
    git(["-c", "user.email=a@x", "commit", "-q", "--allow-empty", "-m", "first"]);
  });
  afterAll(async () => {
    await readers.close();
    spawnSync("gpgconf", ["--homedir", signing, "--kill", "all"]);
    rmSync(dir, { recursive: true });
  });

  type Case = {
    readonly what: string;
    readonly make: () => void;
    /** How the tag is signed. */
    readonly options?: readonly string[];
    readonly after?: () => void;
    readonly ours: string;
    readonly git: boolean;
  };
  const now =
    (name: string, algorithm: string, ...options: readonly string[]) =>
    () => {
      make(name, algorithm, "sign", ...options);
    };
  const CASES: readonly (Case & { readonly name: string })[] = [
    { name: "ed", what: "ed25519", make: now("ed", "ed25519"), ours: "trusted ed@x", git: true },
    {
      name: "p256",
      what: "ecdsa",
      make: now("p256", "nistp256"),
      ours: "trusted p256@x",
      git: true,
    },
    {
      name: "rsa",
      what: "RSA of 2048 bits",
      make: now("rsa", "rsa2048"),
      ours: "trusted rsa@x",
      git: true,
    },
    {
      name: "sub",
      what: "a subkey that signs for a key that may not",
      make: () => {
        make("sub", "ed25519", "cert");
        gpg([...QUIET, "--quick-add-key", fingerprintOf("sub"), "ed25519", "sign", "never"]);
      },
      ours: "trusted sub@x",
      git: true,
    },
    {
      name: "old",
      what: "a key that has expired since it signed",
      make: () =>
        gpg([
          ...QUIET,
          "--faked-system-time",
          PAST,
          "--quick-generate-key",
          "old <old@x>",
          "ed25519",
          "sign",
          "1y",
        ]),
      options: ["--faked-system-time", PAST],
      ours: "untrusted KEY_EXPIRED",
      git: false,
    },
    {
      name: "oldsub",
      what: "a subkey that has expired since it signed",
      make: () => {
        const past = [...QUIET, "--faked-system-time", PAST];
        gpg([...past, "--quick-generate-key", "oldsub <oldsub@x>", "ed25519", "cert", "never"]);
        gpg([...past, "--quick-add-key", fingerprintOf("oldsub"), "ed25519", "sign", "1y"]);
      },
      options: ["--faked-system-time", PAST],
      ours: "untrusted KEY_EXPIRED",
      git: false,
    },
    {
      name: "lost",
      what: "a key that its owner revoked after it signed",
      make: now("lost", "ed25519"),
      after: () => revoke("lost"),
      ours: "untrusted KEY_REVOKED",
      git: false,
    },
    {
      name: "lostsub",
      what: "a subkey that was revoked after it signed, by a signature over SHA-1",
      make: () => {
        make("lostsub", "ed25519", "cert");
        gpg([...QUIET, "--quick-add-key", fingerprintOf("lostsub"), "ed25519", "sign", "never"]);
      },
      after: () =>
        edit("lostsub", "key 1\nrevkey\ny\n0\n\ny\nsave\n", "--cert-digest-algo", "SHA1"),
      ours: "untrusted KEY_REVOKED",
      git: false,
    },
    // Stricter than git, on purpose.
    {
      name: "dsa",
      what: "DSA",
      make: now("dsa", "dsa2048"),
      ours: "untrusted UNSUPPORTED_KEY",
      git: true,
    },
    {
      name: "short",
      what: "RSA of 1024 bits",
      make: now("short", "rsa1024"),
      ours: "untrusted UNSUPPORTED_KEY",
      git: true,
    },
    {
      name: "sha1",
      what: "a signature over SHA-1",
      make: now("sha1", "rsa2048"),
      options: ["--digest-algo", "SHA1"],
      ours: "untrusted UNSUPPORTED_KEY",
      git: true,
    },
    {
      name: "selfsha1",
      what: "a key whose own signatures rest on SHA-1",
      make: now("selfsha1", "rsa2048", "--cert-digest-algo", "SHA1"),
      ours: "untrusted UNSUPPORTED_KEY",
      git: true,
    },
    {
      name: "text",
      what: "a signature over text in place of bytes",
      make: now("text", "ed25519"),
      options: ["--textmode"],
      ours: "untrusted BAD_SIGNATURE",
      git: true,
    },
  ];

  it.each(CASES)("$what: $ours", { timeout: 30_000 }, async (one) => {
    one.make();
    const tag = makeTag(one.name, ...(one.options ?? []));
    one.after?.();
    const key = exported(one.name);
    const { line } = await verifyTagInRepo(
      { readers, verifier },
      {
        repoDir: join(repo, ".git"),
        tagName: tag,
        allowedSignersText: "",
        openPgpKeys: parseOpenPgpKeys(new Map([["k.asc", key]])),
        at: new Date(),
      },
    );
    expect([line.kind, line.because ?? line.signer].join(" ")).toBe(one.ours);
    expect(askGit(tag, key)).toBe(one.git);
    expect(line.key).toBe(one.name === "text" ? undefined : fingerprintOf(one.name));
  });

  it("gpg alone ends with 0 for an expired key, and we do not", async () => {
    const key = exported("old");
    const tag = makeTag("old", "--faked-system-time", PAST);
    const bytes = bytesOf(tag).toString();
    const start = bytes.indexOf("-----BEGIN PGP");
    writeFileSync(join(dir, "sig"), bytes.slice(start));
    writeFileSync(join(dir, "data"), bytes.slice(0, start));
    askGit(tag, key);
    const args = ["--homedir", checking, "--verify", join(dir, "sig"), join(dir, "data")];
    expect(spawnSync("gpg", args, { env: base }).status).toBe(0);
    expect(await judge(tag, { "k.asc": key })).toMatchObject({ because: "KEY_EXPIRED" });
    // First seen while the key was valid: what it says of today does not matter.
    const then = { at: new Date("2020-06-01T00:00:00Z") };
    expect(await judge(tag, { "k.asc": key }, then)).toMatchObject({ kind: "trusted" });
    const before = { at: new Date("2019-06-01T00:00:00Z") };
    expect((await judge(tag, { "k.asc": key }, before)).kind).toBe("untrusted");
  });

  it("a key that nobody filed is unknown, and is named", async () => {
    make("none", "ed25519", "sign");
    const tag = makeTag("none");
    for (const files of [{}, { "k.asc": exported("ed") }] as Record<string, Buffer>[])
      expect(await judge(tag, files)).toMatchObject({
        because: "UNKNOWN_SIGNER",
        key: fingerprintOf("none"),
      });
  });

  it("a changed byte breaks the signature, and so does a second signature in the block", async () => {
    const tag = makeTag("ed");
    const key = exported("ed");
    const text = bytesOf(tag).toString();
    const changed = parseTagObject(Buffer.from(text.replace("\n\n", "\n\nmore ")));
    expect(await judge(tag, { "k.asc": key }, { seen: changed })).toMatchObject({
      because: "BAD_SIGNATURE",
    });
    const cut = text.indexOf("-----BEGIN PGP");
    const dearmored = execFileSync("gpg", ["--dearmor"], {
      env: base,
      input: text.slice(cut),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const twice = execFileSync("gpg", ["--enarmor"], {
      env: base,
      input: Buffer.concat([dearmored, dearmored]),
      stdio: ["pipe", "pipe", "ignore"],
    })
      .toString()
      .replaceAll("PGP ARMORED FILE", "PGP SIGNATURE")
      .replace(/^Comment:.*\n/m, "");
    const doubled = parseTagObject(Buffer.from(text.slice(0, cut) + twice));
    expect(await judge(tag, { "k.asc": key }, { seen: doubled })).toMatchObject({
      because: "BAD_SIGNATURE",
    });
  });

  it("user ids name the principals: the tagger's when it is one, none that was revoked", async () => {
    make("many", "ed25519", "sign");
    const fingerprint = fingerprintOf("many");
    gpg([...QUIET, "--quick-add-uid", fingerprint, "Second <second@x>"]);
    gpg([...QUIET, "--quick-add-uid", fingerprint, "Third <third@x>"]);
    gpg([...QUIET, "--quick-revoke-uid", fingerprint, "Third <third@x>"]);
    const tag = makeTag("many");
    const key = gpg(["--armor", "--export", fingerprint]);
    const as = (email: string) =>
      parseTagObject(Buffer.from(bytesOf(tag).toString().replace("<many@x>", `<${email}>`)));
    expect(await judge(tag, { "k.asc": key })).toMatchObject({ signer: { principal: "many@x" } });
    // The tagger is part of what is signed, so that only a signed one counts.
    expect(await judge(tag, { "k.asc": key }, { seen: as("second@x") })).toMatchObject({
      because: "BAD_SIGNATURE",
    });
    const config = ["-c", `gpg.program=${program}`, "-c", `user.signingkey=${fingerprint}`];
    const sign = (email: string) => {
      const name = `a--v2.0.${email.length}`;
      git([...config, "-c", `user.email=${email}`, "tag", "-s", name, "-m", "m"], {
        GNUPGHOME: signing,
        GPG_OPTIONS: "",
      });
      return name;
    };
    expect(await judge(sign("second@x"), { "k.asc": key })).toMatchObject({
      signer: { principal: "second@x" },
    });
    const third = await judge(sign("third@x"), { "k.asc": key });
    expect(third.kind === "trusted" && third.signer.principal).not.toBe("third@x");
    // The file's name outranks the user ids.
    expect(await judge(tag, { "trust/openpgp/chief@x.asc": key })).toMatchObject({
      signer: { principal: "chief@x" },
    });
  });

  it.each(["key", "subkey", "principal"])(
    "trust/revoked.yaml takes back an OpenPGP %s",
    async (what) => {
      const tag = makeTag("sub");
      const key = exported("sub");
      const trusted = await judge(tag, { "k.asc": key });
      if (trusted.kind !== "trusted") throw new Error(trusted.evidence);
      const [primary = "", subkey = ""] = trusted.facts.keys;
      const subject = { key: primary, subkey, principal: "principal sub@x" }[what] ?? "";
      const gone = { kind: "compromised", reason: "stolen", since: new Date("2026-01-01") };
      const revoked = new Map([[subject, [gone]]]);
      expect(await judge(tag, { "k.asc": key }, { revoked })).toMatchObject({
        because: "KEY_REVOKED",
      });
    },
  );

  it("of two files with one key, the one that revokes it counts", async () => {
    make("twice", "ed25519", "sign");
    const tag = makeTag("twice");
    const before = exported("twice");
    revoke("twice");
    const files = { "a.asc": before, "b.asc": exported("twice") };
    expect(await judge(tag, { "a.asc": before })).toMatchObject({ kind: "trusted" });
    expect(await judge(tag, files)).toMatchObject({ because: "KEY_REVOKED" });
    expect(parseOpenPgpKeys(new Map(Object.entries(files))).problems).toHaveLength(1);
  });

  it("a private key among the files is told, and no key of its file counts", () => {
    const secret = gpg([...QUIET, "--armor", "--export-secret-keys", "ed@x"]);
    const read = parseOpenPgpKeys(new Map([["k.asc", secret]]));
    expect(read).toMatchObject({
      keys: [],
      problems: [{ file: "k.asc", message: expect.stringContaining("private key") }],
    });
  });
});
