import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createObjectReaders, parseTagObject } from "../git/index.ts";
import {
  createSshVerifier,
  formatPublicKey,
  generateEd25519,
  parseAllowedSigners,
  parseOpenPgpKeys,
  signSsh,
} from "../keys/index.ts";
import { verifyTag, verifyTagInRepo } from "./index.ts";

const K = generateEd25519();
const O = generateEd25519();
const verifier = createSshVerifier();
const readers = createObjectReaders();
const dir = mkdtempSync(join(tmpdir(), "assay-trust-"));
const repo = join(dir, "r.git");
const env = { PATH: process.env.PATH, HOME: dir, GIT_CONFIG_NOSYSTEM: "1", TZ: "UTC" };
const git = (args: readonly string[], input: Buffer | string = "") =>
  execFileSync("git", ["-C", repo, ...args], { env, input, stdio: ["pipe", "pipe", "pipe"] })
    .toString()
    .trim();
execFileSync("git", ["init", "-q", "--bare", repo], { env });
const blob = git(["hash-object", "-w", "--stdin"], "x");
const tree = git(["mktree"], `100644 blob ${blob}\tx\n`);
const who = "T <t@x> 1700000000 +0000";
const commit = git(
  ["hash-object", "-w", "-t", "commit", "--stdin"],
  `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nm\n`,
);
const canVerify = spawnSync("ssh-keygen", ["-?"]).error === undefined;

afterAll(async () => {
  await readers.close();
  rmSync(dir, { recursive: true });
});

type Case = {
  readonly name: string;
  readonly signers?: string;
  /** The tag object's bytes; left out: a good tag named `a--v1.0.0`. */
  readonly tag?: Buffer | string;
  /** Object that the ref points at; left out: the tag. */
  readonly oid?: string;
  readonly ref?: string;
  readonly ours: string;
  readonly git: boolean;
};

const NAME = "a--v1.0.0";
const at = new Date();
const nowSeconds = Math.floor(at.getTime() / 1000);
const payloadOf = (
  parts: { object?: string; type?: string; name?: string; email?: string; message?: string } = {},
) =>
  Buffer.from(
    `object ${parts.object ?? commit}\ntype ${parts.type ?? "commit"}\ntag ${parts.name ?? NAME}\ntagger T <${parts.email ?? "a@x"}> ${nowSeconds} +0000\n\n${parts.message ?? "m\n"}`,
  );
const signed = (payload = payloadOf(), pair = K, namespace = "git") =>
  Buffer.concat([payload, Buffer.from(signSsh(pair, payload, namespace))]);
const store = (bytes: Buffer | string) =>
  git(["hash-object", "-w", "-t", "tag", "--literally", "--stdin"], bytes);
const inner = store(signed(payloadOf({ name: "inner" })));
const armor = signSsh(K, payloadOf(), "git");
const both = (text: string) => Buffer.concat([payloadOf(), Buffer.from(text)]);
const TRUSTED = "trusted a@x";

const CASES: readonly Case[] = [
  { name: "a good tag", ours: TRUSTED, git: true },
  { name: "one of several principals", signers: "b@x,a@x <K>", ours: TRUSTED, git: true },
  { name: "a principal by wildcard", signers: "*@x,!evil@x <K>", ours: TRUSTED, git: true },
  {
    name: "a principal that the tagger is not",
    signers: "b@x <K>",
    ours: "trusted b@x",
    git: true,
  },
  { name: "an unknown key", signers: "a@x <O>", ours: "untrusted UNKNOWN_SIGNER", git: false },
  { name: "no signers at all", signers: "", ours: "untrusted UNKNOWN_SIGNER", git: false },
  {
    name: "a key that expired",
    signers: 'a@x valid-before="20200101Z" <K>',
    ours: "untrusted KEY_EXPIRED",
    git: false,
  },
  {
    name: "a key not valid yet",
    signers: 'a@x valid-after="20900101Z" <K>',
    ours: "untrusted KEY_EXPIRED",
    git: false,
  },
  {
    name: "a later line of the same key that is valid",
    signers: 'a@x valid-before="20200101Z" <K>\na@x <K>',
    ours: TRUSTED,
    git: true,
  },
  {
    name: "a key for files only",
    signers: 'a@x namespaces="file" <K>',
    ours: "untrusted SIGNER_NOT_ALLOWED",
    git: false,
  },
  { name: "a key for g*", signers: 'a@x namespaces="g*" <K>', ours: TRUSTED, git: true },
  {
    name: "a key for file and git",
    signers: 'a@x namespaces="file,git" <K>',
    ours: TRUSTED,
    git: true,
  },
  {
    name: "an authority's key",
    signers: "a@x cert-authority <K>",
    ours: "untrusted UNKNOWN_SIGNER",
    git: false,
  },
  {
    name: "a wrong line before the right one",
    signers: "nonsense\na@x <K>",
    ours: TRUSTED,
    git: true,
  },
  {
    name: "the namespace file",
    tag: signed(payloadOf(), K, "file"),
    ours: "untrusted BAD_SIGNATURE",
    git: false,
  },
  {
    name: "a changed message",
    tag: Buffer.concat([payloadOf({ message: "n\n" }), Buffer.from(armor)]),
    ours: "untrusted BAD_SIGNATURE",
    git: false,
  },
  {
    name: "a file that the tag calls a commit",
    tag: Buffer.concat([payloadOf({ object: blob }), Buffer.from(armor)]),
    ours: "unreadable NOT_A_COMMIT",
    git: false,
  },
  { name: "no signature", tag: payloadOf(), ours: "unsigned UNSIGNED", git: false },
  { name: "a lightweight tag", oid: commit, ours: "unsigned LIGHTWEIGHT", git: false },
  {
    name: "CRLF in the armour",
    tag: both(armor.replaceAll("\n", "\r\n")),
    ours: "unreadable TRAILING_BYTES",
    git: false,
  },
  { name: "two blocks", tag: both(armor + armor), ours: "unreadable TRAILING_BYTES", git: false },
  {
    name: "a cut block",
    tag: both(armor.slice(0, 120)),
    ours: "unreadable TRAILING_BYTES",
    git: false,
  },
  {
    name: "an indented BEGIN in the message",
    tag: signed(payloadOf({ message: " -----BEGIN SSH SIGNATURE-----\nm\n" })),
    ours: TRUSTED,
    git: true,
  },
  {
    name: "a BEGIN of OpenPGP in the message",
    tag: signed(payloadOf({ message: "-----BEGIN PGP SIGNATURE-----\nm\n" })),
    ours: TRUSTED,
    git: true,
  },
  {
    name: "a message in other letters",
    tag: signed(payloadOf({ message: "größer 🚀\n" })),
    ours: TRUSTED,
    git: true,
  },
  { name: "an empty message", tag: signed(payloadOf({ message: "" })), ours: TRUSTED, git: true },
  {
    name: "a block that is not SSHSIG",
    tag: both("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"),
    ours: "untrusted BAD_SIGNATURE",
    git: false,
  },
  {
    name: "an OpenPGP block that holds no signature",
    tag: both("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"),
    ours: "untrusted BAD_SIGNATURE",
    git: false,
  },
  {
    name: "an X.509 block",
    tag: both("-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----\n"),
    ours: "untrusted UNSUPPORTED_KEY",
    git: false,
  },
  // Stricter than git, on purpose.
  {
    name: "another name on the ref",
    ref: "b--v9.9.9",
    ours: "unreadable NAME_MISMATCH",
    git: true,
  },
  {
    name: "text after the signature",
    tag: Buffer.concat([signed(), Buffer.from("more\n")]),
    ours: "unreadable TRAILING_BYTES",
    git: true,
  },
  {
    name: "a tag of a tag",
    tag: signed(payloadOf({ object: inner, type: "tag" })),
    ours: "unreadable NESTED",
    git: true,
  },
  {
    name: "a tag of a tree",
    tag: signed(payloadOf({ object: tree, type: "tree" })),
    ours: "unreadable NOT_A_COMMIT",
    git: true,
  },
];

const summary = (line: { kind: string; because?: string; signer?: string }) =>
  [line.kind, line.because ?? line.signer].filter(Boolean).join(" ");

describe("verify-tag on real tags", () => {
  CASES.forEach((one, index) => {
    it(`${one.name}: ${one.ours}`, async () => {
      const name = one.ref ?? NAME;
      const dirOfCase = join(dir, `c${index}.git`);
      execFileSync("cp", ["-r", repo, dirOfCase]);
      const oid = one.oid ?? store(one.tag ?? signed());
      execFileSync("cp", ["-r", join(repo, "objects"), dirOfCase]);
      execFileSync("git", ["-C", dirOfCase, "update-ref", `refs/tags/${name}`, oid], { env });
      const text = (one.signers ?? "a@x <K>")
        .replaceAll("<K>", formatPublicKey(K.publicKey))
        .replaceAll("<O>", formatPublicKey(O.publicKey));
      const { line } = await verifyTagInRepo(
        { readers, verifier },
        {
          repoDir: dirOfCase,
          tagName: name,
          allowedSignersText: text,
          openPgpKeys: parseOpenPgpKeys(new Map()),
          at,
        },
      );
      expect(summary(line)).toBe(one.ours);
      if (!canVerify) return;
      writeFileSync(join(dir, "signers"), `${text}\n`);
      const args = [
        "-C",
        dirOfCase,
        "-c",
        `gpg.ssh.allowedSignersFile=${join(dir, "signers")}`,
        "verify-tag",
        name,
      ];
      expect(spawnSync("git", args, { env }).status === 0).toBe(one.git);
    });
  });

  it("says missing of what is no tag, and takes no revision syntax", async () => {
    for (const tagName of ["nothing", "", `${NAME}^{}`, "a\nb", "../heads/main", "@{0}"]) {
      const { line } = await verifyTagInRepo(
        { readers, verifier },
        {
          repoDir: repo,
          tagName,
          allowedSignersText: "",
          openPgpKeys: parseOpenPgpKeys(new Map()),
          at,
        },
      );
      expect(line).toEqual({ kind: "unreadable" });
    }
  });
});

describe("the judgement of a tag", () => {
  const signers = parseAllowedSigners(`a@x ${formatPublicKey(K.publicKey)}`);
  const { fingerprint } = K.publicKey;
  const judge = (changes: object = {}) =>
    verifyTag(verifier, {
      seen: parseTagObject(signed()),
      tagName: NAME,
      signers,
      openPgpKeys: parseOpenPgpKeys(new Map()),
      revoked: new Map(),
      certificateMaxDays: 7,
      at,
      ...changes,
    });

  it("names the key, its owner and the line that says so", async () => {
    expect(await judge()).toMatchObject({
      kind: "trusted",
      key: fingerprint,
      evidence: `${fingerprint} is a@x's by trust/allowed_signers, line 1`,
      clauses: [
        { name: "tag", held: true },
        { name: "signature", held: true },
        { name: "signer", held: true },
      ],
    });
  });

  it("says of an unknown key which it is, after what held", async () => {
    expect(await judge({ signers: parseAllowedSigners("") })).toMatchObject({
      because: "UNKNOWN_SIGNER",
      evidence: `signed with ${fingerprint}, which no line of trust/allowed_signers names`,
      clauses: [{ held: true }, { held: true }, { name: "signer", held: false }],
    });
  });

  it("refuses a revoked key, known or not", async () => {
    const revoked = new Map([
      [fingerprint, [{ kind: "superseded", reason: "stolen", since: null }]],
    ]);
    expect(await judge({ revoked })).toMatchObject({
      because: "KEY_REVOKED",
      key: fingerprint,
      signer: { principal: "a@x" },
    });
    expect(await judge({ revoked, signers: parseAllowedSigners("") })).toMatchObject({
      because: "KEY_REVOKED",
    });
  });

  it("goes by when the tag was first seen and never by the date that the tagger wrote", async () => {
    const line = `a@x valid-before="20200101Z" ${formatPublicKey(K.publicKey)}`;
    const payload = Buffer.from(payloadOf().toString().replace(String(nowSeconds), "1500000000"));
    const changes = { seen: parseTagObject(signed(payload)), signers: parseAllowedSigners(line) };
    expect(await judge(changes)).toMatchObject({ because: "KEY_EXPIRED" });
    expect(await judge({ ...changes, at: new Date("2019-01-01") })).toMatchObject({
      kind: "trusted",
    });
  });
});
