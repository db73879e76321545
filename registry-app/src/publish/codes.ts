/** Facts about the tag at hand from which a remedy's command is made. */
export type RemedyFacts = {
  readonly tag: string;
  readonly source: string;
  /** A followed source's own host holds the refused tag already. */
  readonly isFollowed?: boolean;
  /** `name--vVERSION`, when the tag's name could be read. */
  readonly wantedTag?: string;
  readonly branch?: string;
  readonly skill?: string;
  /** The folder that holds the wanted skill, where none is looked for. */
  readonly liesAt?: string;
  readonly nextVersion?: string;
  readonly fingerprint?: string;
  readonly principal?: string;
  readonly tagger?: string;
  /** Held for nothing but the history that its source came with. */
  readonly isImport?: boolean;
};

type CodeRow = {
  readonly title: string;
  /** What was found, in one sentence. */
  readonly what: string;
  /** Why Assay insists. */
  readonly why: string;
  /** One command or one link that mends it. */
  readonly remedy: (facts: RemedyFacts) => string;
};

/** A tag in somebody's shell: quoted, as tag names of refused pushes are not ours to trust. */
const quoted = (text: string) =>
  /^[A-Za-z0-9._/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What to push: the tag, over the refused one where the source's host kept that. */
const pushed = (f: RemedyFacts, name: string) => quoted(f.isFollowed === true ? `+${name}` : name);
const sign = (f: RemedyFacts) => {
  const name = f.wantedTag ?? f.tag;
  const tag = quoted(name);
  return `git tag -s -f ${tag} ${quoted(f.tag)}^{} -m ${tag} && git push origin ${pushed(f, name)}`;
};
/** A host's own page of releases makes lightweight tags, which the author's clone then lacks. */
const fetchAndSign = (f: RemedyFacts) =>
  f.isFollowed === true ? `git fetch -f origin tag ${quoted(f.tag)} && ${sign(f)}` : sign(f);
const signNew = (f: RemedyFacts) => {
  const tag = quoted(f.wantedTag ?? f.tag);
  return `git tag -s ${tag} -m ${tag} && git push origin ${tag}`;
};
const commitAndTag = (f: RemedyFacts, message: string) => {
  const name = f.wantedTag ?? f.tag;
  const tag = quoted(name);
  return `git commit -a -m "${message}" && git tag -s -f ${tag} -m ${tag} && git push origin HEAD ${pushed(f, name)}`;
};
/** An OpenPGP fingerprint or key id is hex; SSH's begin with the name of a hash. */
const isOpenPgp = (fingerprint: string | undefined) =>
  fingerprint !== undefined && /^[0-9A-F]{16,64}$/.test(fingerprint);
const next = (f: RemedyFacts) =>
  f.skill === undefined
    ? "Tag the next version."
    : signNew({ ...f, wantedTag: `${f.skill}--v${f.nextVersion ?? "NEXT"}` });

/** Every reason for which a tag is not published. Contract: docs/contracts list the same names; each has its page under /docs/codes. */
export const TAG_CODES = {
  LIGHTWEIGHT: {
    title: "The tag is lightweight",
    what: "The tag is a bare pointer to a commit; it has no tagger, no message and no signature.",
    why: "Only a tag object can carry a signature, so nobody stands behind a lightweight tag. A usual cause: a release made on the host's web page, which makes such a tag. The release stays with the name when the tag is signed; a host with immutable releases keeps the tag, and the next version is the way on.",
    remedy: fetchAndSign,
  },
  UNSIGNED: {
    title: "The tag is not signed",
    what: "The tag object holds no signature.",
    why: "The signature is what makes a tag a release. A usual cause: an SSH key file with mode 0644, with which `git tag -s` ends without a signature and without an error.",
    remedy: (f) => `chmod 600 "$(git config user.signingkey)"; ${sign(f)}`,
  },
  NESTED: {
    title: "The tag points at another tag",
    what: "The object that the tag names is itself a tag.",
    why: "The signature would cover the inner tag and not the commit that is released.",
    remedy: sign,
  },
  NOT_A_COMMIT: {
    title: "The tag does not point at a commit",
    what: "The object that the tag names is a tree or a file.",
    why: "A release has a history, an author and a changelog; a bare tree has none.",
    remedy: (f) => {
      const name = f.wantedTag ?? f.tag;
      return `git tag -s -f ${quoted(name)} HEAD -m ${quoted(name)} && git push origin ${pushed(f, name)}`;
    },
  },
  NAME_MISMATCH: {
    title: "The tag's ref and its own name differ",
    what: "The name inside the signed tag object is not the name under which it was pushed.",
    why: "A signature holds for the name it covers; otherwise an old release could be replayed as a new one.",
    remedy: sign,
  },
  TRAILING_BYTES: {
    title: "The tag object is not well formed",
    what: "There is content outside what the signature covers, more than one signature block, or a header that is missing or given twice.",
    why: "Bytes that nobody signed must not travel in a signed object.",
    remedy: sign,
  },
  BAD_SIGNATURE: {
    title: "The signature does not hold",
    what: "The signature does not match the tag's content, or it was made for another purpose.",
    why: "The content is not what the key's owner signed.",
    remedy: sign,
  },
  UNSUPPORTED_KEY: {
    title: "This kind of key or signature is not accepted",
    what: "Accepted are SSH and OpenPGP signatures by ed25519, ECDSA and RSA (2048 bits and more) keys with SHA-2, and SSH user certificates without critical options that are valid for no longer than policy.yaml says (7 days by default).",
    why: "Older algorithms can be forged, a certificate for years cannot be told from a stolen one, and other formats are not judged here.",
    remedy: (f) => `git config gpg.format ssh && ${sign(f)}`,
  },
  UNKNOWN_SIGNER: {
    title: "The key is not known here",
    what: "The control repo names no person for this key: no line of trust/allowed_signers has it, or the authority of its certificate, and no file of trust/openpgp.",
    why: "A signature only means something when it is known whose it is.",
    remedy: (f) =>
      isOpenPgp(f.fingerprint)
        ? `gpg --armor --export ${f.fingerprint}   # an admin commits this to the control repo as trust/openpgp/YOUR-EMAIL.asc`
        : `Ask an admin to run: npx assay key add YOUR-EMAIL --team TEAM --key 'CONTENT OF YOUR .pub FILE'${f.fingerprint === undefined ? "" : `  (the key is ${f.fingerprint})`}`,
  },
  SIGNER_NOT_ALLOWED: {
    title: "This signer may not publish from this source",
    what: "The signer is known, but is not a signing principal of the team that owns the source.",
    why: "Who may release for a team is decided in the control repo and nowhere else.",
    remedy: (f) =>
      `Ask an admin to run: npx assay key add ${f.principal ?? "YOUR-EMAIL"} --team TEAM-OF-${f.source}`,
  },
  KEY_EXPIRED: {
    title: "The key is outside its validity",
    what: "The signer's key, certificate or authority was not valid when Assay first saw this tag.",
    why: "Validity is judged by the registry's clock, since a tagger writes their own date.",
    remedy: (f) =>
      `Ask an admin to run: npx assay key add ${f.principal ?? "YOUR-EMAIL"} --team TEAM --key 'CONTENT OF YOUR NEW .pub FILE'`,
  },
  KEY_REVOKED: {
    title: "The key is revoked",
    what: "trust/revoked.yaml of the control repo names this key, its owner, its certificate or its authority; or the owner of an OpenPGP key has revoked it.",
    why: "A revoked key may be in other hands.",
    remedy: (f) => `Make a new key, ask an admin to add it (npx assay key add), then: ${sign(f)}`,
  },
  TAGGER_MISMATCH: {
    title: "The tagger is not the signer",
    what: "The tagger's e-mail in the tag differs from the principal whose key signed it.",
    why: "Otherwise a release could carry one person's name and another's signature.",
    remedy: (f) =>
      `git config user.email ${quoted(f.principal ?? "YOUR-SIGNING-EMAIL")} && ${sign(f)}`,
  },
  TAGGER_DATE: {
    title: "The tag's date is not near the time of the push",
    what: "The tagger's date is more than 24 hours before, or 10 minutes after, the moment when Assay first saw the tag.",
    why: "An old tag that turns up late may come from a key that has changed hands since.",
    remedy: sign,
  },
  NOT_ON_BRANCH: {
    title: "The commit is not on the protected branch",
    what: "The tagged commit cannot be reached from the source's protected branch.",
    why: "Only reviewed history is released; a tag on a side branch or a fork would go around it.",
    remedy: (f) => `git push origin HEAD:${f.branch ?? "main"} && git push origin ${quoted(f.tag)}`,
  },
  TAG_MOVED: {
    title: "A released tag was moved",
    what: "This tag name was accepted earlier for another object.",
    why: "A version never changes after it was accepted. What was published stays as it was.",
    remedy: next,
  },
  BOUND_ELSEWHERE: {
    title: "This tag object belongs to another source",
    what: "The very same signed tag was first accepted from a different source.",
    why: "A signature names no repository, so a signed tag could be replayed in another one.",
    remedy: sign,
  },
  VERSION_EXISTS: {
    title: "The version exists",
    what: "This version of the skill was accepted earlier under another tag name.",
    why: "A version belongs for ever to the first tag that was accepted for it.",
    remedy: next,
  },
  NAME_TAKEN: {
    title: "The name belongs to another source",
    what: "The team has a skill of this name, published from another source.",
    why: "A coordinate belongs to the source that first published it, so nobody can slip in a look-alike.",
    remedy: () =>
      "Give the skill another name (its folder, and name: in SKILL.md), commit, and tag that.",
  },
  UNKNOWN_SKILL: {
    title: "The tag names no skill",
    what: "The tagged commit holds no SKILL.md where the tag's name says there should be one.",
    why: "Skills live at skills/<name>/SKILL.md or skills/<group>/<name>/SKILL.md, or at the root of a source with one skill.",
    remedy: (f) => {
      if (f.liesAt !== undefined && f.skill !== undefined)
        return `mkdir -p skills && git mv ${quoted(f.liesAt)} skills/${f.skill} && ${commitAndTag(f, "refactor: skills live below skills/")}`;
      return `git ls-tree -r --name-only ${quoted(f.tag)} | grep SKILL.md   # then tag NAME--vVERSION with one of those names`;
    },
  },
  INVALID_SKILL: {
    title: "The skill is not publishable",
    what: "SKILL.md or the skill's folder breaks a rule; the findings name file, line and fix.",
    why: "Clients load what follows the specification, and drop the rest without a word.",
    remedy: (f) => commitAndTag(f, "fix: what the findings say"),
  },
  TOO_LARGE: {
    title: "The skill is too large",
    what: "A file, the folder, or the tag object is over a limit.",
    why: "Stock clients stop at 1,000 files and 50 MiB; a skill is read by a model, not shipped as a dataset.",
    remedy: () => "Move large files out of the skill's folder, commit, and tag again.",
  },
  CHECK_FAILED: {
    title: "A check blocked the version",
    what: "A scan or an eval ended with a verdict that policy.yaml does not let through.",
    why: "Nothing that policy refuses reaches anybody's agent.",
    remedy: (f) =>
      f.skill === undefined || f.nextVersion === undefined
        ? next(f)
        : commitAndTag(
            { ...f, isFollowed: false, wantedTag: `${f.skill}--v${f.nextVersion}` },
            "fix: what the check found",
          ),
  },
  HELD: {
    title: "The version waits for a person",
    what: "A check asks for a look, policy.yaml asks for an approval or for that of code owners, or the tag was there before its source was registered and nobody has confirmed that history.",
    why: "What could not be judged by a machine is held, and not passed. Somebody other than the signer lets it through.",
    remedy: (f) =>
      f.isImport === true
        ? `npx assay approve --import ${f.source} --reason 'WHY IT MAY BE PUBLISHED'`
        : `npx assay approve ${f.skill ?? "TEAM/SKILL"}@${f.nextVersion ?? "VERSION"} --reason 'WHY IT MAY BE PUBLISHED'`,
  },
  SOURCE_FROZEN: {
    title: "The source is frozen",
    what: "The tag waits: nothing new is admitted from its source until an admin of the registry has looked at it.",
    why: "Accepted tags were moved, or another repo lies at the source's address, which is how a repo looks that was taken over. What was published stays as it was.",
    remedy: (f) => `npx assay source unfreeze ${quoted(f.source)} --because "what you found there"`,
  },
} as const satisfies Record<string, CodeRow>;

export type TagCode = keyof typeof TAG_CODES;

export type CodePage = {
  readonly code: TagCode;
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
};

/** Every code as its page under /docs shows it, with a remedy for an example tag. */
export function listCodes(): readonly CodePage[] {
  const facts = {
    tag: "deploy--v1.2.0",
    source: "acme-skills",
    wantedTag: "deploy--v1.2.0",
    skill: "deploy",
  };
  return Object.entries(TAG_CODES).map(([code, row]) => ({
    code: code as TagCode,
    title: row.title,
    what: row.what,
    why: row.why,
    remedy: row.remedy(facts),
  }));
}

/** The command that mends `code` for this very tag. */
export function remedyFor(code: TagCode, facts: RemedyFacts): string {
  return TAG_CODES[code].remedy(facts);
}

/** Refusals that another line in the control repo can turn into an acceptance. */
export const SIGNER_CODES = [
  "UNKNOWN_SIGNER",
  "SIGNER_NOT_ALLOWED",
  "KEY_EXPIRED",
  "KEY_REVOKED",
  "UNSUPPORTED_KEY",
] as const satisfies readonly TagCode[];
