import { z } from "zod";
import { readEvalLog, readEvals, versionEvalsSchema } from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { sendBytes, sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { segment, versionParams } from "./params.ts";
import { problemSchema } from "./problem.ts";

const READ = ["GET", "HEAD"];
const tags = ["evals"];
const EVALS_PATH = "/skills/:team/:name/versions/:version/evals";
const logQuery = z.object({
  stream: z.enum(["stdout", "stderr"]).default("stdout"),
  trial: z.coerce.number().int().min(1).max(100).default(1),
});

/** What came of the evals of a version, for those who may see it. */
export function addEvalRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: EVALS_PATH,
    schema: {
      tags,
      summary: "Its runs of evals, newest first, with the cases of the newest",
      params: versionParams,
      response: { 200: versionEvalsSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const { team, name, version } = request.params;
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(readEvals(deps.db, viewer, request.params));
      if (found === undefined)
        throw new Refusal("not-found", `There is no version ${version} of ${team}/${name}.`);
      return sendJson(request, reply, found, { isPublic: false });
    },
  });
  app.route({
    method: READ,
    url: `${EVALS_PATH}/:case/log`,
    schema: {
      tags,
      summary: "What a case of the newest run wrote, as it was written",
      params: versionParams.extend({ case: segment }),
      querystring: logQuery,
    },
    handler: async (request, reply) => {
      const { case: caseId, ...wanted } = request.params;
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(
        readEvalLog(deps, viewer, { ...wanted, caseId, ...request.query }),
      );
      if (found === undefined)
        throw new Refusal("not-found", `There is no log of the case ${caseId} to see.`);
      const mediaType = "text/plain; charset=utf-8";
      return sendBytes(request, reply, found, { isPublic: false, mediaType });
    },
  });
}
