import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSigner } from "../../src/control/index.ts";
import { createSshVerifier } from "../../src/keys/index.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import {
  makeKeygenSigner,
  makeSigner,
  tampering,
  withCrlfArmor,
  type Signer,
} from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const eve = makeSigner("eve@example.test");
const old = makeSigner("old@example.test");
const lost = makeSigner("lost@example.test");
const SECRET = "nobody shall ever read this line\n";
const HOUR_MS = 3_600_000;

let world: World;
let forge: Forge;
let token: string;
let remote: string;
let second: string;
let scratch: string;
/** Objects that only refused tags reach. */
const refusedOids: string[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-refusals-"));
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addTeam("other", bob);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  await world.addSource({ slug: "acme-more", team: "acme", visibility: "public" });
  await world.change((files) =>
    addSigner(files, {
      principal: old.email,
      publicKey: old.publicKey,
      teams: ["acme"],
      validBefore: new Date(Date.now() - HOUR_MS),
    }),
  );
  await world.addSigner("acme", lost);
  const fingerprint = await fingerprintOf(lost);
  await world.change(
    (files) =>
      new Map([
        ...files,
        [
          "trust/revoked.yaml",
          Buffer.from(
            `keys:\n  - fingerprint: "${fingerprint}"\n    reason: the laptop was stolen\n`,
          ),
        ],
      ]),
  );
  token = await world.token("acme");
  remote = world.remote("acme-skills", token);
  second = world.remote("acme-more", token);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await forge.push(remote, "main", "deploy--v1.0.0");
  await forge.push(second, "main");
  await world.tag("acme-skills", "deploy--v1.0.0");
});
afterAll(async () => {
  await forge.remove();
  await rm(scratch, { recursive: true, force: true });
  await world.close();
});

type Unhappy = {
  readonly what: string;
  readonly code: string;
  readonly says: string;
  /** Part of the command that mends it. */
  readonly remedy: string;
  /** Makes the tag and returns its object. */
  make(name: string): Promise<string>;
};

const signed = (name: string) => forge.tag(name, { signer: ann });
const changed = async (name: string, change: (bytes: string) => string) => {
  const bytes = (await forge.read(await signed(name))).toString("latin1");
  return forge.rawTag(name, Buffer.from(change(bytes), "latin1"));
};
const blockOf = (bytes: string) => bytes.slice(bytes.indexOf("-----BEGIN SSH"));

const UNHAPPY: readonly Unhappy[] = [
  {
    what: "lightweight",
    code: "LIGHTWEIGHT",
    says: "bare pointer to a commit",
    remedy: "git tag -s -f",
    make: async (name) => {
      const oid = await forge.resolve("refs/heads/main");
      await forge.setRef(`refs/tags/${name}`, oid);
      return oid;
    },
  },
  {
    what: "unsigned",
    code: "UNSIGNED",
    says: "holds no signature",
    remedy: "chmod 600",
    make: (name) => forge.tag(name, {}),
  },
  {
    what: "nested",
    code: "NESTED",
    says: "points at another tag",
    remedy: "git tag -s -f",
    make: async (name) =>
      forge.tag(name, { signer: ann, at: await signed(name), objectType: "tag" }),
  },
  {
    what: "a tag of a tree",
    code: "NOT_A_COMMIT",
    says: "points at a tree",
    remedy: "git tag -s",
    make: async (name) => {
      const at = await forge.resolve("refs/heads/main^{tree}");
      return forge.tag(name, { signer: ann, at, objectType: "tree" });
    },
  },
  {
    what: "a tag of a file",
    code: "NOT_A_COMMIT",
    says: "points at a blob",
    remedy: "git tag -s",
    make: async (name) =>
      forge.tag(name, { signer: ann, at: await forge.blob(SECRET), objectType: "blob" }),
  },
  {
    what: "named otherwise inside",
    code: "NAME_MISMATCH",
    says: 'names itself "deploy--v1.0.0"',
    remedy: "git tag -s",
    make: (name) => forge.tag(name, { signer: ann, header: "deploy--v1.0.0" }),
  },
  {
    what: "with text after the signature",
    code: "TRAILING_BYTES",
    says: "text follows the signature block",
    remedy: "git tag -s -f",
    make: (name) => changed(name, (bytes) => `${bytes}and this\n`),
  },
  {
    what: "with two signatures",
    code: "TRAILING_BYTES",
    says: "more than one signature block",
    remedy: "git tag -s -f",
    make: (name) => changed(name, (bytes) => bytes + blockOf(bytes)),
  },
  {
    what: "with a header that git does not write",
    code: "TRAILING_BYTES",
    says: "a header",
    remedy: "git tag -s -f",
    make: (name) => changed(name, (bytes) => bytes.replace("\n\n", "\nencoding latin1\n\n")),
  },
  {
    what: "changed after it was signed",
    code: "BAD_SIGNATURE",
    says: "does not match",
    remedy: "git tag -s -f",
    make: (name) => changed(name, (bytes) => bytes.replace("\n\n", "\n\nmore ")),
  },
  {
    what: "signed over other bytes",
    code: "BAD_SIGNATURE",
    says: "does not match",
    remedy: "git tag -s -f",
    make: (name) => forge.tag(name, { signer: tampering(ann) }),
  },
  {
    what: "signed for another purpose",
    code: "BAD_SIGNATURE",
    says: "another purpose than git",
    remedy: "git tag -s -f",
    make: (name) => forge.tag(name, { signer: makeSigner(ann.email, "file") }),
  },
  {
    what: "with CR LF in the signature",
    code: "BAD_SIGNATURE",
    says: "not well formed",
    remedy: "git tag -s -f",
    make: (name) => forge.tag(name, { signer: withCrlfArmor(ann) }),
  },
  {
    what: "signed by OpenPGP",
    code: "UNSUPPORTED_KEY",
    says: "OpenPGP",
    remedy: "git config gpg.format ssh",
    make: (name) => changed(name, (bytes) => bytes.replaceAll("SSH SIGNATURE", "PGP SIGNATURE")),
  },
  {
    what: "signed by a stranger",
    code: "UNKNOWN_SIGNER",
    says: "no line of trust/allowed_signers",
    remedy: "npx assay key add",
    make: (name) => forge.tag(name, { signer: eve }),
  },
  {
    what: "signed by a stranger under a known name",
    code: "UNKNOWN_SIGNER",
    says: "no line of trust/allowed_signers",
    remedy: "npx assay key add",
    make: (name) => forge.tag(name, { signer: makeSigner(ann.email) }),
  },
  {
    what: "signed by somebody of another team",
    code: "SIGNER_NOT_ALLOWED",
    says: "not a signer of team acme",
    remedy: "npx assay key add bob@example.test --team",
    make: (name) => forge.tag(name, { signer: bob }),
  },
  {
    what: "signed with an expired key",
    code: "KEY_EXPIRED",
    says: "was over",
    remedy: "npx assay key add",
    make: (name) => forge.tag(name, { signer: old }),
  },
  {
    what: "dated into an expired key's validity",
    code: "KEY_EXPIRED",
    says: "was over",
    remedy: "npx assay key add",
    make: (name) => forge.tag(name, { signer: old, time: new Date(Date.now() - 2 * HOUR_MS) }),
  },
  {
    what: "signed with a revoked key",
    code: "KEY_REVOKED",
    says: "the laptop was stolen",
    remedy: "Make a new key",
    make: (name) => forge.tag(name, { signer: lost }),
  },
  {
    what: "tagged by somebody else than the signer",
    code: "TAGGER_MISMATCH",
    says: "tagged by",
    remedy: "git config user.email ann@example.test",
    make: (name) => forge.tag(name, { signer: ann, tagger: bob }),
  },
  {
    what: "dated two days ago",
    code: "TAGGER_DATE",
    says: "before it was first seen",
    remedy: "git tag -s -f",
    make: (name) => forge.tag(name, { signer: ann, time: new Date(Date.now() - 48 * HOUR_MS) }),
  },
  {
    what: "dated tomorrow",
    code: "TAGGER_DATE",
    says: "after it was first seen",
    remedy: "git tag -s -f",
    make: (name) => forge.tag(name, { signer: ann, time: new Date(Date.now() + 24 * HOUR_MS) }),
  },
  {
    what: "of a commit that is not on the branch",
    code: "NOT_ON_BRANCH",
    says: "is not on branch main",
    remedy: "git push origin HEAD:main",
    make: async (name) => {
      await forge.setRef("refs/heads/side", await forge.resolve("refs/heads/main"));
      const change = { "skills/deploy/secret.txt": SECRET };
      const at = await forge.commit(change, { branch: "side", message: `feat: ${name}` });
      refusedOids.push(at, await forge.resolve(`${at}:skills/deploy/secret.txt`));
      return forge.tag(name, { signer: ann, at });
    },
  },
  {
    what: "with a message larger than any",
    code: "TOO_LARGE",
    says: "larger than any tag",
    remedy: "Move large files",
    make: (name) => forge.tag(name, { signer: ann, message: "x".repeat(70_000) }),
  },
];

describe("a tag that is not published", () => {
  it.each(UNHAPPY.map((one, at) => ({ ...one, at })))(
    "$what: $code and a remedy in push output and API, its neighbour accepted, its name free",
    async ({ code, says, remedy, make, at }) => {
      const [bad, good] = [`deploy--v2.${at}.0`, `deploy--v2.${at}.1`];
      const oid = await make(bad);
      await signed(good);
      const pushed = await forge.push(remote, bad, good);
      expect(pushed.ok).toBe(false);
      const said = pushed.said(bad);
      expect(said).toContain(`REFUSED: ${bad}  ${code}`);
      expect(said).toContain(says);
      expect(said).toContain(`${world.url}/sources/acme-skills/tags/${bad}`);
      expect(pushed.said(`acme/deploy 2.${at}.1`)).toContain("accepted");

      const row = await world.tag("acme-skills", bad);
      expect(row).toMatchObject({ state: "refused", code, oid, became: null });
      expect(row["reason"]).toContain(says);
      expect(row["remedy"]).toContain(remedy);
      expect(said.replaceAll(/\s+/g, " ")).toContain(String(row["remedy"]).replaceAll(/\s+/g, " "));
      expect(await world.tag("acme-skills", good)).toMatchObject({ state: "published" });
      const archive = `/api/v1/skills/acme/deploy/versions/2.${at}.0`;
      expect((await world.ask(`${archive}/archive.tar.gz`)).status).toBe(404);
      expect((await world.ask(archive)).status).toBe(404);
      if (code !== "LIGHTWEIGHT") refusedOids.push(oid);

      await signed(bad);
      const mended = await forge.push(remote, bad);
      expect(mended.ok).toBe(true);
      expect(await world.tag("acme-skills", bad)).toMatchObject({ state: "published" });
    },
  );

  it("hands out no object of a refused tag, whoever asks and by whatever address", async () => {
    expect(refusedOids.length).toBeGreaterThan(UNHAPPY.length - 2);
    const to = join(scratch, "by-id");
    await run(scratch, ["init", "-q", to]);
    const repos = [remote, world.remote("s/acme/deploy"), world.remote("log")];
    const served: string[] = [];
    for (const url of repos) {
      for (const protocol of ["0", "2"]) {
        for (const oid of refusedOids) {
          const args = ["-c", `protocol.version=${protocol}`, "fetch", "-q", url, oid];
          if ((await run(to, args)).code === 0) served.push(`${oid} by ${url}`);
        }
      }
    }
    expect(served).toEqual([]);
    const index = await world.ask("/.well-known/agent-skills/index.json");
    expect([index.status, index.text.includes("secret.txt")]).toEqual([200, false]);
  }, 240_000);
});

describe("a tag that comes too late", () => {
  const refuse = async (url: string, source: string, tag: string, code: string, says: string) => {
    const pushed = await forge.push(url, tag);
    expect(pushed.ok).toBe(false);
    expect(pushed.said(tag)).toContain(`REFUSED: ${tag}  ${code}`);
    const row = await world.tag(source, tag);
    expect(row).toMatchObject({ state: "refused", code });
    expect(row["reason"]).toContain(says);
    expect(row["remedy"]).not.toBe("");
    return row;
  };

  it("is refused where its object was accepted from another source", async () => {
    await refuse(second, "acme-more", "deploy--v1.0.0", "BOUND_ELSEWHERE", "source acme-skills");
  });

  it("is refused where the skill belongs to another source of the team", async () => {
    await signed("deploy--v9.0.0");
    await refuse(second, "acme-more", "deploy--v9.0.0", "NAME_TAKEN", "source acme-skills");
  });

  it("is refused where another form of the same version was accepted", async () => {
    for (const tag of ["deploy@1.0.0", "deploy/v1.0.0", "deploy-v1.0.0"]) {
      await signed(tag);
      const row = await refuse(remote, "acme-skills", tag, "VERSION_EXISTS", "deploy--v1.0.0");
      expect(row["remedy"]).toContain("git tag -s deploy--v1.0.1");
    }
  });

  it("is refused where two forms of one version come in one push, but for the first", async () => {
    await signed("deploy--v3.0.0");
    await signed("deploy@3.0.0");
    const pushed = await forge.push(remote, "deploy--v3.0.0", "deploy@3.0.0");
    const verdicts = [...pushed.output.matchAll(/Assay (accepted|REFUSED)/g)].map(([, one]) => one);
    expect(verdicts.toSorted()).toEqual(["REFUSED", "accepted"]);
    expect(pushed.output).toContain("VERSION_EXISTS");
  });
});

describe("a tag whose skill is not right", () => {
  const refuse = async (tag: string, code: string, ...says: string[]) => {
    await signed(tag);
    const pushed = await forge.push(remote, "main", tag);
    const said = pushed.said(tag);
    expect(said).toContain(`REFUSED: ${tag}  ${code}`);
    for (const one of says) expect(said).toContain(one);
    expect(await world.tag("acme-skills", tag)).toMatchObject({ state: "refused", code });
  };

  it("is told what the skill's name might have been", async () => {
    await refuse("deplyo--v1.0.0", "UNKNOWN_SKILL", "did you mean deploy--v1.0.0");
  });

  it("is told the form of a name that no skill can have", async () => {
    await refuse("Deploy--v1.0.0", "UNKNOWN_SKILL", "did you mean deploy--v1.0.0");
    await refuse("deploy--v1.0.0+build", "UNKNOWN_SKILL", "build metadata");
  });

  it("is told to name a skill where the source holds several", async () => {
    await forge.commit({ "skills/review/SKILL.md": skillMd("review") });
    await refuse("v7.0.0", "UNKNOWN_SKILL", "did you mean", "deploy--v7.0.0");
  });

  it("is told line and fix of what breaks a rule, and can be mended", async () => {
    const path = "skills/bad/SKILL.md";
    await forge.commit({ [path]: "---\nname: worse\ndescription: x\n---\nBody.\n" });
    await refuse("bad--v1.0.0", "INVALID_SKILL", "SKILL.md:2:", "git commit -a");
    await forge.commit({ [path]: skillMd("bad") });
    await signed("bad--v1.0.0");
    expect((await forge.push(remote, "main", "bad--v1.0.0")).ok).toBe(true);
    expect(await world.tag("acme-skills", "bad--v1.0.0")).toMatchObject({ state: "published" });
  });

  it("is told the limit that a file breaks", async () => {
    const content = Buffer.alloc(6 * 1024 * 1024, "a");
    await forge.commit({ "skills/big/SKILL.md": skillMd("big"), "skills/big/data": content });
    await refuse("big--v1.0.0", "TOO_LARGE", "data");
    await forge.commit({ "skills/big/SKILL.md": null, "skills/big/data": null });
  });

  it("is ignored, with a line that says so, when it names no version", async () => {
    await forge.setRef("refs/tags/nightly", await forge.resolve("refs/heads/main"));
    const pushed = await forge.push(remote, "nightly");
    expect(pushed.ok).toBe(true);
    expect(pushed.said("nightly")).toContain("no semantic version");
    expect(await world.tag("acme-skills", "nightly")).toMatchObject({ state: "ignored" });
  });
});

describe("the very same tag object", () => {
  it("is accepted once the law knows its signer", async () => {
    const fay = makeSigner("fay@example.test");
    const oid = await forge.tag("deploy--v4.0.0", { signer: fay });
    expect((await forge.push(remote, "deploy--v4.0.0")).output).toContain("UNKNOWN_SIGNER");
    await world.addSigner("acme", fay);
    expect((await forge.push(remote, "deploy--v4.0.0")).ok).toBe(true);
    const row = await world.tag("acme-skills", "deploy--v4.0.0");
    expect(row).toMatchObject({ state: "published", oid });
    expect(row).not.toHaveProperty("code");
  });

  it("is accepted once its commit is on the branch", async () => {
    await forge.setRef("refs/heads/late", await forge.resolve("refs/heads/main"));
    const at = await forge.commit({ "skills/deploy/a.md": "a\n" }, { branch: "late" });
    await forge.tag("deploy--v5.0.0", { signer: ann, at });
    expect((await forge.push(remote, "deploy--v5.0.0")).output).toContain("NOT_ON_BRANCH");
    expect((await forge.push(remote, "late:main", "deploy--v5.0.0")).ok).toBe(true);
    expect(await world.tag("acme-skills", "deploy--v5.0.0")).toMatchObject({ state: "published" });
    await forge.setRef("refs/heads/main", at);
  });
});

describeWith("ssh-keygen")("a key that ssh-keygen made", () => {
  it.each([
    ["ecdsa", ["-t", "ecdsa", "-b", "256"]],
    ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ed25519", ["-t", "ed25519"]],
  ])("publishes: %s", async (kind, options) => {
    const gus = await makeKeygenSigner(`gus-${kind}@example.test`, ...options);
    try {
      await world.addSigner("acme", gus);
      const tag = `deploy--v6.0.0-${kind}`;
      await forge.tag(tag, { signer: gus });
      expect((await forge.push(remote, tag)).output).toContain("Assay accepted");
      expect(await world.tag("acme-skills", tag)).toMatchObject({ state: "published" });
    } finally {
      await gus.remove();
    }
  });
});

async function fingerprintOf(signer: Signer): Promise<string> {
  const payload = Buffer.from("who are you?");
  const armor = await signer.sign(payload);
  const verdict = createSshVerifier().verify({ armor, payload, namespace: "git" });
  if (verdict.kind !== "good") throw new Error("the signer's own signature does not hold");
  return verdict.key.fingerprint;
}
