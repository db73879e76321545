import { z } from "zod";
import { pullDetail, pullList, pullListSchema, pullSchema } from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { sourceParams } from "./params.ts";
import { problemSchema } from "./problem.ts";

const READ = ["GET", "HEAD"];
const tags = ["sources"];
const pullParams = sourceParams.extend({
  number: z.coerce.number().int().min(1).max(2_147_483_647),
});

/** Pull requests of sources, and what a release of each would come to. */
export function addPullRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: "/sources/:source/pulls",
    schema: {
      tags,
      summary: "Its open pull requests, newest first",
      params: sourceParams,
      response: { 200: pullListSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(pullList(deps.db, viewer, request.params.source));
      return sendJson(request, reply, orRefuse(found), { isPublic: false });
    },
  });
  app.route({
    method: READ,
    url: "/sources/:source/pulls/:number",
    schema: {
      tags,
      summary: "What a release of each skill that a pull request touches would come to",
      params: pullParams,
      response: { 200: pullSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const { source, number } = request.params;
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(pullDetail(deps.db, viewer, source, number));
      return sendJson(request, reply, orRefuse(found), { isPublic: false });
    },
  });
}

function orRefuse<T>(found: T | undefined): T {
  if (found === undefined) throw new Refusal("not-found", "There is nothing at this address.");
  return found;
}
