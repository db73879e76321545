import { z } from "zod";
import type { SshVerifier } from "../keys/index.ts";
import { MAX_CHECKPOINT_BYTES, readCheckpoint, type Checkpoint } from "./checkpoint.ts";
import type { LineProof } from "./evidence.ts";
import { rootFromPath } from "./line-tree.ts";

// What a consumer needs of a line. A line may have more fields, and later ones will.
const about = { coordinate: z.string(), tagOid: z.string() };
const lineSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("accepted"),
    ...about,
    source: z.string(),
    tag: z.string(),
    commit: z.string(),
    tree: z.string(),
    digest: z.string(),
    firstSeenAt: z.iso.datetime(),
    signer: z.object({ principal: z.string(), key: z.string() }),
  }),
  z.object({
    kind: z.literal("decided"),
    ...about,
    digest: z.string(),
    decision: z.enum(["publish", "hold", "refuse"]),
  }),
  z.object({
    kind: z.literal("standing"),
    ...about,
    standing: z.enum(["published", "yanked", "quarantined"]),
    reason: z.string(),
  }),
]);
export type ProvenLine = z.infer<typeof lineSchema>;
export type ProvenLineOf<Kind extends ProvenLine["kind"]> = Extract<ProvenLine, { kind: Kind }>;

export type LineCheck<Kind extends ProvenLine["kind"]> =
  | { readonly kind: "proven"; readonly line: ProvenLineOf<Kind>; readonly checkpoint: Checkpoint }
  | { readonly kind: "unproven"; readonly because: string; readonly foreignKey?: string };

/** Whether a commit of the log, signed by one of these keys, has this line at this place, and what the line says. */
export function checkLine<Kind extends ProvenLine["kind"]>(
  deps: { readonly verifier: SshVerifier; readonly registryKeys: ReadonlySet<string> },
  proof: LineProof,
  kind: Kind,
): LineCheck<Kind> {
  const unproven = (because: string): LineCheck<Kind> => ({ kind: "unproven", because });
  if (proof.commit.length > MAX_CHECKPOINT_BYTES * 2) return unproven("its commit is too large");
  const read = readCheckpoint(deps.verifier, Buffer.from(proof.commit, "base64"));
  if (read.kind === "bad") return unproven(`of the commit that is to prove it, ${read.because}`);
  const { checkpoint } = read;
  if (!deps.registryKeys.has(checkpoint.key))
    return {
      ...unproven(`its commit is signed with ${checkpoint.key}, which is not the registry's key`),
      foreignKey: checkpoint.key,
    } as LineCheck<Kind>;
  const place = {
    index: proof.line - 1 - checkpoint.from,
    size: checkpoint.size - checkpoint.from,
  };
  const root = rootFromPath(proof.text, place, proof.path);
  if (root !== checkpoint.root) return unproven("it is not among the lines that its commit signs");
  const parsed = lineSchema.safeParse(toJson(proof.text));
  if (!parsed.success) return unproven("it is no line that this version of Assay reads");
  if (!isOfKind(parsed.data, kind)) return unproven(`it is a line of the kind ${parsed.data.kind}`);
  return { kind: "proven", line: parsed.data, checkpoint };
}

function isOfKind<Kind extends ProvenLine["kind"]>(
  line: ProvenLine,
  kind: Kind,
): line is ProvenLineOf<Kind> {
  return line.kind === kind;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
