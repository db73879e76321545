import { viewerOf } from "../people/index.ts";
import type { App } from "./app.ts";
import { sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { lawHistorySchema, lawSchema } from "./law-schemas.ts";
import { pageQuery } from "./params.ts";
import { problemSchema } from "./problem.ts";

const READ = ["GET", "HEAD"];
const tags = ["law"];

/** Who may publish what, and how that came to be. */
export function addLawRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: "/law",
    schema: {
      tags,
      summary: "The law in force: roots, policy, teams, sources, signers, revocations and yanks",
      response: { 200: lawSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(deps.law.view(viewer));
      return sendJson(request, reply, found, {
        isPublic: request.headers.authorization === undefined,
      });
    },
  });
  app.route({
    method: READ,
    url: "/law/history",
    schema: {
      tags,
      summary: "Every law there was, newest first: who signed it, and what it changed",
      querystring: pageQuery,
      response: { 200: lawHistorySchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(deps.law.history(viewer, request.query));
      return sendJson(request, reply, found, {
        isPublic: request.headers.authorization === undefined,
      });
    },
  });
}
