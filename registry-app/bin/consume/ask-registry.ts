import type { z } from "zod";
import {
  checkpointSchema,
  evidenceSchema,
  type CheckpointAnswer,
  type EvidenceAnswer,
} from "../../src/proof/index.ts";
import { Refusal } from "../../src/runtime/refusal.ts";

export type RegistryAsk = { readonly url: string; readonly token: string | undefined };
export type SkillVersion = {
  readonly team: string;
  readonly skill: string;
  readonly version: string;
};

const PATIENCE_MS = 20_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** The address of a registry as it stands in a lock file; throws a Refusal for what is none. */
export function readRegistryUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url !== undefined && isWeb && url.username === "" && url.password === "" && url.search === "")
    return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  throw new Refusal(
    "bad-request",
    `${JSON.stringify(given)} is not the address of a registry.`,
    "Write it as https://skills.example, without a name or password in it.",
  );
}

/** What the registry has to say for a version, and how long it says its log is. */
export async function askRegistry(
  registry: RegistryAsk,
  { team, skill, version }: SkillVersion,
): Promise<{ readonly evidence: EvidenceAnswer; readonly checkpoint: CheckpointAnswer }> {
  const path = [team, skill, "versions", version].map(encodeURIComponent).join("/");
  const evidence = await ask(registry, `/api/v1/skills/${path}/evidence`, evidenceSchema);
  // Asked last: the log is at least as long as what the evidence speaks of.
  const checkpoint = await ask(registry, "/api/v1/log/checkpoint", checkpointSchema);
  return { evidence, checkpoint };
}

async function ask<T>({ url, token }: RegistryAsk, path: string, schema: z.ZodType<T>): Promise<T> {
  const address = `${url}${path}`;
  refuseOpenToken(url, token);
  const response = await fetch(address, {
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      accept: "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  }).catch((cause: unknown) => {
    throw new Refusal(
      "unavailable",
      `${url} does not answer: ${reasonOf(cause)}.`,
      "Verify from a lock file instead: --lock FILE --offline",
    );
  });
  const text = await readText(response, address);
  if (!response.ok) throw toRefusal(response.status, text, address);
  const parsed = schema.safeParse(toJson(text));
  if (parsed.success) return parsed.data;
  throw new Refusal(
    "unavailable",
    `${address} does not answer as a registry of this version of Assay does.`,
    "See whether the address is right: --registry URL",
  );
}

function refuseOpenToken(url: string, token: string | undefined): void {
  const { protocol, hostname } = new URL(url);
  if (token === undefined || protocol === "https:" || LOOPBACK.has(hostname)) return;
  throw new Refusal(
    "bad-request",
    `A token is not sent to ${url}, where everybody on the way reads it.`,
    "Use its https address.",
  );
}

async function readText(response: Response, address: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_ANSWER_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new Refusal("unavailable", `${address} broke off: ${reasonOf(cause)}.`, "Try again.");
  }
  if (sizeBytes <= MAX_ANSWER_BYTES) return Buffer.concat(chunks).toString("utf8");
  throw new Refusal("too-large", `${address} answers with more than ${MAX_ANSWER_BYTES} bytes.`);
}

function toRefusal(status: number, text: string, address: string): Refusal {
  const problem = toJson(text);
  const told =
    typeof problem === "object" && problem !== null && "detail" in problem
      ? String(problem.detail).slice(0, 300)
      : "";
  return new Refusal(
    status === 404 ? "not-found" : "unavailable",
    `${address} answers ${status}${told === "" ? "" : `: ${JSON.stringify(told)}`}.`,
    status === 404 || status === 401
      ? "See whether team, skill and version are right; private skills need --token-file FILE."
      : "Try again later, or verify from a lock file: --lock FILE --offline",
  );
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
