import { z } from "zod";

const MAX_LINE_CHARS = 1024 * 1024;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const count = z.int().min(0).max(1e12);
const name = z.string().min(1).max(400);
const base64 = z.base64().max(128 * 1024);

const proofSchema = z.object({
  line: z.int().min(1).max(1e12).describe("place in the registry log, counted from 1"),
  text: z.string().max(MAX_LINE_CHARS).describe("the line as it stands in the log"),
  commit: base64.describe("bytes of the signed commit of the log whose tree has the line"),
  path: z.array(sha256).max(64).describe("hashes beside the way from the line to the root"),
});

const fileSchema = z.object({
  path: z.string().min(1).max(1024),
  mode: z.enum(["100644", "100755"]),
  sha256,
});

const evidenceShape = {
  source: name,
  commit: oid,
  tree: oid,
  digest: z.string().regex(/^s1:[A-Za-z0-9+/]{43}=$/),
  tag: z.object({
    name,
    oid,
    object: base64.nullable().describe("bytes of the tag object; null in quarantine"),
  }),
  files: z.array(fileSchema).max(20_000).describe("empty in quarantine"),
  log: z.object({
    accepted: proofSchema,
    decided: proofSchema,
    standing: proofSchema.nullable().describe("the last yank, quarantine or return from them"),
  }),
};

/** What the registry answers for a version: everything that is needed to hold an installed folder against it. */
export const evidenceSchema = z.object({
  coordinate: z.string().max(400).describe("team/skill@version"),
  ...evidenceShape,
  registryKey: z.string().max(4096).describe("public key of the registry log, as in a .pub file"),
});
export type EvidenceAnswer = z.infer<typeof evidenceSchema>;
export type Evidence = Omit<EvidenceAnswer, "registryKey">;
export type LineProof = z.infer<typeof proofSchema>;
export type PublishedFile = z.infer<typeof fileSchema>;

/** The log as it is now. */
export const checkpointSchema = z.object({
  size: count.describe("lines in the registry log"),
  chain: sha256.describe("SHA-256 chain over all lines"),
  commit: base64.describe("bytes of the newest commit of the log, which says both and is signed"),
  registryKey: z.string().max(4096),
});
export type CheckpointAnswer = z.infer<typeof checkpointSchema>;

/** One entry of the lock file: the evidence, by whom and as of when. */
export const lockedSchema = z.strictObject({
  version: name,
  registry: z.url().max(2000),
  /** Size of the log when its state was last asked. */
  asOf: count,
  ...evidenceShape,
});
export type Locked = z.infer<typeof lockedSchema>;
