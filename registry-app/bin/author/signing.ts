import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parseTagObject } from "../../src/git/index.ts";
import { createSshVerifier } from "../../src/keys/index.ts";
import { askGit, runAuthorGit } from "./git.ts";

/** What git says about how this author signs here; each is undefined when it is not set. */
export type Signing = {
  readonly format: string | undefined;
  /** A path, a public key, or empty when a command gives the key. */
  readonly key: string | undefined;
  readonly email: string | undefined;
  readonly name: string | undefined;
};

export type SigningFault = { readonly says: string; readonly mend: string };

export async function readSigning(dir: string): Promise<Signing> {
  const [format, key, command, email, name] = await Promise.all([
    askGit(dir, "config", "--get", "gpg.format"),
    askGit(dir, "config", "--type=path", "--get", "user.signingkey"),
    askGit(dir, "config", "--get", "gpg.ssh.defaultKeyCommand"),
    askGit(dir, "config", "--get", "user.email"),
    askGit(dir, "config", "--get", "user.name"),
  ]);
  return { format, key: key ?? (command === undefined ? undefined : ""), email, name };
}

/** What keeps `git tag -s` from making a signature that a registry accepts. */
export function findSigningFaults(dir: string, signing: Signing): readonly SigningFault[] {
  const faults: SigningFault[] = [];
  if (signing.format !== "ssh")
    faults.push({
      says:
        signing.format === undefined
          ? "git config gpg.format is not set, so that git would sign with OpenPGP"
          : `git config gpg.format is ${signing.format}, and this command releases with SSH signatures only`,
      mend: "git config --global gpg.format ssh",
    });
  if (signing.key === undefined)
    faults.push({
      says: "git config user.signingkey is not set",
      mend: "git config --global user.signingkey ~/.ssh/id_ed25519   (no key yet: ssh-keygen -t ed25519)",
    });
  if (signing.email === undefined)
    faults.push({
      says: "git config user.email is not set",
      mend: "git config --global user.email YOU@EXAMPLE.COM   (the address your key was added under)",
    });
  return [...faults, ...findKeyFileFaults(dir, signing.key)];
}

/** The file of the private key; undefined when an agent or a command holds it. */
export function findKeyFile(dir: string, key: string | undefined): string | undefined {
  if (key === undefined || key === "" || /^(?:key::|ssh-|ecdsa-|sk-)/.test(key)) return undefined;
  const path = isAbsolute(key) ? key : join(dir, key);
  const secret = path.replace(/(?:-cert)?\.pub$/, "");
  // A public key alone is enough when an agent has the other half.
  return secret !== path && !isFile(secret) && isFile(path) ? undefined : secret;
}

function findKeyFileFaults(dir: string, key: string | undefined): readonly SigningFault[] {
  const path = findKeyFile(dir, key);
  if (path === undefined) return [];
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    return [{ says: `the key ${path} does not exist`, mend: `ssh-keygen -t ed25519 -f '${path}'` }];
  if ((stats.mode & 0o077) === 0) return [];
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  const says = `the key ${path} has mode ${mode}, with which git tag -s ends without a signature and without an error`;
  return [{ says, mend: `chmod 600 '${path}'` }];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

export type TagSignature =
  | { readonly kind: "signed"; readonly key: string }
  | { readonly kind: "bad"; readonly says: string };

/** Whether a tag of the repo really carries an SSH signature that holds; whose it is, is for the registry to say. */
export async function checkTagSignature(dir: string, tag: string): Promise<TagSignature> {
  const { code, stdout } = await runAuthorGit(dir, ["cat-file", "tag", `refs/tags/${tag}`]);
  if (code !== 0) return { kind: "bad", says: "it is not an annotated tag" };
  const parsed = parseTagObject(Buffer.from(stdout));
  if (parsed.kind === "unsigned") return { kind: "bad", says: "the tag object holds no signature" };
  if (parsed.kind === "unreadable")
    return { kind: "bad", says: `the tag object is not well formed (${parsed.because})` };
  if (parsed.signature.format !== "ssh")
    return { kind: "bad", says: `its signature is ${parsed.signature.format} and not SSH` };
  const { armor } = parsed.signature;
  const verdict = createSshVerifier().verify({ armor, payload: parsed.payload, namespace: "git" });
  return verdict.kind === "good"
    ? { kind: "signed", key: verdict.key.fingerprint }
    : { kind: "bad", says: `its signature does not hold (${verdict.because})` };
}
