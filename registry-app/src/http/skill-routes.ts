import {
  scanDetail,
  scanSarif,
  scanSchema,
  searchSkills,
  skillListSchema,
  skillSchema,
  versionSchema,
} from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { checkpointSchema, evidenceSchema } from "../proof/index.ts";
import type { App } from "./app.ts";
import { sendArchive } from "./archives.ts";
import { sendBytes, sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { Refusal } from "../runtime/index.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { skillParams, skillQuery, versionParams } from "./params.ts";
import { problemSchema } from "./problem.ts";
import { getCheckpoint, getEvidence, getSkillJson, getVersionJson } from "./published.ts";

const READ = ["GET", "HEAD"];
const tags = ["skills"];
const VERSION_PATH = "/skills/:team/:name/versions/:version";

/** The catalogue, its skills and versions, and their archives. */
export function addSkillRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: "/skills",
    schema: {
      tags,
      summary: "Search the catalogue",
      querystring: skillQuery,
      response: { 200: skillListSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(searchSkills(deps.db, viewer, request.query));
      return sendJson(request, reply, found, {
        isPublic: request.headers.authorization === undefined,
      });
    },
  });
  app.route({
    method: READ,
    url: "/skills/:team/:name",
    schema: {
      tags,
      summary: "One skill with its versions, newest first",
      params: skillParams,
      response: { 200: skillSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const { bytes, isPublic } = await getSkillJson(deps, request, request.params);
      return sendBytes(request, reply, bytes, { isPublic });
    },
  });
  app.route({
    method: READ,
    url: VERSION_PATH,
    schema: {
      tags,
      summary: "One version: what was signed, judged and served",
      params: versionParams,
      response: { 200: versionSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const { bytes, isPublic } = await getVersionJson(deps, request, request.params);
      return sendBytes(request, reply, bytes, { isPublic });
    },
  });
  addScanRoutes(app, deps);
  addProofRoutes(app, deps);
  addArchiveRoutes(app, deps);
}

/** What the scanner found, for those who may see the version. */
function addScanRoutes(app: App, deps: ServerDeps): void {
  const absent = ({ team, name, version }: { team: string; name: string; version: string }) =>
    new Refusal("not-found", `There is no scan of version ${version} of ${team}/${name}.`);
  app.route({
    method: READ,
    url: `${VERSION_PATH}/scan`,
    schema: {
      tags,
      summary: "What the scanner found in a version; the text itself only where it is served",
      params: versionParams,
      response: { 200: scanSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const found = await withinDeadline(scanDetail(deps.db, viewer, request.params));
      if (found === undefined) throw absent(request.params);
      return sendJson(request, reply, found, { isPublic: false });
    },
  });
  app.route({
    method: READ,
    url: `${VERSION_PATH}/scan.sarif`,
    schema: { tags, summary: "The same as SARIF 2.1.0", params: versionParams },
    handler: async (request, reply) => {
      const viewer = viewerOf(await actorOf(deps, request));
      const { findWaivers } = deps.law;
      const { rules } = deps.siteParts;
      const found = await withinDeadline(
        scanSarif({ db: deps.db, findWaivers, rules }, viewer, request.params),
      );
      if (found === undefined) throw absent(request.params);
      return sendJson(request, reply.type("application/sarif+json"), found, { isPublic: false });
    },
  });
}

/** What `assay verify` asks. */
function addProofRoutes(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: `${VERSION_PATH}/evidence`,
    schema: {
      tags,
      summary: "What proves a released version: tag object, files, and lines of the registry log",
      params: versionParams,
      response: { 200: evidenceSchema, default: problemSchema },
    },
    handler: async (request, reply) => {
      const { bytes, isPublic } = await getEvidence(deps, request, request.params);
      return sendBytes(request, reply, bytes, { isPublic });
    },
  });
  app.route({
    method: READ,
    url: "/log/checkpoint",
    schema: {
      tags: ["log"],
      summary: "The registry log as it is now: its size and chain value, signed",
      response: { 200: checkpointSchema, default: problemSchema },
    },
    handler: async (request, reply) =>
      sendBytes(request, reply, await getCheckpoint(deps), { isPublic: true }),
  });
}

function addArchiveRoutes(app: App, deps: ServerDeps): void {
  for (const format of ["tar.gz", "zip"] as const) {
    app.route({
      method: READ,
      url: `${VERSION_PATH}/archive.${format}`,
      schema: {
        tags,
        summary: `The version as ${format}; the bytes never change`,
        params: versionParams,
      },
      handler: async (request, reply) => {
        const found = await getVersionJson(deps, request, request.params);
        return sendArchive(deps, request, reply, { ...request.params, format, found });
      },
    });
  }
}
