import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NewApp } from "@assay/github-app";
import { z } from "zod";
import type { Config } from "../../src/runtime/index.ts";

export type GithubSettings = {
  /** Base of the API. */
  readonly api: string;
  /** Of the webhook, the one in force first. */
  readonly secrets: readonly string[];
  /** What reports need; undefined where no App is set up. */
  readonly app: { readonly id: number; readonly keyFile: string } | undefined;
};

const FOLDER = "github-app";
const kept = z.object({ id: z.number().int().positive(), api: z.string() });

/** What is set of the GitHub App: by the environment, else what `assay github-app set-up` has kept in ASSAY_HOME. */
export async function readGithubSettings({
  github,
  home,
}: Pick<Config, "github" | "home">): Promise<GithubSettings> {
  const dir = join(home, FOLDER);
  const own = await readKept(dir);
  // An App of another GitHub has no rights on this one.
  if (own === undefined || own.api !== github.api) return github;
  const secret = await readText(join(dir, "webhook-secret"));
  return {
    api: github.api,
    secrets: github.secrets.length > 0 || secret === undefined ? github.secrets : [secret.trim()],
    app: github.app ?? { id: own.id, keyFile: join(dir, "private-key.pem") },
  };
}

/** Keeps the secrets of a new App in ASSAY_HOME, readable by this account alone; what says that they are there comes last. */
export async function keepGithubApp(
  { github, home }: Pick<Config, "github" | "home">,
  app: NewApp,
): Promise<void> {
  const dir = await makeGithubFolder(home);
  const facts = { id: app.id, slug: app.slug, url: app.url, api: github.api };
  await put(dir, "private-key.pem", app.privateKey);
  await put(dir, "webhook-secret", `${app.webhookSecret}\n`);
  await put(dir, "app.json", `${JSON.stringify(facts, undefined, 2)}\n`);
}

/** The folder that they are kept in: made before GitHub is asked for anything, since it gives a key once. */
export async function makeGithubFolder(home: string): Promise<string> {
  const dir = join(home, FOLDER);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}

async function put(dir: string, name: string, text: string): Promise<void> {
  await writeFile(join(dir, `${name}.new`), text, { mode: 0o600 });
  await rename(join(dir, `${name}.new`), join(dir, name));
}

async function readKept(dir: string): Promise<z.output<typeof kept> | undefined> {
  const text = await readText(join(dir, "app.json"));
  if (text === undefined) return undefined;
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw cause;
  });
}
