import { z } from "zod";
import { policyOf, type ControlSnapshot, type SourceLaw } from "../control/index.ts";
import { MAX_COMMIT_BYTES, parseCommit } from "../git/index.ts";
import { findSigners, isPrincipalOf, type SshVerifier } from "../keys/index.ts";
import { authorise, verifyTag, type UntrustedCode } from "../trust/index.ts";
import type { JudgeDeps } from "./bench.ts";

type ParsedCommit = ReturnType<typeof parseCommit>;
type SignedCommit = Required<Extract<ParsedCommit, { kind: "ok" }>>;
type Law = Pick<
  ControlSnapshot,
  "allowedSigners" | "openPgpKeys" | "policy" | "revoked" | "sources" | "teams"
>;

/** `pulls.signer`. */
export const signerReadiness = z.object({
  /** `ready`: a tag signed as the commit is would be trusted. `likely`: that was not tried, and nothing speaks against it. */
  kind: z.enum(["ready", "likely", "unready"]),
  /** A sentence. Names nobody whom the law does not name. */
  says: z.string(),
  /** A command, for the author or for an admin. */
  help: z.string().nullable(),
});

/** Whether the author of a commit could sign the release of it. */
export type SignerReadiness = z.infer<typeof signerReadiness>;

export type SignerDeps = Pick<JudgeDeps, "readers" | "verifier">;

/** A commit of a source, and the time at which it is judged. */
export type SignerAsked = {
  readonly slug: string;
  readonly repoDir: string;
  readonly commitOid: string;
  readonly at: Date;
};

/**
 * Tells from a commit whether its author could release it: judged as if its signature were that of a tag, by the law as it
 * stands. Undefined where the commit cannot be read or the law knows no such source.
 */
export async function foreseeSigner(
  { readers, verifier }: SignerDeps,
  law: Law,
  { slug, repoDir, commitOid, at }: SignerAsked,
): Promise<SignerReadiness | undefined> {
  const source = law.sources.get(slug);
  const read = await readers.read(repoDir, commitOid, { maxBytes: MAX_COMMIT_BYTES });
  if (source === undefined || read.kind !== "object" || read.type !== "commit") return undefined;
  const commit = parseCommit(read.bytes);
  if (commit.kind !== "ok") return undefined;
  const { signed } = commit;
  if (signed === undefined || isByHost(commit)) return judgeAuthor(law, source, commit, at);
  return judgeSigned(verifier, law, { source, commit: { ...commit, signed }, at });
}

/** What is committed on a host's pages is signed with the host's own key, and says nothing of its author's. */
function isByHost({ commit }: Extract<ParsedCommit, { kind: "ok" }>): boolean {
  return commit.committer.email.startsWith("noreply@");
}

type Wanted = { readonly source: SourceLaw; readonly commit: SignedCommit; readonly at: Date };

async function judgeSigned(
  verifier: SshVerifier,
  law: Law,
  { source, commit: { commit, signed }, at }: Wanted,
): Promise<SignerReadiness> {
  const tagger = commit.author;
  const name = "release";
  const target = { objectOid: commit.tree, objectType: "commit" as const };
  const verdict = await verifyTag(verifier, {
    seen: { kind: "ok", tag: { ...target, name, tagger, message: commit.message }, ...signed },
    tagName: name,
    signers: law.allowedSigners,
    openPgpKeys: law.openPgpKeys,
    revoked: law.revoked,
    certificateMaxDays: policyOf(law, source.slug).certificates.maxDays,
    at,
  });
  if (verdict.kind === "untrusted")
    return unready(verdict.because, { source, key: verdict.key, principal: null });
  if (verdict.kind !== "trusted") return unready("BAD_SIGNATURE", { source, principal: null });
  const { principal } = verdict.signer;
  const rights = authorise({
    principal,
    source,
    snapshot: law,
    tagger,
    firstSeenAt: at,
    // A commit may be of any age.
    isImported: true,
  });
  if (rights.kind === "refused")
    return unready(rights.because, { source, principal, key: verdict.key });
  return {
    kind: "ready",
    says: `The newest commit is signed with ${verdict.key}, by which ${principal} may release from here.`,
    help: null,
  };
}

type Code = UntrustedCode | "TAGGER_MISMATCH" | "TAGGER_DATE";
type Facts = {
  readonly source: SourceLaw;
  readonly key?: string | undefined;
  readonly principal: string | null;
};

function unready(code: Code, { source, key, principal }: Facts): SignerReadiness {
  const by = `The newest commit is signed with ${key ?? "a key"}`;
  const who = principal ?? "YOUR-EMAIL";
  const enter = `npx assay key add ${who} --team ${source.team} --key 'CONTENT OF YOUR .pub FILE'`;
  const said: Record<Code, readonly [says: string, help: string | null]> = {
    UNKNOWN_SIGNER: [`${by}, which the law of this registry does not name.`, enter],
    SIGNER_NOT_ALLOWED: [
      `${by}, and who that is may not release for team ${source.team}.`,
      `npx assay key add ${who} --team ${source.team}`,
    ],
    KEY_EXPIRED: [`${by}, which is not valid now.`, enter],
    KEY_REVOKED: [`${by}, which is revoked.`, enter],
    BAD_SIGNATURE: [`${by}, and the signature does not hold.`, null],
    UNSUPPORTED_KEY: [`${by}, of a kind that is not accepted.`, "git config gpg.format ssh"],
    TAGGER_MISMATCH: [
      `${by}, which is ${who}'s, under another e-mail.`,
      `git config user.email ${who}`,
    ],
    TAGGER_DATE: [`${by}, and its date is off.`, null],
  };
  const [says, help] = said[code];
  const next = help?.startsWith("npx assay") === true ? " An admin can change that:" : "";
  return { kind: "unready", says: `${says} A tag made alike would be refused.${next}`, help };
}

/** Without a signature of the author's own: by the e-mail, which anybody can write, so that nothing is promised. */
function judgeAuthor(
  law: Law,
  source: SourceLaw,
  { commit }: Extract<ParsedCommit, { kind: "ok" }>,
  at: Date,
): SignerReadiness {
  const email = commit.author.email.toLowerCase();
  const all = [...(law.teams.get(source.team)?.signers ?? []), ...source.signers];
  const principal = all.find((one) => one.toLowerCase() === email);
  if (principal === undefined)
    return {
      kind: "unready",
      says: `Who wrote the newest commit may not release for team ${source.team}, or does so under another e-mail. One of its ${new Set(all).size} signers has to tag it, or an admin makes its author one:`,
      help: `npx assay key add YOUR-EMAIL --team ${source.team} --key 'CONTENT OF YOUR .pub FILE'`,
    };
  if (!hasKey(law, principal, at))
    return {
      kind: "unready",
      says: `${principal} may release for team ${source.team} and has no key that is valid now. An admin can enter one:`,
      help: `npx assay key add ${principal} --key 'CONTENT OF YOUR .pub FILE'`,
    };
  return {
    kind: "likely",
    says: `${principal}, who wrote the newest commit, may release for team ${source.team} and has a key. The commit is not signed by its author, so that no key was tried.`,
    help: null,
  };
}

function hasKey(law: Law, principal: string, at: Date): boolean {
  const use = { namespace: "git", at };
  const hasSsh = law.allowedSigners.entries.some(
    (entry) =>
      isPrincipalOf(entry, principal) &&
      // An authority vouches for whoever has a certificate of it, which no commit without one shows.
      (entry.isAuthority || findSigners(law.allowedSigners, entry.key, use).kind === "found"),
  );
  return hasSsh || law.openPgpKeys.keys.some((key) => (key.principal ?? principal) === principal);
}
