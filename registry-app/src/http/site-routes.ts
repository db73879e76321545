import fastifyStatic from "@fastify/static";
import { createSitePort } from "../catalog/index.ts";
import { viewerOf, type Actor } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { actorOf } from "./credentials.ts";
import type { ServerDeps, SiteMount } from "./deps.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** The pages: files of the built site, and its handler for everything that nobody else answers. */
export async function addSiteRoutes(app: App, deps: ServerDeps, site: SiteMount): Promise<void> {
  await app.register(fastifyStatic, {
    root: site.clientDir,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (res, path) => {
      const isHashed = path.includes("/_astro/");
      res.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  await app.register(async (plain: App) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser("*", (_request, _payload, done) => done(null));
    plain.route({
      method: ["GET", "HEAD", "POST"],
      url: "/*",
      schema: { hide: true },
      handler: async (request, reply) => {
        const actor = await actorOf(deps, request);
        const { raw } = reply;
        reply.hijack();
        // The site writes a Content-Security-Policy of its own, with the hashes of each page.
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) raw.setHeader(name, value);
        const next = (error?: unknown) => {
          if (error !== undefined) deps.log.error({ cause: error }, "a page failed");
          if (!raw.headersSent) raw.statusCode = error === undefined ? 404 : 500;
          raw.end();
        };
        try {
          await site.handler(request.raw, raw, next, localsOf(deps, actor));
        } catch (error) {
          next(error);
        }
      },
    });
  });
}

function localsOf(deps: ServerDeps, actor: Actor) {
  return {
    assay: {
      ...createSitePort(
        { ...deps.siteParts, law: deps.law, db: deps.db, blobs: deps.blobs, clock: deps.clock },
        viewerOf(actor),
      ),
      ...evalRunsOf(deps, actor),
    },
    viewer:
      actor.kind === "user"
        ? { kind: "user", name: actor.email, isAdmin: actor.isAdmin }
        : { kind: "anonymous" },
    registry: { publicUrl: deps.publicUrl(), isDemo: deps.isDemo },
    now: deps.clock.now(),
  };
}

/** What the pages may do with runs of evals, bound to who asks. A refusal is a sentence for the page. */
function evalRunsOf({ evalRuns }: ServerDeps, actor: Actor) {
  return {
    mayRunEvals: async (team: string, name: string, version: string) =>
      evalRuns.mayAsk(actor, { team, name, version }),
    runEvals: async (team: string, name: string, version: string) => {
      try {
        await evalRuns.ask(actor, { team, name, version });
        return null;
      } catch (cause) {
        if (cause instanceof Refusal) return [cause.message, cause.hint].join(" ").trim();
        throw cause;
      }
    },
  };
}
