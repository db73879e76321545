import type { IncomingMessage } from "node:http";
import { parseGitPath, type GitRequest, type GitRoute } from "../git/index.ts";
import { may, type Actor } from "../people/index.ts";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { gitActorOf } from "./credentials.ts";
import { withinDeadline } from "./deadline.ts";
import type { HostedRepo, ServerDeps } from "./deps.ts";

type Admission = "serve" | "sign-in" | "forbidden" | "hidden";

/** Git over smart HTTP: sources and control with a token, published stores and the registry log for their readers. */
export async function addGitRoutes(
  app: App,
  deps: ServerDeps,
  awaitsContinue: (request: IncomingMessage) => boolean,
): Promise<void> {
  await app.register(async (plain: App) => {
    // The body belongs to git: nothing here may read or limit it.
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser("*", (_request, _payload, done) => done(null));
    plain.route({
      method: ["GET", "HEAD", "POST"],
      url: "/git/*",
      schema: { hide: true },
      handler: async (request, reply) => {
        const [path = "", query = ""] = (request.raw.url ?? "").split("?", 2);
        const route = parseGitPath(path.slice("/git".length), query);
        if (route === null) throw absent();
        const actor = await gitActorOf(deps, request).catch((error: unknown) => {
          void reply.header("www-authenticate", 'Basic realm="Assay"');
          throw error;
        });
        const repo = await withinDeadline(deps.hosting.find(route.repo));
        const admission = judgeAdmission(actor, repo, route.service);
        if (admission !== "serve" || repo === undefined) {
          if (admission === "sign-in") void reply.header("www-authenticate", 'Basic realm="Assay"');
          throw toRefusal(admission);
        }
        reply.hijack();
        await deps.hosting.host.serve(request.raw, reply.raw, toGitRequest(route, repo, actor), {
          awaitsContinue: awaitsContinue(request.raw),
          peer: request.ip,
        });
      },
    });
  });
}

/** What the one who asks gets. Whoever may not know of a repository is answered as if there were none. */
export function judgeAdmission(
  actor: Actor,
  repo: HostedRepo | undefined,
  service: GitRoute["service"],
): Admission {
  const isPush = service === "git-receive-pack";
  if (repo !== undefined && isAllowed(actor, repo, isPush)) return "serve";
  // Unknown and private answer alike: come back with a token.
  if (actor.kind === "anonymous") return "sign-in";
  return repo !== undefined && isKnownTo(actor, repo) ? "forbidden" : "hidden";
}

function isAllowed(actor: Actor, repo: HostedRepo, isPush: boolean): boolean {
  switch (repo.kind) {
    case "source":
      return may(actor, isPush ? "push-source" : "read-source", repo.subject);
    case "control":
      return may(actor, isPush ? "push-control" : "read-control", { registry: true });
    case "store":
      return !isPush && may(actor, "read-skill", repo.subject);
    case "log":
      return !isPush && may(actor, "read-log", repo.subject);
  }
}

function isKnownTo(actor: Actor, repo: HostedRepo): boolean {
  switch (repo.kind) {
    case "source":
      return may(actor, "view-source", repo.subject);
    case "store":
      return may(actor, "read-skill", repo.subject);
    case "control":
    case "log":
      return true;
  }
}

function toGitRequest(route: GitRoute, repo: HostedRepo, actor: Actor): GitRequest {
  const { repoDir } = repo;
  const isOpen = repo.kind === "store" || repo.kind === "log";
  const wants = isOpen ? "any" : "branches and tags";
  switch (route.action) {
    case "info-refs":
      return { repoDir, action: "info-refs", service: route.service, wants };
    case "upload-pack":
      return { repoDir, action: "upload-pack", wants };
    case "receive-pack":
      if (repo.kind === "source" || repo.kind === "control") {
        return { repoDir, action: "receive-pack", onPush: repo.judgeFor(actor) };
      }
      throw absent();
  }
}

function toRefusal(admission: Admission): Refusal {
  if (admission === "sign-in") {
    return new Refusal(
      "not-signed-in",
      "This repository needs a token.",
      "Use any user name and the token as the password.",
    );
  }
  if (admission === "forbidden") {
    return new Refusal("not-allowed", "This token may not do that in this repository.");
  }
  return absent();
}

function absent(): Refusal {
  return new Refusal("not-found", "There is no such repository.");
}
