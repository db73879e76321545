import type { IncomingMessage, ServerResponse } from "node:http";
import type { Blobs, PublicFiles } from "../blobs/index.ts";
import type { z } from "zod";
import type { Downloads, FindWaivers, Page, SitePortParts } from "../catalog/index.ts";
import type { Db } from "../db/index.ts";
import type { GitHost, PushJudge } from "../git/index.ts";
import type { Actor, TeamOwned, Viewer } from "../people/index.ts";
import type { Clock, Ids, Log } from "../runtime/index.ts";
import type { EvalRuns } from "./eval-runs.ts";
import type { lawHistorySchema, lawSchema } from "./law-schemas.ts";

/** What a repository address below `/git/` leads to, and what the one who asks must be allowed. */
export type HostedRepo =
  | {
      readonly kind: "source";
      readonly subject: TeamOwned;
      readonly repoDir: string;
      judgeFor(actor: Actor): PushJudge | "judging off";
    }
  | {
      readonly kind: "control";
      readonly repoDir: string;
      judgeFor(actor: Actor): PushJudge | "judging off";
    }
  /** The published versions of one skill: read-only. */
  | { readonly kind: "store"; readonly subject: TeamOwned; readonly repoDir: string }
  /** No team owns it: it is public, or for admins once it holds a line of a private source. */
  | { readonly kind: "log"; readonly subject: TeamOwned; readonly repoDir: string };

export type Hosting = {
  readonly host: GitHost;
  /** `repo` is `acme.git`, `control.git`, `log.git` or `s/team/skill.git`; undefined when there is none. */
  find(repo: string): Promise<HostedRepo | undefined>;
};

/** A source that takes webhooks: one of the secrets signs them, the one before the last rotation for a while too. */
export type HookTarget = { readonly sourceId: string; readonly secrets: readonly string[] };
export type HookAnswer = { readonly kind: "stored" } | { readonly kind: "known" };

export type HookTargets = {
  /** Undefined when the source is unknown or has no secret; both answer alike. */
  find(sourceSlug: string): Promise<HookTarget | undefined>;
  /** Notes the delivery once, and that its source is due for a look; a known one changes nothing. */
  receive(delivery: {
    readonly sourceId: string;
    readonly host: string;
    readonly hostDeliveryId: string;
  }): Promise<HookAnswer>;
};

/** The intake of the GitHub App's webhooks. */
export type GithubIntake = {
  /** Any of them signs; none where no App is set up, and then nothing is believed. */
  readonly secrets: readonly string[];
  /** Notes what a delivery gives reason to look at. */
  receive(delivery: {
    readonly guid: string;
    readonly event: string;
    readonly body: Buffer;
  }): Promise<{ readonly kind: "stored" | "known" | "nothing" | "unreadable" }>;
};

/** What the pages and the API say of the law. */
export type LawReader = {
  view(viewer: Viewer): Promise<z.infer<typeof lawSchema>>;
  history(viewer: Viewer, page: Page): Promise<z.infer<typeof lawHistorySchema>>;
  /** The waivers of a version that count now, for whoever may see the version. */
  readonly findWaivers: FindWaivers;
};

/** The built site: its files, and the handler that renders pages (Astro's, in middleware mode). */
export type SiteMount = {
  readonly clientDir: string;
  handler(
    req: IncomingMessage,
    res: ServerResponse,
    next: (error?: unknown) => void,
    locals: object,
  ): unknown;
};

export type ServerDeps = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly db: Db;
  readonly blobs: Blobs;
  readonly publicFiles: PublicFiles;
  /** What proves a version to those who have it, as it is sent. */
  readonly evidenceOf: (versionId: string) => Promise<Buffer | undefined>;
  readonly downloads: Downloads;
  readonly hosting: Hosting;
  readonly hooks: HookTargets;
  readonly github: GithubIntake;
  /** Without a trailing slash. */
  publicUrl(): string;
  readonly isDemo: boolean;
  /** Addresses whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Why this process should get no traffic yet, one sentence each; empty when ready. */
  whyNotReady(): Promise<readonly string[]>;
  /** Gauges and counters of the other modules by name (`assay_jobs_waiting`), in their base units. */
  measures(): Promise<Readonly<Record<string, number>>>;
  readonly evalRuns: EvalRuns;
  /** The law, as a viewer may see it. */
  readonly law: LawReader;
  /** What the pages and the API need and this module does not know. */
  readonly siteParts: SitePortParts;
  readonly site?: SiteMount;
};

/** One address pattern of the server with the methods that it answers. */
export type Route = { readonly methods: readonly string[]; readonly url: string };

/** A server that is not listening yet. */
export type Server = {
  /** Every address there is, so that a test can hold its own list against it. */
  readonly routes: readonly Route[];
  /** Starts to listen and returns the port, which the system chose when `port` is 0. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no more connections and lets the running requests finish. */
  close(): Promise<void>;
};
