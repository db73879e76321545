import { createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";

/** GitHub sends no larger payload. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** Webhooks of the GitHub App: believed when one of its secrets signed the bytes, read after that, and never kept. */
export async function addGithubRoutes(app: App, deps: ServerDeps): Promise<void> {
  await app.register(async (plain: App) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    plain.post(
      "/api/github/webhooks",
      { bodyLimit: MAX_BODY_BYTES, schema: { hide: true } },
      async (request, reply) => {
        const { secrets, receive } = deps.github;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const signature = header(request.headers["x-hub-signature-256"]);
        if (!isSigned(secrets, signature, body))
          throw new Refusal(
            "not-signed-in",
            "This webhook is not signed with the secret of the GitHub App.",
            "Set the same GITHUB_WEBHOOK_SECRET here and in the App's settings.",
          );
        const guid = header(request.headers["x-github-delivery"]);
        const event = header(request.headers["x-github-event"]);
        if (!/^[\w-]{1,100}$/.test(guid) || !/^[a-z0-9_]{1,100}$/.test(event))
          throw new Refusal("bad-request", "The headers of GitHub's webhooks are missing.");
        const answer = await withinDeadline(receive({ guid, event, body }));
        if (answer.kind === "unreadable")
          throw new Refusal("bad-request", "The webhook's body is not what GitHub sends.");
        return reply.code(202).send({ delivery: answer.kind });
      },
    );
  });
}

/** Each secret is asked, and none only when there is none, so that the time taken tells nothing of them. */
function isSigned(secrets: readonly string[], signature: string, body: Buffer): boolean {
  const given = Buffer.from(signature);
  const matches = secrets.map((secret) => {
    const own = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
    return own.length === given.length && timingSafeEqual(own, given);
  });
  return matches.includes(true);
}

function header(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
