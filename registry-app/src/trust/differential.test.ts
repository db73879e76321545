import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sample } from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CERTIFICATES, cases, KEYS, type Case } from "../../test/differential-cases.ts";
import { describeWith } from "../../test/needs.ts";
import { createObjectReaders } from "../git/index.ts";
import { createSshVerifier, parseOpenPgpKeys } from "../keys/index.ts";
import { verifyTagInRepo } from "./index.ts";

/*
 * Generated keys, certificates, tags and allowed_signers files, every one judged by us and by `git verify-tag`. The same
 * cases in every run; `ASSAY_DIFFERENTIAL_RUNS=5000` tries that many others and prints the seed of one that differs.
 */
const MORE = process.env["ASSAY_DIFFERENTIAL_RUNS"];
const RUNS = Number(MORE ?? 100);
const SEED = MORE === undefined ? 20_260_319 : Date.now() % 2 ** 31;
const DAY_MS = 24 * 3_600_000;

type Judgement = {
  readonly case: Case;
  readonly ours: string;
  readonly git: boolean;
  readonly gitSays: string;
};
type Exception = {
  readonly name: string;
  /** What we say where git says good. */
  readonly ours: string;
  readonly isIt: (one: Case) => boolean;
  readonly example: Partial<Case>;
};

const rewrapped = new Set(["armour in one line", "a space in the armour"]);

/** Where git says good and we do not, on purpose. Nothing is the other way round. */
const STRICTER: readonly Exception[] = [
  {
    name: "a tag under another name than it was signed with",
    ours: "unreadable NAME_MISMATCH",
    isIt: ({ tampering }) => tampering === "another name on the ref",
    example: { tampering: "another name on the ref" },
  },
  {
    name: "text after the signature, which nobody signed",
    ours: "unreadable TRAILING_BYTES",
    isIt: ({ tampering }) => tampering === "text after the signature",
    example: { tampering: "text after the signature" },
  },
  {
    name: "armour in other lines than OpenSSH writes: one signature has one form",
    ours: "untrusted BAD_SIGNATURE",
    isIt: ({ tampering }) => rewrapped.has(tampering),
    example: { tampering: "armour in one line" },
  },
  {
    name: "a header that git does not write",
    ours: "unreadable TRAILING_BYTES",
    isIt: ({ tampering }) => tampering === "a header more",
    example: { tampering: "a header more" },
  },
  {
    name: "an option where the principals should stand",
    ours: "untrusted UNKNOWN_SIGNER",
    isIt: ({ signers }) => /^[^\s"#][^\s]*"/m.test(signers),
    example: { signers: 'namespaces="git" <it>' },
  },
  {
    name: "a tag of a tag",
    ours: "unreadable NESTED",
    isIt: ({ tampering }) => tampering === "a tag of a tag",
    example: { tampering: "a tag of a tag" },
  },
  {
    name: "a tag of a tree",
    ours: "unreadable NOT_A_COMMIT",
    isIt: ({ tampering }) => tampering === "a tag of a tree",
    example: { tampering: "a tag of a tree" },
  },
];

describeWith("ssh-keygen")("our verdict and that of git verify-tag", () => {
  const dir = mkdtempSync(join(tmpdir(), "assay-differential-"));
  const repo = join(dir, "r.git");
  const file = (name: string) => join(dir, name);
  const env = { PATH: process.env["PATH"], HOME: dir, GIT_CONFIG_NOSYSTEM: "1", TZ: "UTC" };
  const run = (command: string, args: readonly string[], input: string | Buffer = "") =>
    execFileSync(command, [...args], { env, cwd: dir, input, stdio: ["pipe", "pipe", "pipe"] });
  const git = (args: readonly string[], input: string | Buffer = "") =>
    run("git", ["-C", repo, ...args], input)
      .toString()
      .trim();
  const readers = createObjectReaders();
  const verifier = createSshVerifier();
  let commit = "";
  let tree = "";
  let count = 0;

  beforeAll(() => {
    for (const [name, kind] of Object.entries(KEYS))
      run("ssh-keygen", ["-q", ...kind, "-N", "", "-C", name, "-f", file(name)]);
    for (const [name, { key, ca, options }] of Object.entries(CERTIFICATES)) {
      copyFileSync(file(key), file(name));
      copyFileSync(file(`${key}.pub`), file(`${name}.pub`));
      run("ssh-keygen", ["-q", "-s", file(ca), "-I", name, ...options, file(`${name}.pub`)]);
    }
    run("git", ["init", "-q", "--bare", repo]);
    tree = git(["hash-object", "-w", "-t", "tree", "/dev/null"]);
    const who = "T <t@x> 1700000000 +0000";
    const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nm\n`;
    commit = git(["hash-object", "-w", "-t", "commit", "--stdin"], text);
  }, 60_000);
  afterAll(async () => {
    await readers.close();
    rmSync(dir, { recursive: true });
  });

  const keyFile = (name: string) => (name in CERTIFICATES ? `${name}-cert.pub` : name);
  const sign = (payload: Buffer, { signedWith, namespace, hash }: Case) =>
    run(
      "ssh-keygen",
      ["-Y", "sign", "-n", namespace, "-O", `hashalg=${hash}`, "-f", file(keyFile(signedWith))],
      payload,
    ).toString();

  function payloadOf(one: Case, name: string, date: Date): Buffer {
    const { tampering } = one;
    const nested =
      tampering === "a tag of a tag" ? store(tagText("tag", commit, "inner", one, date)) : "";
    const [type, object] =
      nested !== ""
        ? ["tag", nested]
        : tampering === "a tag of a tree"
          ? ["tree", tree]
          : ["commit", commit];
    return Buffer.from(tagText(type ?? "", object ?? "", name, one, date));
  }

  function tagText(type: string, object: string, name: string, one: Case, date: Date): string {
    const kind = name === "inner" ? "commit" : type;
    const more = one.tampering === "a header more" ? "encoding latin1\n" : "";
    const seconds = Math.floor(date.getTime() / 1000);
    return `object ${object}\ntype ${kind}\ntag ${name}\ntagger T <${one.tagger}> ${seconds} +0000\n${more}\n${one.message}`;
  }

  const store = (bytes: string | Buffer) =>
    git(["hash-object", "-w", "-t", "tag", "--literally", "--stdin"], bytes);

  function tagOf(one: Case, name: string, date: Date): Buffer {
    const payload = payloadOf(one, name, date);
    const armor = sign(payload, one);
    const text = payload.toString("latin1");
    const lines = armor.trimEnd().split("\n");
    const join = (signed: string, block: string) => Buffer.from(signed + block, "latin1");
    const turn = (at: number, of: string) =>
      of.slice(0, at) + (of[at] === "A" ? "B" : "A") + of.slice(at + 1);
    switch (one.tampering) {
      case "a byte of the message":
        return join(`${text}.`, armor);
      case "a byte of the tagger":
        return join(text.replace("tagger T", "tagger U"), armor);
      case "a byte of the signature":
        return join(text, turn(armor.length - 60, armor));
      case "text after the signature":
        return join(text, `${armor}and this\n`);
      case "spaces after the signature":
        return join(text, `${armor}  \n`);
      case "empty lines after the signature":
        return join(text, `${armor}\n\n`);
      case "no newline at the end":
        return join(text, armor.trimEnd());
      case "two blocks":
        return join(text, armor + armor);
      case "another's block before":
        return join(text, sign(Buffer.from("x"), { ...one, signedWith: "other" }) + armor);
      case "CR LF in the armour":
        return join(text, armor.replaceAll("\n", "\r\n"));
      case "armour in one line":
        return join(text, [lines[0], lines.slice(1, -1).join(""), lines.at(-1), ""].join("\n"));
      case "a space in the armour":
        return join(text, armor.replace("\n", "\n "));
      case "no end of the armour":
        return join(text, lines.slice(0, -1).join("\n"));
      default:
        return join(text, armor);
    }
  }

  async function judge(one: Case): Promise<Judgement> {
    count += 1;
    const name = `a--v1.0.${count}`;
    const date = new Date(Date.now() - one.daysAgo * DAY_MS);
    const oid = store(tagOf(one, name, date));
    const ref = one.tampering === "another name on the ref" ? `b--v1.0.${count}` : name;
    git(["update-ref", `refs/tags/${ref}`, oid]);
    const authority = CERTIFICATES[one.signedWith]?.ca ?? "ca";
    const key = CERTIFICATES[one.signedWith]?.key ?? one.signedWith;
    const publicKey = (of: string) =>
      readFileSync(file(`${of}.pub`), "utf8")
        .split(" ")
        .slice(0, 2)
        .join(" ");
    const text = one.signers
      .replaceAll("<it>", publicKey(key))
      .replaceAll("<other>", publicKey("other"))
      .replaceAll("<ca>", publicKey(authority));
    writeFileSync(file("signers"), `${text}\n`);
    const config = `gpg.ssh.allowedSignersFile=${file("signers")}`;
    const asked = spawnSync("git", ["-C", repo, "-c", config, "verify-tag", ref], { env });
    // git takes the tagger's date for the time; the product takes that of the first sight, and has a window beside it.
    const wanted = { repoDir: repo, tagName: ref, allowedSignersText: text, at: date };
    const openPgpKeys = parseOpenPgpKeys(new Map());
    const { line } = await verifyTagInRepo({ readers, verifier }, { ...wanted, openPgpKeys });
    const ours = [line.kind, line.because ?? ""].join(" ").trim();
    return { case: one, ours, git: asked.status === 0, gitSays: asked.stderr.toString() };
  }

  const exceptionOf = ({ case: one, ours, git: isGood }: Judgement) =>
    isGood && ours !== "trusted"
      ? STRICTER.find((exception) => exception.ours === ours && exception.isIt(one))
      : undefined;

  it(
    "are the same for generated keys, tags and allowed_signers files, but where we are stricter on purpose",
    async () => {
      const judged: Judgement[] = [];
      for (const one of sample(cases, { numRuns: RUNS, seed: SEED })) judged.push(await judge(one));
      const differing = judged.filter(
        (one) => (one.ours === "trusted") !== one.git && exceptionOf(one) === undefined,
      );
      expect({ seed: SEED, differing }).toEqual({ seed: SEED, differing: [] });
      // A verdict that is always no would pass otherwise.
      expect(judged.filter((one) => one.git).length).toBeGreaterThan(RUNS / 6);
    },
    60_000 + RUNS * 1_000,
  );

  it.each(STRICTER)("differ, and are meant to, for $name", async ({ name, example }) => {
    const plain: Case = {
      signedWith: "ed25519",
      namespace: "git",
      hash: "sha512",
      tagger: "ann@x",
      daysAgo: 0,
      message: "m\n",
      tampering: "none",
      signers: "ann@x <it>",
    };
    expect(await judge(plain)).toMatchObject({ git: true, ours: "trusted" });
    const judged = await judge({ ...plain, ...example });
    expect(judged.git).toBe(true);
    expect(exceptionOf(judged)?.name).toBe(name);
  });
});
