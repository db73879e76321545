import type { IncomingMessage } from "node:http";
import { fastify } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import type { Route, Server, ServerDeps } from "./deps.ts";
import { createStreams } from "./event-stream.ts";
import { addGitRoutes } from "./git-routes.ts";
import { addGithubRoutes } from "./github-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { addHookRoutes } from "./hook-routes.ts";
import { addInstallRoutes } from "./install-routes.ts";
import { addOpenapiRoutes, collectOpenapi } from "./openapi.ts";
import { sendProblem } from "./problem.ts";
import { createRequestCounts, type RequestCounts } from "./request-counts.ts";
import { INERT, SECURITY_HEADERS } from "./security-headers.ts";
import { addSiteRoutes } from "./site-routes.ts";
import { addLawRoutes } from "./law-routes.ts";
import { addEvalRoutes, addEvalsSchemaRoute } from "./eval-routes.ts";
import { addHostHealthRoutes } from "./host-health-routes.ts";
import { addPullRoutes } from "./pull-routes.ts";
import { addSecurityRoutes } from "./security-routes.ts";
import { addSkillRoutes } from "./skill-routes.ts";
import { addSourceRoutes } from "./source-routes.ts";

const MAX_BODY_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 20_000;

/** Builds the server with all its routes; nothing listens until `listen`. */
export async function createServer(deps: ServerDeps): Promise<Server> {
  const app = createApp(deps);
  const awaitsContinue = forwardContinue(app);
  const counts = createRequestCounts();
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    routes.push({ methods: [method].flat(), url });
  });
  addHooks(app, counts);
  app.setErrorHandler((error, request, reply) => sendProblem(deps.log, error, request, reply));
  app.setNotFoundHandler((request, reply) => sendProblem(deps.log, nothingHere(), request, reply));
  await collectOpenapi(app);
  addHealthRoutes(app, deps, counts);
  const streams = createStreams();
  app.addHook("preClose", async () => streams.close());
  await app.register(
    async (api: App) => {
      addSkillRoutes(api, deps);
      addSourceRoutes(api, deps);
      addLawRoutes(api, deps);
      addEvalRoutes(api, deps, streams);
      addSecurityRoutes(api, deps);
      addHostHealthRoutes(api, deps);
      addPullRoutes(api, deps);
    },
    { prefix: "/api/v1" },
  );
  addOpenapiRoutes(app);
  // Without it the site would answer unknown addresses of the API with a page.
  app.all("/api/*", { schema: { hide: true } }, () => {
    throw nothingHere();
  });
  await addHookRoutes(app, deps);
  await addGithubRoutes(app, deps);
  await addGitRoutes(app, deps, awaitsContinue);
  addInstallRoutes(app, deps);
  addEvalsSchemaRoute(app, deps);
  if (deps.site !== undefined) await addSiteRoutes(app, deps, deps.site);
  await app.ready();
  return {
    routes,
    listen: async ({ host, port }) => {
      await app.listen({ host, port });
      const address = app.server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    },
    close: async () => app.close(),
  };
}

function createApp(deps: ServerDeps): App {
  const trusted = [...deps.trustedProxies];
  const app = fastify({
    logger: false,
    trustProxy: trusted.length === 0 ? false : trusted,
    bodyLimit: MAX_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    genReqId: () => deps.ids.next(),
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: 512 },
    // What does not even reach a route: an address that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      void sendProblem(deps.log, error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app;
}

function addHooks(app: App, counts: RequestCounts): void {
  app.addHook("onRequest", async (request, reply) => {
    void reply
      .headers(SECURITY_HEADERS)
      .header("content-security-policy", INERT)
      .header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    counts.add({
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.raw.statusCode,
      durationMs: reply.elapsedTime,
    });
  });
}

/**
 * git asks "may I send?" before a big push. Without a listener Node says yes before anybody looked at the token;
 * with one, the git host says yes, or nobody does.
 */
function forwardContinue(app: App): (request: IncomingMessage) => boolean {
  const waiting = new WeakSet<IncomingMessage>();
  app.server.on("checkContinue", (request, response) => {
    if (request.url?.startsWith("/git/") === true) waiting.add(request);
    else response.writeContinue();
    app.routing(request, response);
  });
  return (request) => waiting.has(request);
}

function nothingHere(): Refusal {
  return new Refusal("not-found", "There is nothing at this address.");
}
