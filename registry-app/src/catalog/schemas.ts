import { z } from "zod";

// The JSON of contracts.md. What is materialised at release, what the API answers and what OpenAPI says are these.

const timestamp = z.iso.datetime();
const outcome = z
  .enum(["pass", "review", "warn", "block", "incomplete", "errored", "skipped"])
  .nullable()
  .describe("null: has not run");
const checkName = z.enum(["signature", "validation", "scan", "evals"]);
const versionState = z.enum(["published", "held", "quarantined", "yanked"]);
const tagState = z.enum(["pending", "published", "held", "refused", "ignored"]);
const bump = z.enum(["major", "minor", "patch", "prerelease", "first", "none"]);

export const checksSchema = z.object({
  signature: outcome,
  validation: outcome,
  scan: outcome,
  evals: outcome,
});

export const skillItemSchema = z
  .object({
    team: z.string(),
    name: z.string(),
    description: z.string(),
    latest: z.string().nullable().describe("the highest stable version not yanked"),
    checks: checksSchema,
    score: z.number().nullable(),
    downloads: z.number(),
    updatedAt: timestamp,
  })
  .meta({ id: "SkillItem" });

const paged = { total: z.number(), page: z.number(), size: z.number() };

export const skillListSchema = z
  .object({ items: z.array(skillItemSchema), ...paged })
  .meta({ id: "SkillList" });

export const skillSchema = skillItemSchema
  .extend({
    versions: z.array(
      z.object({
        version: z.string(),
        state: versionState,
        publishedAt: timestamp.nullable(),
      }),
    ),
    owner: z.string().describe("slug of the team that owns the coordinate"),
    source: z.string().describe("slug of the source that publishes it"),
    license: z.string().nullable(),
    compatibility: z.string().nullable(),
    deprecated: z.string().optional(),
  })
  .meta({ id: "Skill" });

export const versionSchema = z
  .object({
    version: z.string(),
    state: versionState,
    tag: z.string(),
    tagOid: z.string(),
    commit: z.string(),
    tree: z.string(),
    digest: z.string(),
    signer: z.object({ principal: z.string(), key: z.string() }),
    firstSeenAt: timestamp,
    publishedAt: timestamp.nullable(),
    bump: z.object({ declared: bump, required: bump }),
    changelog: z.object({
      from: z.string().nullable(),
      entries: z.array(
        z.object({
          type: z.string(),
          scope: z.string().nullable(),
          subject: z.string(),
          breaking: z.boolean(),
          commit: z.string(),
          author: z.string(),
        }),
      ),
      markdown: z.string(),
    }),
    checks: z.array(
      z.object({
        name: checkName,
        outcome,
        summary: z.string(),
        score: z.number().nullable(),
        engineVersion: z.string(),
        finishedAt: timestamp.nullable(),
      }),
    ),
    files: z.array(
      z.object({ path: z.string(), mode: z.string(), size: z.number(), sha256: z.string() }),
    ),
    archives: z.array(
      z.object({ format: z.enum(["tar.gz", "zip"]), size: z.number(), sha256: z.string() }),
    ),
  })
  .meta({ id: "Version" });

export const sourceSchema = z
  .object({
    source: z.string(),
    team: z.string(),
    kind: z.enum(["hosted", "followed"]),
    visibility: z.enum(["public", "private"]),
    url: z.string().nullable().describe("where a followed source lives"),
    git: z.string().nullable().describe("path that a hosted source is pushed to"),
    branch: z.string(),
    singleAuthor: z
      .boolean()
      .describe("only one person may sign for it, so that nobody else has to see what is released"),
    firstSyncedAt: timestamp.nullable(),
    lastSyncedAt: timestamp.nullable(),
    lastError: z.string().nullable(),
    frozen: z
      .object({ since: timestamp, reason: z.string() })
      .nullable()
      .describe("nothing new is admitted until an admin says so; what was published is served"),
    tags: z.record(tagState, z.number()),
  })
  .meta({ id: "Source" });

export const sourceListSchema = z
  .object({ items: z.array(sourceSchema), ...paged })
  .meta({ id: "SourceList" });

export const tagSchema = z
  .object({
    tag: z.string(),
    oid: z.string(),
    state: tagState,
    drift: z.enum(["moved", "vanished", "unreachable"]).nullable(),
    code: z.string().optional(),
    reason: z.string().optional(),
    remedy: z.string().optional(),
    firstSeenAt: timestamp,
    decidedAt: timestamp.nullable(),
  })
  .meta({ id: "Tag" });

export const tagListSchema = z
  .object({ items: z.array(tagSchema), ...paged })
  .meta({ id: "TagList" });

export const tagDetailSchema = tagSchema
  .extend({
    clauses: z
      .array(z.object({ name: z.string(), held: z.boolean(), evidence: z.string() }))
      .describe("what was judged, in order; the first that did not hold decided"),
    became: z
      .object({ team: z.string(), name: z.string(), version: z.string() })
      .nullable()
      .describe("the version that this tag became"),
    sightings: z
      .array(tagSchema)
      .describe("every object seen under this name, newest first, refused pushes included"),
  })
  .meta({ id: "TagDetail" });

export type Checks = z.infer<typeof checksSchema>;
export type SkillItem = z.infer<typeof skillItemSchema>;
export type SkillList = z.infer<typeof skillListSchema>;
export type Skill = z.infer<typeof skillSchema>;
export type Version = z.infer<typeof versionSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type SourceList = z.infer<typeof sourceListSchema>;
export type Tag = z.infer<typeof tagSchema>;
export type TagList = z.infer<typeof tagListSchema>;
export type TagDetail = z.infer<typeof tagDetailSchema>;
