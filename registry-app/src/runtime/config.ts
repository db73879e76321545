import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

const flag = z.enum(["0", "1"]);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** Every variable Assay reads. `.env.example` and docs/operating.md list the same names; a test compares them. */
export const envSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4321),
  HOST: z.string().min(1).default("127.0.0.1"),
  PUBLIC_URL: httpUrl.optional(),
  ASSAY_HOME: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  ASSAY_CONTROL: z.string().min(1).optional(),
  ASSAY_SECRET_FILE: z.string().min(1).optional(),
  ASSAY_GIT_HOSTS: z.string().default(""),
  ASSAY_GIT_CA_FILE: z.string().startsWith("/", "must be an absolute path").optional(),
  ASSAY_ADVISORIES_FILE: z.string().startsWith("/", "must be an absolute path").optional(),
  CLAMD_URL: z.url({ protocol: /^(tcp|unix)$/ }).optional(),
  MODEL_URL: httpUrl.optional(),
  MODEL_DIALECT: z.enum(["openai", "anthropic"]).default("openai"),
  MODEL_NAME: z.string().min(1).max(200).optional(),
  MODEL_KEY_FILE: z.string().startsWith("/", "must be an absolute path").optional(),
  MODEL_REVIEWS: flag.default("0"),
  ASSAY_HARNESS_FILE: z.string().startsWith("/", "must be an absolute path").optional(),
  DOCKER_HOST: z.url({ protocol: /^(unix|tcp|https?)$/ }).optional(),
  ASSAY_SANDBOX: z.enum(["docker", "gvisor", "off"]).default("docker"),
  GITHUB_APP_ID: z.coerce.number().int().positive().optional(),
  GITHUB_APP_PRIVATE_KEY_FILE: z.string().startsWith("/", "must be an absolute path").optional(),
  GITHUB_WEBHOOK_SECRET: z.string().min(16, "must have 16 characters or more").optional(),
  GITHUB_BASE_URL: httpUrl.default("https://api.github.com"),
  ASSAY_DEMO: flag.default("0"),
  ASSAY_SINGLE_PROCESS: z.literal("accept").optional(),
  TRUSTED_PROXIES: z.string().default(""),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * Turns the environment into a typed configuration. Empty variables count as absent.
 * Throws a Refusal that names each bad variable and what it must look like.
 */
export function readConfig(env: Record<string, string | undefined>, isRoot: boolean) {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = envSchema.safeParse(present);
  if (!parsed.success) {
    const what = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ");
    throw new Refusal("bad-request", `The environment is wrong: ${what}`, "See docs/operating.md.");
  }
  const e = parsed.data;
  const home = resolve(e.ASSAY_HOME ?? defaultHome(env, isRoot));
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL,
    home,
    databaseUrl: e.DATABASE_URL,
    redisUrl: e.REDIS_URL,
    controlUrl: e.ASSAY_CONTROL,
    secretFile: e.ASSAY_SECRET_FILE ?? join(home, "secret"),
    gitHosts: words(e.ASSAY_GIT_HOSTS),
    gitCaFile: e.ASSAY_GIT_CA_FILE,
    advisoriesFile: e.ASSAY_ADVISORIES_FILE,
    clamdUrl: e.CLAMD_URL,
    model: modelOf(e),
    modelReviews: e.MODEL_REVIEWS === "1",
    harnessFile: e.ASSAY_HARNESS_FILE,
    dockerHost: e.DOCKER_HOST,
    sandbox: e.ASSAY_SANDBOX,
    github: githubOf(e),
    demo: e.ASSAY_DEMO === "1",
    singleProcessAccepted: e.ASSAY_SINGLE_PROCESS === "accept",
    trustedProxies: words(e.TRUSTED_PROXIES),
    logLevel: e.LOG_LEVEL,
  } as const;
}

/** What is set of the GitHub App: `secrets` are the webhook's, the one in force first; `app` is what reports need. */
function githubOf(e: z.output<typeof envSchema>) {
  const { GITHUB_APP_ID: id, GITHUB_APP_PRIVATE_KEY_FILE: keyFile } = e;
  const app = id === undefined || keyFile === undefined ? undefined : { id, keyFile };
  return { api: e.GITHUB_BASE_URL, secrets: words(e.GITHUB_WEBHOOK_SECRET ?? ""), app } as const;
}

/** A model is there when both its address and its name are. */
function modelOf(e: z.output<typeof envSchema>) {
  if (e.MODEL_URL === undefined || e.MODEL_NAME === undefined) return undefined;
  const { MODEL_URL: url, MODEL_NAME: name, MODEL_DIALECT: dialect, MODEL_KEY_FILE: keyFile } = e;
  return { url, name, dialect, keyFile } as const;
}

function defaultHome(env: Record<string, string | undefined>, isRoot: boolean): string {
  if (isRoot) return "/var/lib/assay";
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "assay");
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
