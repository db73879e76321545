import { record } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { knownAs, type FetchMirror } from "../git/index.ts";
import { actorName, type Actor } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import { refuseForeignHosts, refuseUnusableKey } from "./ssh-files.ts";
import { seal, unseal } from "./seal.ts";
import { deleteSealed, findSealed, putSealed } from "./store/credentials.ts";
import type { Source } from "./store.ts";

/** How to sign in where a followed source lives. */
export type NewCredential =
  | { readonly kind: "https"; readonly user: string; readonly password: string }
  | { readonly kind: "ssh"; readonly privateKey: string; readonly knownHosts: string };

type FollowedSource = Pick<Source, "id" | "slug" | "url">;
const MAX_PASSWORD_LENGTH = 4_096;

/** Stores what a source's host is signed in to with, in place of what was there; only a host of this very name is told. */
export async function setCredential(
  deps: { readonly sealKey: Buffer },
  tx: Tx,
  actor: Actor,
  source: FollowedSource,
  { credential, at }: { readonly credential: NewCredential; readonly at: Date },
): Promise<void> {
  if (source.url === null || source.url.startsWith("file:"))
    throw new Refusal(
      "bad-request",
      `${source.slug} is not followed over a network: nobody signs in there.`,
    );
  const origin = originOf(source);
  const wanted = origin.startsWith("ssh:") ? "ssh" : "https";
  if (credential.kind !== wanted)
    throw new Refusal(
      "bad-request",
      `${source.slug} is reached by ${wanted}, not ${credential.kind}.`,
    );
  const { kind } = credential;
  const knownHosts = kind === "ssh" ? credential.knownHosts : null;
  const plain = kind === "ssh" ? checkedKey(source, credential) : checkedPassword(credential);
  const sealed = seal(deps.sealKey, plain, boundTo(source.id, kind, origin, knownHosts));
  await putSealed(tx, source.id, { kind, origin, sealed, knownHosts }, at);
  const detail = { kind, origin };
  const subject = `source:${source.slug}`;
  await record(tx, { actor: actorName(actor), action: "source.credential", subject, detail, at });
}

/** Forgets how to sign in; false when nothing was stored. */
export async function removeCredential(
  tx: Tx,
  actor: Actor,
  source: FollowedSource,
  at: Date,
): Promise<boolean> {
  if (!(await deleteSealed(tx, source.id))) return false;
  const subject = `source:${source.slug}`;
  const action = "source.credential-remove";
  await record(tx, { actor: actorName(actor), action, subject, detail: {}, at });
  return true;
}

export type SignIn =
  | {
      readonly kind: "ready";
      readonly with: Pick<FetchMirror, "credentialHeader" | "ssh" | "secrets">;
    }
  /** In words for the source's page. */
  | { readonly kind: "refused"; readonly reason: string };

/** What git needs to sign in where this source lives; nothing for a public repo. */
export async function findSignIn(
  db: Db,
  sealKey: () => Promise<Buffer>,
  source: FollowedSource,
): Promise<SignIn> {
  const run = `npx assay source credential ${source.slug}`;
  const refuse = (why: string): SignIn => ({ kind: "refused", reason: `${why}; run: ${run}` });
  const isSsh = source.url?.startsWith("ssh:") === true;
  const stored = await findSealed(db, source.id);
  if (stored === undefined)
    return isSsh
      ? {
          kind: "refused",
          reason: `ssh needs a key and the pinned keys of the host; run: ${run} --file KEY --known-hosts FILE`,
        }
      : { kind: "ready", with: {} };
  const { kind, origin, sealed, knownHosts } = stored;
  // Whoever changes the address of a source must not have its password sent elsewhere.
  if (origin !== originOf(source)) return refuse(`the stored credential is for ${origin}`);
  const plain = unseal(await sealKey(), sealed, boundTo(source.id, kind, origin, knownHosts));
  if (plain === undefined)
    return refuse("the stored credential cannot be opened with the secret in ASSAY_SECRET_FILE");
  if (knownHosts !== null)
    return { kind: "ready", with: { ssh: { privateKey: plain, knownHosts }, secrets: [plain] } };
  const basic = Buffer.from(plain).toString("base64");
  const password = plain.slice(plain.indexOf(":") + 1);
  return {
    kind: "ready",
    with: {
      credentialHeader: `Authorization: Basic ${basic}`,
      secrets: [plain, password],
    },
  };
}

/** Pinned host keys are part of it: who may write to the table must not lead the key to a host of theirs. */
function boundTo(
  sourceId: string,
  kind: string,
  origin: string,
  knownHosts: string | null,
): string {
  return JSON.stringify([sourceId, kind, origin, knownHosts]);
}

function originOf({ url }: FollowedSource): string {
  const { protocol, host } = new URL(url ?? "file:///");
  return `${protocol}//${host.toLowerCase()}`;
}

function checkedPassword(credential: Extract<NewCredential, { kind: "https" }>): string {
  const { user, password } = credential;
  // A line end would start another header.
  if (password === "" || password.length > MAX_PASSWORD_LENGTH || !/^[\x20-\x7e]+$/.test(password))
    throw new Refusal("bad-request", "The secret must be one line of plain characters.");
  if (!/^[\x21-\x39\x3b-\x7e]{1,200}$/.test(user))
    throw new Refusal("bad-request", "--user must be one word without a colon.");
  return `${user}:${password}`;
}

function checkedKey(
  { slug, url }: FollowedSource,
  credential: Extract<NewCredential, { kind: "ssh" }>,
): string {
  const { hostname, port } = new URL(url ?? "");
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const target = { host, port: port === "" ? 22 : Number(port) };
  refuseUnusableKey(credential.privateKey);
  refuseForeignHosts(credential.knownHosts, knownAs(target), { ...target, slug });
  return `${credential.privateKey.trimEnd()}\n`;
}
