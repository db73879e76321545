import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite } from "../../bin/compose/site.ts";
import { addYank, type ControlFiles } from "../../src/control/index.ts";
import {
  doorOf,
  filesOf,
  GIT_DOORS,
  HTTP_DOORS,
  objectsOf,
  opened,
  PAGES,
  throughGit,
  throughHttp,
  type Served,
  type Visitor,
  type Wanted,
} from "../doors.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner, type Signer } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

/*
 * The attacker holds a push token of team acme and a key that the law trusts; what they pushed is refused, held,
 * quarantined or yanked. Each version carries a word of its own in its description, its text, a file and its tag's
 * message. A good version carries one too: where that word does not come through a door, the door was not really tried.
 */
const ann = makeSigner("ann@example.test");
const lost = makeSigner("lost@example.test");
const eve = makeSigner("eve@example.test");

type State = "published" | "refused" | "held" | "quarantined" | "yanked";
type Made = Wanted & { readonly state: State; readonly isInSource: boolean };

let world: World;
let hosted: Forge;
let mirrored: Forge;
let scratch: string;
let attacker: string;
let siteFiles: Set<string>;
const visitors: Visitor[] = [{ name: "anybody" }];
const made: Made[] = [];
const serverPages = fileURLToPath(new URL("../../../site/src/pages", import.meta.url));

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-no-door-"));
  world = await createWorld({ hasSite: true, gitHosts: "file:" });
  const { clientDir } = await openSite(() => undefined);
  siteFiles = new Set((await readdir(clientDir, { recursive: true })).map((path) => `/${path}`));
  hosted = await createForge();
  mirrored = await createForge();
  await world.addTeam("acme", ann, lost);
  await world.addTeam("other", makeSigner("bob@example.test"));
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  attacker = await world.token("acme", "push", "read");
  visitors.push(
    { name: "somebody of another team", token: await world.token("other", "push", "read") },
    { name: "the attacker", token: attacker },
  );
  await release("deploy", "1.0.0", "published", ann);
  await release("deploy", "1.1.0", "quarantined", lost);
  await release("stolen", "1.0.0", "quarantined", lost);
  await release("deploy", "1.2.0", "yanked", ann);
  await release("gone", "1.0.0", "yanked", ann);
  await release("deploy", "1.3.0", "refused", eve);
  await release("ghost", "1.0.0", "refused", eve);
  await release("deploy", "1.3.1", "refused", ann, "side");
  await release("deploy", "1.4.0", "published", ann);
  await putLaw("policy.yaml", "checks:\n  signature: required\n  evals: required\n");
  await release("deploy", "1.5.0", "held", ann);
  await release("phantom", "1.0.0", "held", ann);
  await follow();
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const stolen = `keys:\n  - fingerprint: ${fingerprintOf(lost)}\n    reason: laptop lost\n    since: ${since}\n`;
  await putLaw("trust/revoked.yaml", stolen);
  for (const { skill, version } of made.filter(({ state }) => state === "yanked")) {
    const yank = { skill: `acme/${skill}`, version, reason: "breaks the build" };
    await world.change((files) => addYank(files, yank));
  }
  await world.settled();
  for (const { team, skill, version, state } of made) {
    const answer = await world.ask(`/api/v1/skills/${team}/${skill}/versions/${version}`);
    const seen = answer.status === 404 ? "refused" : answer.json()["state"];
    if (seen !== state) throw new Error(`${skill} ${version} is ${String(seen)}, not ${state}`);
  }
}, 300_000);
afterAll(async () => {
  await hosted.remove();
  await mirrored.remove();
  await rm(scratch, { recursive: true, force: true });
  await world.close();
});

const putLaw = (path: string, text: string) =>
  world.change((files: ControlFiles) => new Map([...files, [path, Buffer.from(text)]]));

/** Commits a version with a word of its own and tags it. */
async function forgeVersion(
  forge: Forge,
  source: string,
  wish: { skill: string; version: string; state: State; signer: Signer; branch: string },
): Promise<Made> {
  const { skill, version, state, signer, branch } = wish;
  const marker = `${state}${randomBytes(8).toString("hex")}`;
  const text = skillMd(skill, `${marker}\n`).replace("description: ", `description: ${marker} `);
  const files = { [`skills/${skill}/SKILL.md`]: text, [`skills/${skill}/notes.md`]: `${marker}\n` };
  if (branch !== "main")
    await forge.setRef(`refs/heads/${branch}`, await forge.resolve("refs/heads/main"));
  const at = await forge.commit(files, { branch, message: `feat(${skill}): version ${version}` });
  const tag = `${skill}--v${version}`;
  const message = `${tag}\n\n${marker}`;
  const oid = await forge.tag(tag, { signer, at, message });
  const parents = (await forge.git("rev-list", "--parents", "-1", at)).stdout.toString();
  const [, ...before] = parents.trim().split(" ");
  const fresh = ["rev-list", "--objects", at, ...before.map((parent) => `^${parent}`)];
  const objects = (await forge.git(...fresh)).stdout.toString().trim().split("\n");
  const oids = [oid, ...objects.map((line) => line.slice(0, 40))];
  expect(oids.length).toBeGreaterThanOrEqual(6);
  const isInSource = branch === "main" && source === "acme-skills";
  return { source, tag, team: "acme", skill, version, marker, oids, state, isInSource };
}

async function release(
  skill: string,
  version: string,
  state: State,
  signer: Signer,
  branch = "main",
): Promise<void> {
  const one = await forgeVersion(hosted, "acme-skills", { skill, version, state, signer, branch });
  made.push(one);
  const branches = branch === "main" ? ["main"] : [];
  await hosted.push(world.remote("acme-skills", attacker), ...branches, one.tag);
  const early = state === "held" || state === "refused" ? state : "published";
  await world.tag("acme-skills", one.tag, { state: early });
}

/** A followed repo keeps what is refused: its own host took it. */
async function follow(): Promise<void> {
  const base = { skill: "lint-it", branch: "main" };
  for (const [version, state, signer] of [
    ["1.0.0", "held", ann],
    ["1.1.0", "refused", eve],
  ] as const)
    made.push(await forgeVersion(mirrored, "mirror", { ...base, version, state, signer }));
  const { url } = mirrored;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
}

const bad = () => made.filter(({ state }) => state !== "published");
const good = () => made.filter(({ state }) => state === "published");
/** A yanked version stays for whoever names it: hidden, not withdrawn. */
const isPinned = ({ by }: Served, { state, version }: Made) =>
  state === "yanked" &&
  new RegExp(`[/@]v?${version.replaceAll(".", "\\.")}(?:/|$|\\.json$)`).test(by);

/** A page that says what was searched for; what it finds is searched for in other words too. */
const isEcho = ({ by }: Served, marker: string) => by.includes(`=${marker}`);

function leaksIn(served: readonly Served[], forbidden: readonly Made[]): string[] {
  return served.flatMap((one) =>
    forbidden
      .filter(({ marker }) => one.bytes.includes(marker) && !isEcho(one, marker))
      .filter((version) => !isPinned(one, version))
      .map(
        ({ skill, version, state }) => `${state} ${skill} ${version} by ${one.door} (${one.by})`,
      ),
  );
}

describe("every route that the server has", () => {
  it("is asked for bytes of what is refused, held, quarantined and yanked: a route that is not in the list fails", async () => {
    const there = world.routes.flatMap((route) => doorOf(route, siteFiles) ?? []);
    expect(there.length).toBeGreaterThan(20);
    expect([...new Set(there)].toSorted()).toEqual(Object.keys(HTTP_DOORS).toSorted());
  });

  it("that OpenAPI describes is asked as well", async () => {
    const { paths } = (await world.ask("/api/openapi.json")).json() as {
      paths: Record<string, object>;
    };
    const listed = new Set(Object.keys(HTTP_DOORS).map((key) => key.replace(/^\S+ /, "")));
    const described = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1"));
    expect(described.length).toBeGreaterThan(6);
    expect(described.filter((path) => !listed.has(path))).toEqual([]);
  });

  it("that is a page is asked as well: a page that is not in the list fails", async () => {
    const files = await readdir(serverPages, { recursive: true, withFileTypes: true });
    const pages = files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(serverPages.length + 1));
    expect(pages.toSorted()).toEqual(Object.keys(PAGES).toSorted());
  });
});

describe("what is refused, held, quarantined or yanked", () => {
  it.each([0, 1, 2])(
    "is served by no address over HTTP, not one byte of it, to visitor %i of three",
    async (at) => {
      const visitor = visitors[at];
      if (visitor === undefined) throw new Error("no such visitor");
      const served = await throughHttp(world.url, visitor, made);
      expect(served.length).toBeGreaterThan(300);
      expect(leaksIn(served, bad())).toEqual([]);
      const faults = served.filter(({ bytes }) => bytes.includes('"code":"internal"'));
      expect(faults.map(({ by }) => by)).toEqual([]);
      const open = new Set(
        served
          .filter((one) => good().some(({ marker }) => one.bytes.includes(marker)))
          .map(({ door }) => door),
      );
      for (const door of [
        "GET,HEAD /api/v1/skills",
        "GET,HEAD /api/v1/skills/:team/:name",
        "GET,HEAD /api/v1/skills/:team/:name/versions/:version/archive.tar.gz",
        "GET,HEAD /api/v1/skills/:team/:name/versions/:version/archive.zip",
        "GET,HEAD /.well-known/agent-skills/index.json",
        "GET,HEAD /s/:team/:skill/.well-known/skills/:name/*",
        "skills/[team]/[name]/[version]/index.astro",
        "skills/[team]/[name]/[version]/files/[...path].astro",
      ])
        expect([door, open.has(door)]).toEqual([door, true]);
    },
    240_000,
  );

  it("is served by no repo over git, by tag, branch or object id, in protocol 0 or 2", async () => {
    const open: string[] = [];
    for (const visitor of visitors) {
      for (const [kind, addressOf] of Object.entries(GIT_DOORS)) {
        for (const repo of new Set(made.map(addressOf))) {
          const url = world.remote(repo, visitor.token);
          const got = await throughGit(url, repo, visitor.name, made);
          if (got.isOpen) open.push(`${visitor.name}: ${repo}`);
          const isOwn = kind === "source" && visitor.token === attacker;
          const forbidden = bad().filter((one) => !isOwn || !one.isInSource);
          const pinned =
            kind === "store" ? forbidden.filter((one) => one.state !== "yanked") : forbidden;
          expect(leaksIn([got], pinned)).toEqual([]);
          const refusedTags = bad()
            .filter(({ state }) => state === "refused")
            .map(({ oids }) => oids[0] ?? "");
          const oids = [...forbiddenOids(pinned), ...refusedTags].filter((oid) =>
            got.oids.has(oid),
          );
          expect([visitor.name, repo, oids]).toEqual([visitor.name, repo, []]);
          const hasGood = good().some(({ marker }) => got.bytes.includes(marker));
          expect([repo, hasGood]).toEqual([
            repo,
            repo === "s/acme/deploy" || (isOwn && repo === "acme-skills"),
          ]);
        }
      }
    }
    const everybody = visitors.flatMap(({ name }) =>
      ["s/acme/deploy", "s/acme/gone", "log"].map((repo) => `${name}: ${repo}`),
    );
    expect(open.filter((one) => !/stolen|ghost|phantom|lint-it/.test(one)).toSorted()).toEqual(
      [...everybody, "the attacker: acme-skills"].toSorted(),
    );
  }, 480_000);

  it("lies in none of the files from which doors are served, packed neither", async () => {
    const published = join(world.home, "git", "published");
    const repos = (await readdir(published, { recursive: true })).filter((path) =>
      path.endsWith(".git"),
    );
    expect(repos).toContain(join("acme", "deploy.git"));
    for (const repo of repos) {
      const { bytes, oids } = await objectsOf(join(published, repo));
      const served = { door: repo, by: "the disk", bytes };
      const withdrawn = bad().filter(({ state }) => state !== "yanked");
      expect(leaksIn([served], withdrawn)).toEqual([]);
      expect(forbiddenOids(withdrawn).filter((oid) => oids.has(oid))).toEqual([]);
    }
    expect(leaksIn(await filesOf(join(world.home, "public")), bad())).toEqual([]);
  });

  it("of a yanked version there are the bytes for who names it, and no other way to them", async () => {
    const answer = await world.ask("/api/v1/skills/acme/gone/versions/1.0.0/archive.zip");
    expect([
      answer.status,
      opened(answer.bytes).includes(made.find(({ skill }) => skill === "gone")?.marker ?? ""),
    ]).toEqual([200, true]);
    const clone = await run(scratch, ["clone", "-q", world.remote("s/acme/deploy"), "latest"]);
    expect(clone.code).toBe(0);
    const { stdout } = await run(join(scratch, "latest"), ["show", "HEAD:skills/deploy/notes.md"]);
    const notes =
      stdout.length > 0
        ? stdout
        : (await run(join(scratch, "latest"), ["show", "HEAD:notes.md"])).stdout;
    expect(notes.toString().trim()).toBe(made.find(({ version }) => version === "1.4.0")?.marker);
  });
});

/** Objects that only these versions have. */
function forbiddenOids(versions: readonly Made[]): string[] {
  const elsewhere = new Set(good().flatMap(({ oids }) => oids));
  return versions.flatMap(({ oids }) => oids).filter((oid) => !elsewhere.has(oid));
}
