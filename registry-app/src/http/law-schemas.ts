import { z } from "zod";

const timestamp = z.iso.datetime();
const names = z.array(z.string());
const told = z.object({
  area: z.enum([
    "registry",
    "roots",
    "policy",
    "team",
    "source",
    "trust",
    "revoked",
    "yank",
    "approval",
    "waiver",
    "import",
  ]),
  effect: z.enum(["added", "removed", "changed", "tightened", "loosened"]),
  says: z.string().describe("the change in words"),
});

/** The law in force, as far as the one who asks may see it. */
export const lawSchema = z
  .object({
    commit: z.string().describe("the commit of the control repo that is law"),
    registry: z.string(),
    state: z
      .enum(["in force", "pending", "refused"])
      .describe("of the newest commit: pending waits for signatures, refused is no law"),
    alarm: z.string().nullable(),
    pending: z
      .object({
        commit: z.string(),
        signedBy: names,
        waitsFor: z.string(),
        canSign: names,
        changes: z.array(told),
      })
      .nullable(),
    roots: z.object({
      version: z.number(),
      threshold: z.number(),
      principals: z.array(z.object({ name: z.string(), fingerprint: z.string() })),
    }),
    policy: z.array(z.string()).describe("in sentences"),
    teams: z.array(z.object({ slug: z.string(), name: z.string(), signers: names })),
    sources: z.array(
      z.object({
        slug: z.string(),
        team: z.string(),
        kind: z.enum(["hosted", "followed"]),
        visibility: z.enum(["public", "private"]),
        branch: z.string(),
        signers: names,
      }),
    ),
    signers: z.array(
      z.object({
        principals: names,
        fingerprint: z.string(),
        type: z.string(),
        isAuthority: z.boolean(),
        namespaces: z.string().nullable(),
        validAfter: timestamp.nullable(),
        validBefore: timestamp.nullable(),
      }),
    ),
    revoked: z.array(
      z.object({
        subject: z.string(),
        kind: z.enum(["superseded", "compromised"]),
        since: timestamp.nullable(),
        reason: z.string(),
      }),
    ),
    yanks: z.array(z.object({ skill: z.string(), version: z.string(), reason: z.string() })),
  })
  .meta({ id: "Law" });

/** What each law changed, newest first. */
export const lawHistorySchema = z
  .object({
    items: z.array(
      z.object({
        commit: z.string(),
        at: timestamp.describe("when it was signed, by its signer's clock"),
        signedBy: names,
        changes: z.array(told),
        applied: z
          .object({
            at: timestamp,
            reopenedTags: z.number().nullable().describe("refused tags that were judged again"),
            changedVersions: z.number(),
            versions: z
              .array(
                z.object({
                  coordinate: z.string(),
                  standing: z.enum(["published", "yanked", "quarantined"]),
                  reason: z.string(),
                }),
              )
              .describe("at most 200 of them"),
          })
          .nullable()
          .describe("what it did to what was judged before; null until it was held against it"),
      }),
    ),
    total: z.number(),
    page: z.number(),
    size: z.number(),
  })
  .meta({ id: "LawHistory" });
