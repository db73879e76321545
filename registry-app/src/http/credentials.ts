import type { FastifyRequest } from "fastify";
import { ANONYMOUS, authenticate, type Actor } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";

type Deps = Pick<ServerDeps, "db" | "clock">;

/** Who asks, by `Authorization: Bearer`. Throws a Refusal for a token that is not valid: it is never taken for none. */
export async function actorOf(deps: Deps, request: FastifyRequest): Promise<Actor> {
  const header = request.headers.authorization;
  if (header === undefined) return ANONYMOUS;
  const token = /^Bearer +([\w-]+) *$/i.exec(header)?.[1];
  return actorOfToken(deps, token ?? "");
}

/** Who runs git, by Basic (the password is the token, or the user name when there is no password) or Bearer. */
export async function gitActorOf(deps: Deps, request: FastifyRequest): Promise<Actor> {
  const header = request.headers.authorization;
  const encoded = header === undefined ? undefined : /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return actorOf(deps, request);
  const [user = "", ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return actorOfToken(deps, password.join(":") || user);
}

async function actorOfToken(deps: Deps, token: string): Promise<Actor> {
  const actor = await withinDeadline(authenticate(deps, deps.db, token));
  if (actor !== undefined) return actor;
  throw new Refusal(
    "not-signed-in",
    "This token is not valid: unknown, expired or revoked.",
    "Make a new one with `npx assay token create`.",
  );
}
