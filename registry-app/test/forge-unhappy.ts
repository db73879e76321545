import type { Forge } from "./forge.ts";
import { makeSigner, tampering, withCrlfArmor, type Signer } from "./forge-keys.ts";

const HOUR_MS = 3_600_000;
/** Stands only in objects that no good tag reaches. */
export const SECRET = "nobody shall ever read this line\n";

/** The repo that the table writes to, and who signs: a signer of the team, one of another team, and keys that are expired and revoked. */
export type Cast = {
  readonly forge: Forge;
  readonly ann: Signer;
  readonly bob: Signer;
  readonly old: Signer;
  readonly lost: Signer;
};

/** One way in which a tag is not good: how to make it, and what its author is told. */
export type Unhappy = {
  readonly what: string;
  readonly code: string;
  readonly says: string;
  /** Part of the command that mends it. */
  readonly remedy: string;
  /** Makes the tag and returns its object. */
  make(cast: Cast, name: string): Promise<string>;
};

const signed = ({ forge, ann }: Cast, name: string) => forge.tag(name, { signer: ann });
const changed = async (cast: Cast, name: string, change: (bytes: string) => string) => {
  const bytes = (await cast.forge.read(await signed(cast, name))).toString("latin1");
  return cast.forge.rawTag(name, Buffer.from(change(bytes), "latin1"));
};
const blockOf = (bytes: string) => bytes.slice(bytes.indexOf("-----BEGIN SSH"));

/** Every kind of bad tag on a good skill; each is made under the name that it is given. */
export const UNHAPPY: readonly Unhappy[] = [
  {
    what: "lightweight",
    code: "LIGHTWEIGHT",
    says: "bare pointer to a commit",
    remedy: "git tag -s -f",
    make: async (cast, name) => {
      const oid = await cast.forge.resolve("refs/heads/main");
      await cast.forge.setRef(`refs/tags/${name}`, oid);
      return oid;
    },
  },
  {
    what: "unsigned",
    code: "UNSIGNED",
    says: "holds no signature",
    remedy: "chmod 600",
    make: (cast, name) => cast.forge.tag(name, {}),
  },
  {
    what: "nested",
    code: "NESTED",
    says: "points at another tag",
    remedy: "git tag -s -f",
    make: async (cast, name) =>
      cast.forge.tag(name, { signer: cast.ann, at: await signed(cast, name), objectType: "tag" }),
  },
  {
    what: "a tag of a tree",
    code: "NOT_A_COMMIT",
    says: "points at a tree",
    remedy: "git tag -s",
    make: async (cast, name) => {
      const at = await cast.forge.resolve("refs/heads/main^{tree}");
      return cast.forge.tag(name, { signer: cast.ann, at, objectType: "tree" });
    },
  },
  {
    what: "a tag of a file",
    code: "NOT_A_COMMIT",
    says: "points at a blob",
    remedy: "git tag -s",
    make: async (cast, name) =>
      cast.forge.tag(name, {
        signer: cast.ann,
        at: await cast.forge.blob(SECRET),
        objectType: "blob",
      }),
  },
  {
    what: "named otherwise inside",
    code: "NAME_MISMATCH",
    says: 'names itself "deploy--v1.0.0"',
    remedy: "git tag -s",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.ann, header: "deploy--v1.0.0" }),
  },
  {
    what: "with text after the signature",
    code: "TRAILING_BYTES",
    says: "text follows the signature block",
    remedy: "git tag -s -f",
    make: (cast, name) => changed(cast, name, (bytes) => `${bytes}and this\n`),
  },
  {
    what: "with two signatures",
    code: "TRAILING_BYTES",
    says: "more than one signature block",
    remedy: "git tag -s -f",
    make: (cast, name) => changed(cast, name, (bytes) => bytes + blockOf(bytes)),
  },
  {
    what: "with a header that git does not write",
    code: "TRAILING_BYTES",
    says: "a header",
    remedy: "git tag -s -f",
    make: (cast, name) =>
      changed(cast, name, (bytes) => bytes.replace("\n\n", "\nencoding latin1\n\n")),
  },
  {
    what: "changed after it was signed",
    code: "BAD_SIGNATURE",
    says: "does not match",
    remedy: "git tag -s -f",
    make: (cast, name) => changed(cast, name, (bytes) => bytes.replace("\n\n", "\n\nmore ")),
  },
  {
    what: "signed over other bytes",
    code: "BAD_SIGNATURE",
    says: "does not match",
    remedy: "git tag -s -f",
    make: (cast, name) => cast.forge.tag(name, { signer: tampering(cast.ann) }),
  },
  {
    what: "signed for another purpose",
    code: "BAD_SIGNATURE",
    says: "another purpose than git",
    remedy: "git tag -s -f",
    make: (cast, name) => cast.forge.tag(name, { signer: makeSigner(cast.ann.email, "file") }),
  },
  {
    what: "with CR LF in the signature",
    code: "TRAILING_BYTES",
    says: "the signature block has no end",
    remedy: "git tag -s -f",
    make: (cast, name) => cast.forge.tag(name, { signer: withCrlfArmor(cast.ann) }),
  },
  {
    what: "signed by X.509",
    code: "UNSUPPORTED_KEY",
    says: "X.509",
    remedy: "git config gpg.format ssh",
    make: (cast, name) =>
      changed(cast, name, (bytes) => bytes.replaceAll("SSH SIGNATURE", "SIGNED MESSAGE")),
  },
  {
    what: "signed by a stranger",
    code: "UNKNOWN_SIGNER",
    says: "no line of trust/allowed_signers",
    remedy: "npx assay key add",
    make: (cast, name) => cast.forge.tag(name, { signer: makeSigner("eve@example.test") }),
  },
  {
    what: "signed by a stranger under a known name",
    code: "UNKNOWN_SIGNER",
    says: "no line of trust/allowed_signers",
    remedy: "npx assay key add",
    make: (cast, name) => cast.forge.tag(name, { signer: makeSigner(cast.ann.email) }),
  },
  {
    what: "signed by somebody of another team",
    code: "SIGNER_NOT_ALLOWED",
    says: "not a signer of team acme",
    remedy: "npx assay key add bob@example.test --team",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.bob }),
  },
  {
    what: "signed with an expired key",
    code: "KEY_EXPIRED",
    says: "was over",
    remedy: "npx assay key add",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.old }),
  },
  {
    what: "dated into an expired key's validity",
    code: "KEY_EXPIRED",
    says: "was over",
    remedy: "npx assay key add",
    make: (cast, name) =>
      cast.forge.tag(name, { signer: cast.old, time: new Date(Date.now() - 2 * HOUR_MS) }),
  },
  {
    what: "signed with a revoked key",
    code: "KEY_REVOKED",
    says: "the laptop was stolen",
    remedy: "Make a new key",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.lost }),
  },
  {
    what: "tagged by somebody else than the signer",
    code: "TAGGER_MISMATCH",
    says: "tagged by",
    remedy: "git config user.email ann@example.test",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.ann, tagger: cast.bob }),
  },
  {
    what: "dated two days ago",
    code: "TAGGER_DATE",
    says: "before it was first seen",
    remedy: "git tag -s -f",
    make: (cast, name) =>
      cast.forge.tag(name, { signer: cast.ann, time: new Date(Date.now() - 48 * HOUR_MS) }),
  },
  {
    what: "dated tomorrow",
    code: "TAGGER_DATE",
    says: "after it was first seen",
    remedy: "git tag -s -f",
    make: (cast, name) =>
      cast.forge.tag(name, { signer: cast.ann, time: new Date(Date.now() + 24 * HOUR_MS) }),
  },
  {
    what: "of a commit that is not on the branch",
    code: "NOT_ON_BRANCH",
    says: "is not on branch main",
    remedy: "git push origin HEAD:main",
    make: async (cast, name) => {
      await cast.forge.setRef("refs/heads/side", await cast.forge.resolve("refs/heads/main"));
      const change = { "skills/deploy/secret.txt": SECRET };
      const at = await cast.forge.commit(change, { branch: "side", message: `feat: ${name}` });
      return cast.forge.tag(name, { signer: cast.ann, at });
    },
  },
  {
    what: "with a message larger than any",
    code: "TOO_LARGE",
    says: "larger than any tag",
    remedy: "Move large files",
    make: (cast, name) => cast.forge.tag(name, { signer: cast.ann, message: "x".repeat(70_000) }),
  },
];
