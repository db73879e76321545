import { requireMay } from "../people/index.ts";
import { hostHealth, readHostHealth } from "../publish/index.ts";
import type { App } from "./app.ts";
import { sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { problemSchema } from "./problem.ts";

/** How the line to GitHub is, for those who run the registry. */
export function addHostHealthRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: ["GET", "HEAD"],
    url: "/github/health",
    schema: {
      tags: ["operating"],
      summary: "Last webhook and look, limits, deliveries that failed, and reports that wait",
      response: { 200: hostHealth, default: problemSchema },
    },
    handler: async (request, reply) => {
      requireMay(await actorOf(deps, request), "read-health", { registry: true });
      const health = await withinDeadline(readHostHealth(deps.db));
      return sendJson(request, reply, health, { isPublic: false });
    },
  });
}
