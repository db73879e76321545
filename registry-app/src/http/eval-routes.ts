import { z } from "zod";
import {
  compareEvals,
  evalComparisonSchema,
  readEvalLog,
  readEvals,
  versionEvalsSchema,
  type VersionEvals,
} from "../catalog/index.ts";
import { makeEvalsSchema } from "../evals/index.ts";
import { viewerOf } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { sendBytes, sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import type { Streams } from "./event-stream.ts";
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
export function addEvalRoutes(app: App, deps: ServerDeps, streams: Streams): void {
  addReading(app, deps);
  addComparing(app, deps);
  addRunning(app, deps, streams);
}

function addReading(app: App, deps: ServerDeps): void {
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
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(readEvals(deps.db, viewer, request.params));
      if (found === undefined) throw noVersion(request.params);
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

/** For editors: what evals/evals.json may hold, under the address that a file names in `$schema`. */
export function addEvalsSchemaRoute(app: App, deps: Pick<ServerDeps, "publicUrl">): void {
  app.get("/schemas/evals.json", { schema: { hide: true } }, async (request, reply) => {
    const schema = makeEvalsSchema(`${deps.publicUrl()}/schemas/evals.json`);
    return sendJson(request, reply, schema, {
      isPublic: true,
      mediaType: "application/schema+json; charset=utf-8",
    });
  });
}

function addComparing(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: `${EVALS_PATH}/compare`,
    schema: {
      tags,
      summary: "Its cases beside those of another version",
      params: versionParams,
      querystring: z.object({ against: segment.describe("the other version") }),
      response: { 200: evalComparisonSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const { against } = request.query;
      const wanted = { ...request.params, against };
      const found = await withinDeadline(compareEvals(deps.db, viewer, wanted));
      if (found === undefined)
        throw new Refusal(
          "not-found",
          `There are no runs of both ${request.params.version} and ${against} to compare.`,
        );
      return sendJson(request, reply, found, { isPublic: false });
    },
  });
}

function addRunning(app: App, deps: ServerDeps, streams: Streams): void {
  app.route({
    method: "GET",
    url: `${EVALS_PATH}/events`,
    schema: {
      tags,
      summary: "The newest run while it goes on, as server-sent events",
      description: "`change` has the state of the run and its cases, `end` comes once it is over.",
      params: versionParams,
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const read = async () => {
        const found = await withinDeadline(readEvals(deps.db, viewer, request.params));
        if (found === undefined) throw noVersion(request.params);
        return toProgress(found);
      };
      return streams.send(request, reply, { read });
    },
  });
  app.route({
    method: "POST",
    url: EVALS_PATH,
    schema: {
      tags,
      summary: "Asks for another run, for members of its team",
      params: versionParams,
      response: { 202: askedSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const actor = await actorOf(deps, request);
      const { kind } = await withinDeadline(deps.evalRuns.ask(actor, request.params));
      return reply.code(202).send({ run: kind });
    },
  });
  app.route({
    method: "DELETE",
    url: EVALS_PATH,
    schema: {
      tags,
      summary: "Calls off a run that was asked for and is not over",
      params: versionParams,
      response: { 204: z.null(), default: problemSchema },
    },
    handler: async (request, reply) => {
      const actor = await actorOf(deps, request);
      await withinDeadline(deps.evalRuns.cancel(actor, request.params));
      return reply.code(204).send(null);
    },
  });
}

const askedSchema = z.object({
  run: z.enum(["asked", "known"]).describe("known: one waits already"),
});

function noVersion({ team, name, version }: z.infer<typeof versionParams>): Refusal {
  return new Refusal("not-found", `There is no version ${version} of ${team}/${name}.`);
}

/** What changes while a run goes on, and nothing that the skill itself wrote. */
function toProgress({ runs: [run], cases }: VersionEvals) {
  if (run === undefined) return { data: { run: null, cases: [] }, isOver: true };
  const { id, state, status, outcome, summary, before, attempt } = run;
  return {
    data: {
      run: { id, state, status, outcome, summary, before, attempt },
      cases: cases.map((one) => ({ id: one.id, arm: one.arm, status: one.status })),
    },
    isOver: state === "done" || state === "cancelled",
  };
}
