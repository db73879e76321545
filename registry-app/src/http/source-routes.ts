import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  sourceDetail,
  sourceListSchema,
  sourceSchema,
  sourcesList,
  tagDetail,
  tagDetailSchema,
  tagListSchema,
  tagsOfSource,
} from "../catalog/index.ts";
import { viewerOf, type Viewer } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { pageQuery, sourceParams, tagParams, tagQuery } from "./params.ts";
import { problemSchema } from "./problem.ts";

const READ = ["GET", "HEAD"];
const tags = ["sources"];

/** Sources and every tag that was seen in them, with what became of it. */
export function addSourceRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: "/sources",
    schema: {
      tags,
      summary: "The sources that are followed",
      querystring: pageQuery,
      response: { 200: sourceListSchema, default: problemSchema },
    },
    handler: async (request, reply) =>
      answer(deps, request, reply, async (viewer) => sourcesList(deps.db, viewer, request.query)),
  });
  app.route({
    method: READ,
    url: "/sources/:source",
    schema: {
      tags,
      summary: "One source and how many of its tags are in which state",
      params: sourceParams,
      response: { 200: sourceSchema, default: problemSchema },
    },
    handler: async (request, reply) =>
      answer(deps, request, reply, async (viewer) =>
        sourceDetail(deps.db, viewer, request.params.source),
      ),
  });
  app.route({
    method: READ,
    url: "/sources/:source/tags",
    schema: {
      tags,
      summary: "Every tag seen, newest first",
      params: sourceParams,
      querystring: tagQuery,
      response: { 200: tagListSchema, default: problemSchema },
    },
    handler: async (request, reply) =>
      answer(deps, request, reply, async (viewer) =>
        tagsOfSource(deps.db, viewer, request.params.source, request.query),
      ),
  });
  addTagRoutes(app, deps);
}

function addTagRoutes(app: App, deps: ServerDeps): void {
  const sendTag = async (
    request: FastifyRequest,
    reply: FastifyReply,
    wanted: z.infer<typeof tagParams>,
  ) =>
    answer(deps, request, reply, async (viewer) =>
      tagDetail(deps.db, viewer, wanted.source, wanted.tag),
    );
  app.route({
    method: READ,
    url: "/sources/:source/tags/:tag",
    schema: {
      tags,
      summary: "Why a tag was published, or was not",
      description: "Slashes of the tag's name may stand as they are.",
      params: tagParams,
      response: { 200: tagDetailSchema, default: problemSchema },
    },
    handler: async (request, reply) => sendTag(request, reply, request.params),
  });
  app.route({
    method: READ,
    url: "/sources/:source/tags/*",
    schema: { hide: true, params: sourceParams.extend({ "*": tagParams.shape.tag }) },
    handler: async (request, reply) => {
      const { source, "*": tag } = request.params;
      return sendTag(request, reply, { source, tag });
    },
  });
}

async function answer(
  deps: ServerDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  read: (viewer: Viewer) => Promise<object | undefined>,
): Promise<FastifyReply> {
  const viewer = viewerOf(await actorOf(deps, request));
  const found = await withinDeadline(read(viewer));
  if (found === undefined) throw new Refusal("not-found", "There is nothing at this address.");
  return sendJson(request, reply, found, {
    isPublic: request.headers.authorization === undefined,
  });
}
