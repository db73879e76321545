import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseControl } from "../control/index.ts";
import { createObjectReaders, initBare, writeCommit, writeTree } from "../git/index.ts";
import { createSshVerifier, formatPublicKey, generateEd25519, signSsh } from "../keys/index.ts";
import { foreseeSigner } from "./signer-readiness.ts";

const ANN = "ann@acme.example";
const ann = generateEd25519();
const bo = generateEd25519();
const stranger = generateEd25519();
const verifier = createSshVerifier();
const readers = createObjectReaders();
const home = mkdtempSync(join(tmpdir(), "assay-readiness-"));
const repoDir = join(home, "r.git");
const at = new Date("2026-06-01T00:00:00Z");

beforeAll(() => initBare(repoDir));
afterAll(async () => {
  await readers.close();
  rmSync(home, { recursive: true });
});

const line = (who: string, pair: typeof ann) =>
  `${who} namespaces="git" ${formatPublicKey(pair.publicKey)}\n`;
const FILES = {
  "teams/acme.yaml": `name: Acme\nsigners: [${ANN}]\n`,
  "sources/skills.yaml": "team: acme\nhosted: true\n",
  "trust/allowed_signers": line(ANN, ann) + line("bo@acme.example", bo),
};
function lawOf(change: Readonly<Record<string, string>> = {}) {
  const files = Object.entries({ ...FILES, ...change });
  const read = parseControl(new Map(files.map(([path, text]) => [path, Buffer.from(text)])));
  if (read.kind !== "ok") throw new Error(JSON.stringify(read.problems));
  return read.snapshot;
}

type Commit = { readonly email?: string; readonly key?: typeof ann };
async function foresee({ email = ANN, key }: Commit, law = lawOf()) {
  const sign = key && (async (payload: Buffer) => signSsh(key, payload, "git"));
  const tree = await writeTree(repoDir, []);
  const author = { name: "A", email };
  const commit = { tree, parents: [], author, time: at, message: "feat: x", sign };
  const commitOid = await writeCommit(repoDir, commit);
  return foreseeSigner({ readers, verifier }, law, { slug: "skills", repoDir, commitOid, at });
}

describe("whether the author of a commit could sign its release", () => {
  it("is sure where the commit is signed as a release has to be", async () => {
    const said = await foresee({ key: ann });
    expect(said).toMatchObject({ kind: "ready", help: null });
    expect(said?.says).toContain(ann.publicKey.fingerprint);
  });

  it.each([
    ["a key that nobody has entered", { key: stranger }, /does not name/, /key add YOUR-EMAIL/],
    [
      "the key of somebody of another team",
      { key: bo, email: "bo@acme.example" },
      /may not release for team acme/,
      /^npx assay key add bo@acme\.example --team acme$/,
    ],
    [
      "a good key under another e-mail",
      { key: ann, email: "ann@home.example" },
      /under another e-mail/,
      /^git config user\.email ann@acme\.example$/,
    ],
  ])("is denied for %s, with what to do about it", async (_what, commit, says, help) => {
    const said = await foresee(commit);
    expect(said).toMatchObject({ kind: "unready" });
    expect(said?.says).toMatch(says);
    expect(said?.help).toMatch(help);
  });

  it("is likely where nothing is signed and the author may release and has a key", async () => {
    expect(await foresee({})).toMatchObject({ kind: "likely", help: null });
    expect(await foresee({ email: ANN.toUpperCase() })).toMatchObject({ kind: "likely" });
  });

  it("is denied to an unsigned commit of a stranger, whose address is not repeated", async () => {
    const said = await foresee({ email: "eve@elsewhere.example" });
    expect(said).toMatchObject({ kind: "unready" });
    expect(JSON.stringify(said)).not.toContain("eve@");
  });

  it("is denied to a signer whose keys have all expired", async () => {
    const old = `${ANN} valid-before="20260101Z" ${formatPublicKey(ann.publicKey)}\n`;
    const law = lawOf({ "trust/allowed_signers": old });
    expect(await foresee({}, law)).toMatchObject({ kind: "unready" });
    expect(await foresee({ key: ann }, law)).toMatchObject({
      kind: "unready",
      says: expect.stringContaining("not valid now"),
    });
  });

  it("changes with the law and not with the commit", async () => {
    const law = lawOf({ "teams/acme.yaml": `name: Acme\nsigners: [${ANN}, bo@acme.example]\n` });
    const commit = { key: bo, email: "bo@acme.example" };
    expect(await foresee(commit)).toMatchObject({ kind: "unready" });
    expect(await foresee(commit, law)).toMatchObject({ kind: "ready" });
  });

  it("cannot be told of what is no commit, or of a source that the law does not know", async () => {
    const asked = { slug: "skills", repoDir, commitOid: "0".repeat(40), at };
    expect(await foreseeSigner({ readers, verifier }, lawOf(), asked)).toBeUndefined();
    const commitOid = await writeTree(repoDir, []);
    expect(
      await foreseeSigner({ readers, verifier }, lawOf(), { ...asked, commitOid }),
    ).toBeUndefined();
    const none = await foreseeSigner({ readers, verifier }, lawOf(), { ...asked, slug: "none" });
    expect(none).toBeUndefined();
  });
});
