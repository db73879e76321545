import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pack } from "tar-stream";
import { connectEngine, statusOf, within, type Engine } from "../engine.ts";

export type ImageWish = {
  readonly dockerHost: string | undefined;
  /** The Node to put in where the base has none: a path to the binary. */
  readonly node: string;
  /** Told of progress, a line at a time. */
  readonly say: (line: string) => void;
};

export type ImageFound =
  | { readonly kind: "ready"; readonly id: string }
  | { readonly kind: "unavailable"; readonly because: string; readonly remedy: string };

const PACKAGES =
  "bash ca-certificates curl git jq procps python3 python3-venv python3-yaml strace unzip zip";
const SUITE = "bookworm";
const ONLINE_BASE = "node:24-bookworm-slim";
const ASK_MS = 10_000;
const PULL_MS = 180_000;
const BUILD_MS = 600_000;

/**
 * Gives the sandbox's image, building it when the engine has none of this content yet: on Node's own image where that
 * can be pulled, else on a base made from Debian's packages. Takes a minute or two, once.
 */
export async function ensureImage(wish: ImageWish): Promise<ImageFound> {
  const engine = connectEngine(wish.dockerHost);
  const dockerfile = readFileSync(join(import.meta.dirname, "Dockerfile"), "utf8");
  const tag = nameImage(dockerfile);
  try {
    const known = await findImage(engine, tag);
    if (known !== undefined) return { kind: "ready", id: known };
    wish.say("Building the sandbox's image; that takes a minute or two, once.");
    const base = (await pullBase(engine, wish)) ?? (await makeBase(engine, tag, wish));
    if (base.kind === "unavailable") return base;
    await build(engine, {
      tag,
      dockerfile,
      base: base.name,
      node: base.needsNode ? wish.node : null,
    });
    const built = await findImage(engine, tag);
    if (built === undefined) throw new Error("the engine built it and does not have it");
    wish.say("The sandbox's image is built.");
    return { kind: "ready", id: built };
  } catch (cause) {
    const because = `the sandbox's image could not be built: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { kind: "unavailable", because, remedy: "Mend that; it is tried again." };
  }
}

/** Another content has another name, so that an old image is never taken for it. */
function nameImage(dockerfile: string): string {
  const parts = [dockerfile, PACKAGES, SUITE, process.versions.node];
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `assay-sandbox:${digest.slice(0, 16)}`;
}

async function findImage(engine: Engine, tag: string): Promise<string | undefined> {
  try {
    const { Id } = await within("finding an image", ASK_MS, engine.getImage(tag).inspect());
    return Id;
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    throw cause;
  }
}

type Base = { readonly kind: "base"; readonly name: string; readonly needsNode: boolean };

async function pullBase(engine: Engine, { say }: ImageWish): Promise<Base | undefined> {
  const name = ONLINE_BASE;
  try {
    if ((await findImage(engine, name)) === undefined) {
      const stream = await within("pulling an image", PULL_MS, engine.pull(name));
      await within("pulling an image", PULL_MS, followProgress(engine, stream));
    }
    return { kind: "base", name, needsNode: false };
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    say(`${name} cannot be pulled (${because}); making a base from Debian's packages instead.`);
    return undefined;
  }
}

/** A root file system out of packages alone, piped into the engine; nothing is left on this disk. */
async function makeBase(
  engine: Engine,
  tag: string,
  { say }: ImageWish,
): Promise<Base | Extract<ImageFound, { kind: "unavailable" }>> {
  const name = tag.replace(":", "-base:");
  if ((await findImage(engine, name)) !== undefined) return { kind: "base", name, needsNode: true };
  const args = ["--quiet", "--variant=minbase", `--include=${PACKAGES.replaceAll(" ", ",")}`];
  const child = spawn("mmdebstrap", [...args, SUITE, "-"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
    timeout: BUILD_MS,
  });
  let said = "";
  child.stderr.on(
    "data",
    (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2_000)),
  );
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", () => resolve("mmdebstrap is not installed"));
    child.on("close", (code) => resolve(code === 0 ? undefined : said.trim() || `status ${code}`));
  });
  const [repo = "", version = ""] = name.split(":");
  const imported = importTar(engine, child.stdout, { repo, tag: version });
  imported.catch(() => undefined);
  const failure = await ended;
  if (failure !== undefined) {
    await imported.catch(() => undefined);
    await engine
      .getImage(name)
      .remove()
      .catch(() => undefined);
    const because = `no image can be pulled, and a base from Debian's packages could not be made: ${failure}`;
    const remedy = `Let the engine pull ${ONLINE_BASE}, or as root: apt-get install mmdebstrap`;
    return { kind: "unavailable", because, remedy };
  }
  await within("importing a base", BUILD_MS, imported);
  say("The base is there; adding the rest.");
  return { kind: "base", name, needsNode: true };
}

async function importTar(
  engine: Engine,
  tar: Readable,
  as: { readonly repo: string; readonly tag: string },
): Promise<void> {
  const stream = await engine.importImage(tar, as);
  await followProgress(engine, stream);
}

type BuildWish = {
  readonly tag: string;
  readonly dockerfile: string;
  readonly base: string;
  readonly node: string | null;
};

async function build(engine: Engine, { tag, dockerfile, base, node }: BuildWish): Promise<void> {
  const context = pack();
  context.entry({ name: "Dockerfile" }, dockerfile, () => undefined);
  context.entry({ name: "node/", type: "directory" }, "", () => undefined);
  if (node !== null)
    context.entry({ name: "node/node", mode: 0o755 }, readFileSync(node), () => undefined);
  context.finalize();
  const stream = await within(
    "starting a build",
    BUILD_MS,
    engine.buildImage(context as unknown as NodeJS.ReadableStream, {
      t: tag,
      buildargs: { BASE: base, PACKAGES },
      // What was made from packages has all it needs.
      ...(node === null ? {} : { networkmode: "none" }),
      forcerm: true,
    }),
  );
  await within("building the image", BUILD_MS, followProgress(engine, stream));
}

/** Waits for the end of what the engine reports; an error in the report is thrown. */
function followProgress(engine: Engine, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    engine.modem.followProgress(stream, (cause: Error | null, steps: { error?: string }[]) => {
      const failed = steps?.find((step) => step.error !== undefined)?.error;
      if (cause !== null) reject(cause);
      else if (failed === undefined) resolve();
      else reject(new Error(failed));
    });
  });
}
