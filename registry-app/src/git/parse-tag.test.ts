import { describe, expect, it } from "vitest";
import { commitFiles, parseCommit, parseTagObject, writeTag } from "./index.ts";
import { AUTHOR, git, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

const OID = "0123456789012345678901234567890123456789";
const ARMOR = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n";
const HEADERS = {
  object: `object ${OID}\n`,
  type: "type commit\n",
  tag: "tag pdf--v1.0.0\n",
  tagger: "tagger Ada Lovelace <ada@example.com> 1767323045 +0100\n",
};
const head = Object.values(HEADERS).join("");
const tagBytes = (text: string) => Buffer.from(text, "latin1");
const judge = (text: string) => {
  const parsed = parseTagObject(tagBytes(text));
  return parsed.kind === "unreadable" ? parsed.because : parsed.kind;
};

describe("a tag object", () => {
  it("is read into its parts, the payload being the bytes before the signature", () => {
    const bytes = Buffer.concat([
      Buffer.from(`${head}\nFirst\n\n\xe9`),
      Buffer.from([0xff, 10]),
      Buffer.from(ARMOR),
    ]);
    const parsed = parseTagObject(bytes);
    expect(parsed).toMatchObject({
      kind: "ok",
      tag: {
        objectOid: OID,
        objectType: "commit",
        name: "pdf--v1.0.0",
        tagger: {
          name: "Ada Lovelace",
          email: "ada@example.com",
          timeSeconds: 1767323045,
          zone: "+0100",
        },
      },
      signature: { format: "ssh", armor: ARMOR.trimEnd() },
    });
    expect(
      parsed.kind === "ok" && parsed.payload.equals(bytes.subarray(0, bytes.indexOf("-----"))),
    ).toBe(true);
  });

  it.each([
    ["ok", `${head}\nmsg\n${ARMOR}`],
    ["ok", `${head}\nmsg\n${ARMOR}\n \t\r\n`],
    ["ok", `${head}\n-----BEGIN PGP SIGNATURE-----\nfake, never ended\n${ARMOR}`],
    ["ok", `${head}\n -----BEGIN SSH SIGNATURE-----\nindented\n${ARMOR}`],
    ["ok", `${head}\nmsg\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\n`],
    ["ok", `${head}\nmsg\n-----BEGIN SIGNED MESSAGE-----\nx\n-----END SIGNED MESSAGE-----\n`],
    ["unsigned", `${head}\nmsg\n`],
    ["unsigned", `${head}\n`],
    ["unsigned", `${head}\ntext -----BEGIN SSH SIGNATURE-----\n`],
    ["trailing-bytes", `${head}\nmsg\n${ARMOR}more\n`],
    ["trailing-bytes", `${head}\nmsg\n${ARMOR.trimEnd()}more\n`],
    ["two-blocks", `${head}\nmsg\n${ARMOR}${ARMOR}`],
    ["two-blocks", `${head}\nmsg\n${ARMOR}-----BEGIN PGP SIGNATURE-----\n`],
    ["unterminated-signature", `${head}\nmsg\n-----BEGIN SSH SIGNATURE-----\nU1NI\n`],
    [
      "unterminated-signature",
      `${head}\nmsg\n-----BEGIN SSH SIGNATURE-----\n-----END PGP SIGNATURE-----\n`,
    ],
    [
      "unterminated-signature",
      `${head}\nm\n-----BEGIN SSH SIGNATURE----- x\n-----END SSH SIGNATURE-----\n`,
    ],
    ["missing-header", `${HEADERS.object}${HEADERS.type}${HEADERS.tag}\nm\n${ARMOR}`],
    ["missing-header", `${HEADERS.object}${HEADERS.type}${HEADERS.tagger}\nm\n`],
    ["missing-header", `\n${head}\nm\n`],
    ["duplicate-header", `${HEADERS.object}${head}\nm\n`],
    ["duplicate-header", `${head}${HEADERS.tag}\nm\n`],
    ["unknown-header", `${head}extra yes\n\nm\n`],
    ["gpgsig-header", `${head}gpgsig-sha256 x\n y\n\nm\n`],
    ["malformed-header", `${HEADERS.type}${HEADERS.object}${HEADERS.tag}${HEADERS.tagger}\nm\n`],
    ["malformed-header", head],
    ["malformed-header", ""],
    ["malformed-header", head.replace(OID, OID.slice(1))],
    ["malformed-header", head.replace(OID, OID.toUpperCase().replace("0", "A")) + "\n"],
    ["malformed-header", `${head.replace("type commit", "type  commit")}\n`],
    ["malformed-header", `${head.replace("pdf", "pdf\n x")}\n`],
    ["malformed-header", `${head.replace("pdf", "p\x07df")}\n`],
    ["malformed-header", `${head.replace("pdf", "p\xffdf")}\n`],
    ["malformed-header", `${head.replace("<ada", "<<ada")}\n`],
    ["malformed-header", `${head.replace("com>", "com> <eve@example.com>")}\n`],
    ["malformed-header", `${head.replace("1767323045", "1e9")}\n`],
    ["malformed-header", `${head.replace("+0100", "+100")}\n`],
    ["nul-byte", `${head}\nm\0\n${ARMOR}`],
    ["too-large", `${head}\n${"m".repeat(65_536)}\n`],
  ])("is judged %s: %j", (kind, text) => {
    expect(judge(text)).toBe(kind);
  });

  it("takes linear time on thousands of marks", () => {
    const marks =
      "-----END SSH SIGNATURE-----\n".repeat(1100) + "-----BEGIN PGP SIGNATURE-----\n".repeat(1000);
    const started = performance.now();
    expect(judge(`${head}\n${marks}`)).toBe("unterminated-signature");
    expect(performance.now() - started).toBeLessThan(200);
  });

  it("written here is one that stock git accepts and reads back the same", async () => {
    const { dir, readers } = await scratchRepo();
    const made = await commitFiles(readers, dir, {
      branch: "main",
      changes: new Map([["a", "b"]]),
      author: AUTHOR,
      message: "m",
      time: TIME,
    });
    const objectOid = made.kind === "committed" ? made.commit : "";
    let payload: Buffer | undefined;
    const oid = await writeTag(dir, {
      objectOid,
      objectType: "commit",
      name: "a--v1.0.0",
      tagger: AUTHOR,
      time: TIME,
      message: "Grüße",
      sign: (bytes) => {
        payload = bytes;
        return ARMOR;
      },
    });
    git(dir, ["update-ref", "refs/tags/a--v1.0.0", oid]);
    git(dir, ["fsck", "--strict"]);
    const read = await readers.read(dir, oid, { maxBytes: 9999 });
    const parsed = read.kind === "object" ? parseTagObject(read.bytes) : undefined;
    expect(parsed).toMatchObject({
      kind: "ok",
      payload,
      tag: { name: "a--v1.0.0", message: "Grüße\n" },
    });
  });
});

describe("a commit object", () => {
  it("made by stock git is read into its parts", async () => {
    const { dir, readers } = await scratchRepo();
    const tree = git(dir, ["mktree"]);
    const first = git(dir, ["commit-tree", tree, "-m", "one"]);
    const oid = git(dir, ["commit-tree", tree, "-p", first, "-m", "two", "-m", "body"]);
    const read = await readers.read(dir, oid, { maxBytes: 9999 });
    const parsed = read.kind === "object" ? parseCommit(read.bytes) : undefined;
    expect(parsed).toMatchObject({
      kind: "ok",
      commit: { tree, parents: [first], author: AUTHOR, message: "two\n\nbody\n" },
    });
  });

  it("gives back exactly the bytes that were signed", async () => {
    const { dir, readers } = await scratchRepo();
    let payload: Buffer | undefined;
    const made = await commitFiles(readers, dir, {
      branch: "main",
      changes: new Map([["a", "b"]]),
      author: AUTHOR,
      message: "feat: x",
      time: TIME,
      sign: (bytes) => {
        payload = bytes;
        return ARMOR;
      },
    });
    git(dir, ["fsck", "--strict"]);
    const read = await readers.read(dir, made.kind === "committed" ? made.commit : "", {
      maxBytes: 9999,
    });
    const parsed = read.kind === "object" ? parseCommit(read.bytes) : undefined;
    expect(parsed).toMatchObject({
      kind: "ok",
      signed: { payload, signature: { format: "ssh", armor: ARMOR.trimEnd() } },
    });
  });

  const commit = `tree ${OID}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n`;
  it.each([
    ["ok", `${commit}\nm\n`],
    ["ok", `${commit}encoding ISO-8859-1\nmergetag object ${OID}\n type commit\n\nm\n`],
    ["missing-header", `tree ${OID}\nauthor A <a@b> 1 +0000\n\nm\n`],
    ["duplicate-header", `tree ${OID}\n${commit}\nm\n`],
    ["duplicate-header", `${commit}gpgsig x\ngpgsig y\n\nm\n`],
    ["gpgsig-header", `${commit}gpgsig-sha256 x\n\nm\n`],
    ["unterminated-signature", `${commit}gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n\nm\n`],
    [
      "unterminated-signature",
      `${commit}gpgsig x\n ${ARMOR.trimEnd().replaceAll("\n", "\n ")}\n\nm\n`,
    ],
    ["malformed-header", `${commit.replace("1 +0000", "yesterday")}\nm\n`],
    ["nul-byte", `${commit}x a\0b\n\nm\n`],
  ])("is judged %s: %j", (kind, text) => {
    const parsed = parseCommit(Buffer.from(text));
    expect(parsed.kind === "unreadable" ? parsed.because : parsed.kind).toBe(kind);
  });
});
