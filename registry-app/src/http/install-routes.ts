import type { FastifyReply, FastifyRequest } from "fastify";
import {
  agentSkillsIndex,
  installableOf,
  listLatest,
  readVersionFile,
  skillsIndex,
  type Installable,
  type Version,
} from "../catalog/index.ts";
import { viewerOf } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import { z } from "zod";
import type { App } from "./app.ts";
import { sendBytes, sendJson } from "./conditional.ts";
import { actorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { segment } from "./params.ts";
import { getSkillJson, getVersionJson, toSkill, toVersion } from "./published.ts";

const READ = ["GET", "HEAD"];
const NEW = "/.well-known/agent-skills/index.json";
const OLD = "/.well-known/skills/index.json";
const scopeParams = z.object({ team: segment, skill: segment });
const teamParams = z.object({ team: segment });
const fileParams = scopeParams.extend({ name: segment, "*": z.string().min(1).max(400) });

type Scoped = {
  readonly installable: Installable;
  readonly version: Version;
  readonly isPublic: boolean;
};

/** What stock install clients read: an index for one skill, one team or all, in both versions of the discovery format. */
export function addInstallRoutes(app: App, deps: ServerDeps): void {
  addSkillScope(app, deps);
  app.route({
    method: READ,
    url: NEW,
    schema: { hide: true },
    handler: async (request, reply) => sendLatest(deps, request, reply, undefined),
  });
  app.route({
    method: READ,
    url: `/t/:team${NEW}`,
    schema: { hide: true, params: teamParams },
    handler: async (request, reply) => sendLatest(deps, request, reply, request.params.team),
  });
  app.route({
    method: READ,
    url: `/t/:team${OLD}`,
    schema: { hide: true, params: teamParams },
    handler: async (request, reply) => {
      const { team } = request.params;
      const latest = await readLatest(deps, request, team);
      const indexes = await Promise.all(
        latest.map(async (one) => {
          const version = toVersion(await getVersionJson(deps, request, one));
          return skillsIndex(one, version).skills;
        }),
      );
      return sendIndex(request, reply, { skills: indexes.flat() }, isAnonymous(request));
    },
  });
  app.route({
    method: READ,
    url: "/t/:team/.well-known/skills/:name/*",
    schema: { hide: true, params: fileParams.omit({ skill: true }) },
    handler: async (request, reply) => {
      const { team, name, "*": path } = request.params;
      return sendFile(deps, request, reply, { team, skill: name, name, path });
    },
  });
}

function addSkillScope(app: App, deps: ServerDeps): void {
  app.route({
    method: READ,
    url: `/s/:team/:skill${NEW}`,
    schema: { hide: true, params: scopeParams },
    handler: async (request, reply) => {
      const { installable, isPublic } = await getScoped(deps, request, request.params);
      return sendIndex(request, reply, agentSkillsIndex([installable]), isPublic);
    },
  });
  app.route({
    method: READ,
    url: `/s/:team/:skill${OLD}`,
    schema: { hide: true, params: scopeParams },
    handler: async (request, reply) => {
      const { installable, version, isPublic } = await getScoped(deps, request, request.params);
      return sendIndex(request, reply, skillsIndex(installable, version), isPublic);
    },
  });
  app.route({
    method: READ,
    url: "/s/:team/:skill/.well-known/skills/:name/*",
    schema: { hide: true, params: fileParams },
    handler: async (request, reply) => {
      const { team, skill, name, "*": path } = request.params;
      return sendFile(deps, request, reply, { team, skill, name, path });
    },
  });
  app.get(
    "/s/:team/:skill",
    { schema: { hide: true, params: scopeParams } },
    async (request, reply) => {
      const { team, skill } = request.params;
      const parts = [team, ...skill.split("@", 2)].map(encodeURIComponent);
      return reply.redirect(`/skills/${parts.join("/")}`);
    },
  );
}

/** The version that `skill` or `skill@version` of a scope stands for: without a version, the latest. */
async function getScoped(
  deps: ServerDeps,
  request: FastifyRequest,
  scope: z.infer<typeof scopeParams>,
): Promise<Scoped> {
  const [name = "", pinned] = scope.skill.split("@", 2);
  const skill = toSkill(await getSkillJson(deps, request, { team: scope.team, name }));
  const wanted = pinned ?? skill.latest;
  if (wanted === null) throw new Refusal("not-found", "This skill has no stable version yet.");
  const found = await getVersionJson(deps, request, { team: scope.team, name, version: wanted });
  const version = toVersion(found);
  const installable = installableOf(skill, version);
  if (installable === undefined) throw new Refusal("not-found", "This version is not served.");
  return { installable, version, isPublic: found.isPublic };
}

/** One file as inert bytes: it is an author's, and shares our origin. */
async function sendFile(
  deps: ServerDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { path, name, ...scope }: z.infer<typeof scopeParams> & { path: string; name: string },
): Promise<FastifyReply> {
  const { installable, version, isPublic } = await getScoped(deps, request, scope);
  const bytes =
    installable.name === name ? await readVersionFile(deps.blobs, version, path) : undefined;
  if (bytes === undefined) throw new Refusal("not-found", "There is no such file.");
  const mediaType = path.endsWith(".md")
    ? "text/markdown; charset=utf-8"
    : "application/octet-stream";
  void reply
    .header("content-security-policy", "sandbox; default-src 'none'")
    .header("content-disposition", "attachment");
  return sendBytes(request, reply, bytes, { isPublic, mediaType });
}

async function sendLatest(
  deps: ServerDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  team: string | undefined,
): Promise<FastifyReply> {
  const latest = await readLatest(deps, request, team);
  return sendIndex(request, reply, agentSkillsIndex(latest), isAnonymous(request));
}

async function readLatest(deps: ServerDeps, request: FastifyRequest, team: string | undefined) {
  const viewer = viewerOf(await actorOf(deps, request));
  return withinDeadline(listLatest(deps.db, viewer, team));
}

function sendIndex(
  request: FastifyRequest,
  reply: FastifyReply,
  index: object,
  isPublic: boolean,
): FastifyReply {
  return sendJson(request, reply, index, { isPublic, mediaType: "application/json" });
}

function isAnonymous(request: FastifyRequest): boolean {
  return request.headers.authorization === undefined;
}
