import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../runtime/index.ts";
import type { App } from "./app.ts";
import { withinDeadline } from "./deadline.ts";
import type { ServerDeps } from "./deps.ts";
import { sourceParams } from "./params.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** Webhooks of any git host: a hint to look at a source, believed only when its secret signed the bytes. */
export async function addHookRoutes(app: App, deps: ServerDeps): Promise<void> {
  await app.register(async (plain: App) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    plain.post(
      "/hooks/:source",
      { bodyLimit: MAX_BODY_BYTES, schema: { hide: true, params: sourceParams } },
      async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const target = await withinDeadline(deps.hooks.find(request.params.source));
        // An unknown source takes as long and answers as a wrong signature does.
        const secrets = target?.secrets ?? ["no such source"];
        // Each is asked, so that the time taken does not tell which one it was.
        const isSigned = secrets
          .map((secret) => isSignedBy(secret, request.headers, body))
          .includes(true);
        if (target === undefined || !isSigned) {
          throw new Refusal(
            "not-signed-in",
            "This webhook is not signed with the secret of this source.",
            "Set the secret with `npx assay source secret`, and SHA-256 as the signature.",
          );
        }
        requireJson(request.headers, body);
        const { sourceId } = target;
        const { host, hostDeliveryId } = deliveryOf(request.headers, body);
        const answer = await withinDeadline(deps.hooks.receive({ sourceId, host, hostDeliveryId }));
        return reply.code(202).send({ delivery: answer.kind });
      },
    );
  });
}

function isSignedBy(secret: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const expected = createHmac("sha256", secret).update(body).digest("hex");
  const github = text(headers, "x-hub-signature-256");
  if (github !== undefined) return isSame(github, `sha256=${expected}`);
  const gitea = text(headers, "x-forgejo-signature") ?? text(headers, "x-gitea-signature");
  if (gitea !== undefined) return isSame(gitea, expected);
  // GitLab sends the secret itself.
  const gitlab = text(headers, "x-gitlab-token");
  return gitlab !== undefined && isSame(gitlab, secret);
}

/** Compares digests of both, so that neither length nor content of the secret shows in the time taken. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}

function digestOf(value: string): Buffer {
  return createHash("sha256").update(value, "utf8").digest();
}

/** The payload is only a hint and nothing of it is used; what is no JSON object was sent by no git host. */
function requireJson(headers: IncomingHttpHeaders, body: Buffer): void {
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const json = isForm
    ? (new URLSearchParams(body.toString("utf8")).get("payload") ?? "")
    : body.toString("utf8");
  if (isJsonObject(json)) return;
  throw new Refusal("bad-request", "The webhook's body is not a JSON object.");
}

function isJsonObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

// Forgejo and Gitea send GitHub's headers too, so they are looked for first.
const DELIVERY_HEADERS = [
  ["forgejo", "x-forgejo-delivery"],
  ["gitea", "x-gitea-delivery"],
  ["gitlab", "x-gitlab-event-uuid"],
  ["github", "x-github-delivery"],
] as const;

function deliveryOf(headers: IncomingHttpHeaders, body: Buffer) {
  for (const [host, header] of DELIVERY_HEADERS) {
    const id = text(headers, header);
    if (id !== undefined && /^[\w.:-]{1,100}$/.test(id)) return { host, hostDeliveryId: id };
  }
  return { host: "git", hostDeliveryId: createHash("sha256").update(body).digest("hex") };
}

function text(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
