import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Core } from "../bin/compose/open-core.ts";
import {
  addImport,
  addSigner,
  addSource,
  addTeam,
  proposeChange,
  type ControlFiles,
  type NewSource,
} from "../src/control/index.ts";
import { transaction } from "../src/db/index.ts";
import { createToken, findTeam, SYSTEM, type Scope } from "../src/people/index.ts";
import { findImport } from "../src/publish/index.ts";
import { JOBS, listDeadLetters, syncSource } from "../src/queue/index.ts";
import { createLog } from "../src/runtime/index.ts";
import { findSourceBySlug } from "../src/sources/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import type { Signer } from "./forge-keys.ts";
import { startRegistry, type Registry, type RegistryWish } from "./world-registry.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json(): Json;
};
/** A parsed JSON object, which a test holds against what it expects. */
export type Json = Readonly<Record<string, unknown>>;
export type Ask = {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
};

export type TagAsked = { readonly oid?: string; readonly state?: string; readonly token?: string };

/** The whole product in this process on a home and a database of its own. */
export type World = {
  readonly home: string;
  readonly url: string;
  readonly routes: Registry["routes"];
  readonly core: Core;
  readonly database: TestDatabase;
  /** Parsed lines of the log. */
  readonly log: readonly Record<string, unknown>[];
  /** Changes the law as the operator does. */
  change(edit: (files: ControlFiles) => ControlFiles): Promise<void>;
  /** A team with its signers, keys and all. */
  addTeam(slug: string, ...signers: readonly Signer[]): Promise<void>;
  addSource(source: NewSource): Promise<void>;
  addSigner(team: string, signer: Signer): Promise<void>;
  /** A token that acts for a team. */
  token(team: string, ...scopes: readonly Scope[]): Promise<string>;
  /** The push URL of a source, with a token in it when one is given. */
  remote(slug: string, token?: string): string;
  ask(path: string, options?: Ask): Promise<Answer>;
  /** Syncs a source, as the timer would, and waits until all of it is judged. */
  sync(slug: string): Promise<void>;
  /** Confirms what a source came with, as the operator unless somebody else is named. */
  confirmImport(slug: string, by?: string): Promise<void>;
  /** Waits until no job is left and no tag waits. */
  settled(): Promise<void>;
  /** What the API says of a tag, once it is decided; with `oid`, once it speaks of that object, with `state`, once it has that. */
  tag(source: string, name: string, wish?: TagAsked): Promise<Json>;
  /** Every row of every table that says what was judged; times of access left out. */
  dump(): Promise<string>;
  /** Stops; throws when a job failed or was left, a dead letter lies about, or a half-written file is found. */
  close(): Promise<void>;
};

export type WorldWish = Pick<
  RegistryWish,
  | "gitHosts"
  | "gitCaFile"
  | "hasSite"
  | "dockerHost"
  | "hasCheckWorker"
  | "pace"
  | "redisUrl"
  | "env"
> & {
  /** A migrated database, where no test run makes them; the world closes it. */
  readonly database?: TestDatabase;
  /** Where Postgres is reached, when it is not the test database's own address. */
  readonly databaseUrl?: (url: string) => Promise<string> | string;
  /** The test breaks something on purpose, so that errors in the log are as they should be. */
  readonly toleratesErrors?: boolean;
};

const PATIENCE_MS = 60_000;
const TABLES = [
  "teams",
  "sources",
  "tags",
  "commits",
  "skills",
  "skill_versions",
  "skill_files",
  "checks",
  "findings",
  "log_entries",
  "audit_log",
] as const;

/** Starts a registry that holds nothing yet. */
export async function createWorld(wish: WorldWish = {}): Promise<World> {
  const database = wish.database ?? (await createTestDatabase());
  const home = await mkdtemp(join(tmpdir(), "assay-world-"));
  const log: Record<string, unknown>[] = [];
  const { core, url, routes, stop } = await startRegistry({
    home,
    databaseUrl: (await wish.databaseUrl?.(database.url)) ?? database.url,
    log: createLog("info", (line) => log.push(JSON.parse(line) as Record<string, unknown>)),
    ...(wish.gitHosts !== undefined && { gitHosts: wish.gitHosts }),
    ...(wish.hasSite !== undefined && { hasSite: wish.hasSite }),
    ...(wish.gitCaFile !== undefined && { gitCaFile: wish.gitCaFile }),
    ...(wish.dockerHost !== undefined && { dockerHost: wish.dockerHost }),
    ...(wish.env !== undefined && { env: wish.env }),
    ...(wish.hasCheckWorker !== undefined && { hasCheckWorker: wish.hasCheckWorker }),
    ...(wish.pace !== undefined && { pace: wish.pace }),
    ...(wish.redisUrl !== undefined && { redisUrl: wish.redisUrl }),
  });
  const change = (edit: (files: ControlFiles) => ControlFiles) => changeLaw(core, edit);
  // What the log complained of last says best why something did not come.
  const complained = (what: string) => () =>
    [
      what,
      ...log
        .filter(isComplaint)
        .slice(-3)
        .map((line) => JSON.stringify(line)),
    ].join("\n");
  // Git returns to who pushed a moment before the push is taken note of, so that one look may come too early.
  const settled = () =>
    waitUntil(complained("nothing is left to do"), async () => {
      if (!(await isIdle(database.db, core))) return false;
      await sleep(100);
      return isIdle(database.db, core);
    });
  const world: World = {
    home,
    url,
    routes,
    core,
    database,
    log,
    change,
    settled,
    async addTeam(slug, ...signers) {
      await change((files) => addTeam(files, { slug, name: slug }));
      for (const signer of signers) await world.addSigner(slug, signer);
    },
    addSource: (source) => change((files) => addSource(files, source)),
    addSigner: (team, { email, publicKey }) =>
      change((files) => addSigner(files, { principal: email, publicKey, teams: [team] })),
    token: (slug, ...scopes) => makeToken(core, slug, scopes.length === 0 ? ["push"] : scopes),
    remote: (slug, token) =>
      `${url.replace("://", token === undefined ? "://" : `://any:${token}@`)}/git/${slug}.git`,
    ask: (path, options = {}) => ask(url, path, options),
    async sync(slug) {
      const source = await findSourceBySlug(database.db, slug);
      if (source === undefined) throw new Error(`there is no source ${slug}`);
      await core.queue.enqueue(database.db, syncSource, { sourceId: source.id });
      await settled();
    },
    async confirmImport(slug, by = core.operator.author.email) {
      const source = await findSourceBySlug(database.db, slug);
      if (source === undefined) throw new Error(`there is no source ${slug}`);
      const { digest } = await findImport(core.db, source.id);
      await change((files) => addImport(files, { source: slug, digest, by, reason: "known" }));
      await settled();
    },
    tag: async (source, name, { oid, state, token } = {}) => {
      const path = `/api/v1/sources/${source}/tags/${name.split("/").map(encodeURIComponent).join("/")}`;
      return waitFor(complained(`${name} is decided`), async () => {
        const answer = await ask(url, path, token === undefined ? {} : { token });
        if (answer.status === 404) return undefined;
        const json = answer.json();
        const isMeant = oid === undefined || json["oid"] === oid;
        const isSo = state === undefined ? json["state"] !== "pending" : json["state"] === state;
        return isSo && isMeant ? json : undefined;
      });
    },
    dump: () => dump(database),
    async close() {
      try {
        await settled();
        await refuseLeftovers(database, core, wish.toleratesErrors === true ? [] : log);
      } finally {
        await stop();
        await database.close();
      }
      await refuseHalfFiles(home);
      await rm(home, { recursive: true, force: true });
    },
  };
  return world;
}

/** Asks again until there is an answer. */
export async function waitFor<T>(
  what: string | (() => string),
  look: () => Promise<T | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) {
      const awaited = typeof what === "string" ? what : what();
      throw new Error(`waited in vain until ${awaited}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function waitUntil(
  what: string | (() => string),
  look: () => Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  await waitFor(what, async () => ((await look()) ? true : undefined), patienceMs);
}

/** Plain node:http: unlike fetch it sends a path as it is given. */
export async function ask(base: string, path: string, wish: Ask = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const auth = wish.token === undefined ? {} : { authorization: `Bearer ${wish.token}` };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: hostname,
        port,
        path,
        method: wish.method ?? "GET",
        headers: { ...auth, ...wish.headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, bytes, text, json: () => JSON.parse(text) as Json });
        });
      },
    );
    sent.on("error", reject);
    sent.end(wish.body);
  });
}

const isComplaint = ({ level }: Record<string, unknown>) => level === "warn" || level === "error";

async function changeLaw(core: Core, change: (files: ControlFiles) => ControlFiles) {
  const { author, sign } = core.operator;
  const time = core.clock.now();
  const message = "Change the law\n";
  await proposeChange(core, { repoDir: core.paths.control, change, message, author, time, sign });
  await core.law();
}

async function makeToken(core: Core, slug: string, scopes: readonly Scope[]): Promise<string> {
  const team = await findTeam(core.db, slug);
  if (team === undefined) throw new Error(`there is no team ${slug}`);
  const wanted = { name: "test", owner: { teamId: team.id }, scopes, expiresAt: null };
  const made = await transaction(core.db, (tx) => createToken(core, tx, SYSTEM, wanted));
  return made.text;
}

async function isIdle(db: TestDatabase["db"], core: Core): Promise<boolean> {
  for (const job of JOBS) {
    const { waiting, running, delayed } = await core.queue.count(job);
    if (waiting + running + delayed > 0) return false;
  }
  // A webhook makes a source due, and a moment later it is asked for.
  const due = await db
    .selectFrom("looks")
    .innerJoin("sources", "sources.id", "looks.source_id")
    .where("sources.state", "=", "active")
    .where("looks.due_at", "<=", core.clock.now())
    .select("source_id")
    .limit(1)
    .execute();
  if (due.length > 0) return false;
  const pending = await db
    .selectFrom("tags")
    .where("state", "=", "pending")
    // A tag of a frozen source waits for a person.
    .where((eb) => eb.or([eb("code", "is", null), eb("code", "<>", "SOURCE_FROZEN")]))
    .select("name")
    .limit(1)
    .execute();
  return pending.length === 0;
}

async function refuseLeftovers(
  { db }: TestDatabase,
  core: Core,
  log: readonly Record<string, unknown>[],
): Promise<void> {
  const letters = await listDeadLetters(core.db);
  if (letters.length > 0) throw new Error(`dead letters: ${JSON.stringify(letters)}`);
  const waiting = await db.selectFrom("log_entries").where("seq", "is", null).selectAll().execute();
  // Nobody waits for these: they are carried to the log with the next decision, or by the sweep.
  const decided = waiting.filter(({ key }) => !/^(?:released|synced|law):/.test(key));
  if (decided.length > 0) throw new Error(`not in the log: ${JSON.stringify(decided)}`);
  const faults = log.filter(({ level }) => level === "error");
  if (faults.length > 0) throw new Error(`errors were logged: ${JSON.stringify(faults)}`);
}

/** What a crash leaves and an orderly stop must not: files written aside, quarantines, locks. */
async function refuseHalfFiles(home: string): Promise<void> {
  const entries = await readdir(home, { recursive: true });
  const half = entries.filter((path) =>
    /\.(?:lock|new|tmp)$|\/tmp_|tmp_objdir|\/tmp\/./.test(path),
  );
  if (half.length > 0) throw new Error(`half-written files are left: ${half.join(", ")}`);
}

async function dump({ db }: TestDatabase): Promise<string> {
  const parts: string[] = [];
  for (const table of TABLES) {
    const rows = await db.selectFrom(table).selectAll().execute();
    const lines = rows.map((row) => JSON.stringify({ ...row, last_synced_at: undefined }));
    parts.push(`${table}\n${lines.toSorted().join("\n")}`);
  }
  return parts.join("\n\n");
}
