import {
  findFindings,
  findingFilters,
  readSecurity,
  securityFindingsSchema,
  securitySummarySchema,
} from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { z } from "zod";
import type { App } from "./app.ts";
import { sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { pageQuery, segment } from "./params.ts";
import { problemSchema } from "./problem.ts";

const READ = ["GET", "HEAD"];
const tags = ["security"];
const findingQuery = pageQuery.extend({
  ...findingFilters,
  rule: z
    .string()
    .regex(
      /^[a-z-]{1,60}[.][a-z-]{1,60}$/,
      "must be the name of a rule, such as exfiltration.environment",
    )
    .optional(),
  team: segment.optional(),
});

/** What the scans come to over all skills that the asker may see. */
export function addSecurityRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: "/security/summary",
    schema: {
      tags,
      summary: "Verdicts, states and rules over the latest versions and all that are held",
      response: { 200: securitySummarySchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(readSecurity(deps, viewer));
      return sendJson(request, reply, found, { isPublic: false });
    },
  });
  app.route({
    method: READ,
    url: "/security/findings",
    schema: {
      tags,
      summary: "Their findings, the gravest first",
      querystring: findingQuery,
      response: { 200: securityFindingsSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(findFindings(deps.db, viewer, request.query));
      return sendJson(request, reply, found, { isPublic: false });
    },
  });
}
