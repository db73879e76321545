import { createHash, hash } from "node:crypto";
import {
  createSshVerifier,
  formatPublicKey,
  generateEd25519,
  parseAllowedSigners,
  parseOpenPgpKeys,
  signSsh,
  type Ed25519Pair,
} from "../keys/index.ts";
import { contentDigest } from "../blobs/index.ts";
import type { EvidenceDeps } from "./check-evidence.ts";
import { formatSignedState, type SignedState } from "./checkpoint.ts";
import type { CheckpointAnswer, Evidence, LineProof } from "./evidence.ts";
import { growLineTree } from "./line-tree.ts";

export const ANN = "ann@example.test";
export const registry = generateEd25519();
export const ann = generateEd25519();
const WHO = "Assay <registry@assay.invalid> 1767225600 +0000";
const COMMIT = "c".repeat(40);
const TREE = "d".repeat(40);
const AT = "2026-01-01T00:00:00.000Z";

/** A log that exists in memory only: each batch of lines is a commit, as the registry writes it. */
export type TinyLog = {
  add(
    lines: readonly string[],
    wish?: { readonly by?: Ed25519Pair; readonly chain?: string },
  ): void;
  /** Counted from 1. */
  prove(line: number): LineProof;
  checkpoint(): CheckpointAnswer;
};

export function createTinyLog(): TinyLog {
  const batches: { state: SignedState; commit: string; lines: readonly string[] }[] = [];
  return {
    add(lines, { by = registry, chain: forced } = {}) {
      const last = batches.at(-1)?.state ?? { size: 0, chain: "0".repeat(64) };
      const chain = lines.reduce(
        (before, line) => createHash("sha256").update(`${before}\n${line}`).digest("hex"),
        last.chain,
      );
      const state: SignedState = {
        size: last.size + lines.length,
        sizeBefore: last.size,
        from: last.size,
        chain: forced ?? chain,
        root: growLineTree(lines).root,
      };
      batches.push({ state, lines, commit: signCommit(by, formatSignedState(state)) });
    },
    prove(line) {
      const batch = batches.find(({ state }) => state.size >= line);
      if (batch === undefined) throw new Error(`the log has no line ${line}`);
      const index = line - 1 - batch.state.from;
      const path = growLineTree(batch.lines).pathOf(index);
      return { line, text: batch.lines[index] ?? "", commit: batch.commit, path };
    },
    checkpoint() {
      const { state, commit } = batches.at(-1) ?? {};
      if (state === undefined || commit === undefined) throw new Error("the log is empty");
      const { size, chain } = state;
      return { size, chain, commit, registryKey: formatPublicKey(registry.publicKey) };
    },
  };
}

/** The bytes of a signed commit with this message, in base64. */
export function signCommit(by: Ed25519Pair, message: string): string {
  const head = `tree ${TREE}\nauthor ${WHO}\ncommitter ${WHO}\n`;
  const armor = signSsh(by, Buffer.from(`${head}\n${message}`), "git").trimEnd();
  const gpgsig = `gpgsig ${armor.replaceAll("\n", "\n ")}\n`;
  return Buffer.from(`${head}${gpgsig}\n${message}`).toString("base64");
}

/** A signed tag object and its id. */
export function signTag(name: string, by: Ed25519Pair = ann, commit = COMMIT) {
  const payload = `object ${commit}\ntype commit\ntag ${name}\ntagger Ann <${ANN}> 1767225600 +0000\n\n${name}\n`;
  const bytes = Buffer.from(payload + signSsh(by, Buffer.from(payload), "git"));
  const oid = hash("sha1", Buffer.concat([Buffer.from(`tag ${bytes.length}\0`), bytes]));
  return { name, oid, object: bytes.toString("base64") };
}

export const files = [
  { path: "SKILL.md", mode: "100644", sha256: hash("sha256", "hello") },
  { path: "run.sh", mode: "100755", sha256: hash("sha256", "echo hello") },
] as const;
export const digest = contentDigest(files);
export const tag = signTag("deploy--v1.0.0");
export const coordinate = "acme/deploy@1.0.0";

const about = { at: AT, coordinate, source: "acme-skills", tag: tag.name, tagOid: tag.oid, digest };
export const acceptedLine = (change: object = {}) =>
  JSON.stringify({
    kind: "accepted",
    key: "a",
    ...about,
    commit: COMMIT,
    tree: TREE,
    firstSeenAt: AT,
    signer: { principal: ANN, key: ann.publicKey.fingerprint },
    ...change,
  });
export const decidedLine = (change: object = {}) =>
  JSON.stringify({ kind: "decided", key: "d", ...about, decision: "publish", ...change });
export const standingLine = (standing: string, reason = "broken") =>
  JSON.stringify({ kind: "standing", key: "s", ...about, standing, reason });

/** A log with one version in it, among lines of others. */
export function publishedLog(): TinyLog {
  const log = createTinyLog();
  log.add(["other 1", acceptedLine(), "other 2", decidedLine(), "other 3"]);
  log.add(["other 4"]);
  return log;
}

export function evidenceFrom(log: TinyLog, standing: number | null = null): Evidence {
  return {
    coordinate,
    source: "acme-skills",
    commit: COMMIT,
    tree: TREE,
    digest,
    tag,
    files: [...files],
    log: {
      accepted: log.prove(2),
      decided: log.prove(4),
      standing: standing === null ? null : log.prove(standing),
    },
  };
}

export function depsWith(given: Partial<EvidenceDeps> = {}): EvidenceDeps {
  return {
    verifier: createSshVerifier(),
    openPgpKeys: parseOpenPgpKeys(new Map()),
    allowedSigners: undefined,
    registryKeys: new Set([registry.publicKey.fingerprint]),
    ...given,
  };
}

export const signersOf = (...lines: readonly string[]) => parseAllowedSigners(lines.join("\n"));
