import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listAudit } from "../../src/audit/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { judgeOf, serveRepos, type HostedRepos } from "../git-hosting.ts";
import { makeSelfSigned } from "../self-signed.ts";
import { createWorld, type World } from "../world.ts";

const TOKEN = "tok_c0ffee0123456789";
const BASIC = `Basic ${Buffer.from(`deploy:${TOKEN}`).toString("base64")}`;
const ann = makeSigner("ann@example.test");
let world: World;
let forge: Forge;
let repos: HostedRepos;
let isRude = false;
let hosts = "";

beforeAll(async () => {
  const tls = makeSelfSigned();
  repos = await serveRepos({
    onPush: () => judgeOf(),
    tls,
    turnAway: (req, res) => {
      if (!isRude && req.headers.authorization === BASIC) return false;
      const challenge = { "www-authenticate": 'Basic realm="x"', "content-type": "text/plain" };
      // A host that says back what it was told.
      res.writeHead(isRude ? 403 : 401, challenge).end(`you said ${req.headers.authorization}\n`);
      return true;
    },
  });
  hosts = `127.0.0.1:${repos.port}`;
  world = await createWorld({ gitHosts: hosts, gitCaFile: join(repos.root, "ca.pem") });
  await writeFile(join(repos.root, "ca.pem"), tls.cert);
  forge = await createForge();
  await world.addTeam("acme", ann);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  const url = await repos.makeBare("skills.git");
  await publish();
  await world.addSource({ slug: "private", team: "acme", visibility: "public", url });
});
afterAll(async () => {
  await world.close();
  await forge.remove();
  await repos.close();
});

const assay = (input: string, ...args: string[]) =>
  runCli(args, {
    cwd: world.home,
    env: { ASSAY_HOME: world.home, DATABASE_URL: world.database.url, ASSAY_GIT_HOSTS: hosts },
    input,
  });
const publish = async () =>
  forge.git("push", join(repos.root, "bare", "skills.git"), "refs/*:refs/*");
const source = async () => (await world.ask("/api/v1/sources/private")).json();
/** Everything that the registry wrote down anywhere but in the sealed column. */
const written = async () => {
  const { db } = world.database;
  const rows = await db.selectFrom("sources").selectAll().execute();
  const audit = await listAudit(db, { limit: 500 });
  const sealed = await db.selectFrom("source_credentials").selectAll().execute();
  const bytes = sealed.map((one) => Buffer.from(one.sealed).toString("latin1"));
  return JSON.stringify([rows, audit, world.log, bytes, sealed]);
};
const refuseSecrets = async (...more: string[]) => {
  const text = [await written(), ...more].join("\n");
  for (const secret of [TOKEN, BASIC.slice(6)]) expect(text).not.toContain(secret);
};

it("a private https host is read with the token that was stored for it, and nobody else learns it", async () => {
  await world.sync("private");
  expect((await source())["lastError"]).toMatch(
    /not-allowed: .*(?:terminal prompts|Authentication)/s,
  );

  const wrong = await assay("wrong\n", "source", "credential", "private", "--user", "deploy");
  expect(wrong).toMatchObject({ code: 0 });
  await world.sync("private");
  expect((await source())["lastError"]).toContain("not-allowed");

  const args = ["source", "credential", "private", "--user", "deploy", "--json"];
  const set = await assay(`${TOKEN}\n`, ...args);
  expect(set.lines()).toEqual([{ slug: "private", credential: "https" }]);
  await world.sync("private");
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await publish();
  await world.sync("private");
  await world.tag("private", "deploy--v1.0.0", { state: "published" });
  expect(await source()).toMatchObject({ lastError: null });
  const entries = await listAudit(world.database.db, { action: "source.credential" });
  expect(entries[0]).toMatchObject({ subject: "source:private", detail: { kind: "https" } });
  await refuseSecrets(set.stdout, set.stderr);
}, 60_000);

it("a host that says the token back does not bring it onto a page or into the log", async () => {
  isRude = true;
  await world.sync("private");
  isRude = false;
  const error = String((await source())["lastError"]);
  expect(error).toContain("you said");
  expect(error).toContain("[secret]");
  await refuseSecrets(error);
  await world.sync("private");
  expect(await source()).toMatchObject({ lastError: null });
}, 60_000);

it("a token is for one host: at another address it is not sent", async () => {
  const { url } = await source();
  const seen: (string | undefined)[] = [];
  const other = await serveRepos({
    onPush: () => judgeOf(),
    turnAway: (req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(404).end();
      return true;
    },
  });
  const move = async (to: string) =>
    world.change((files) => {
      const text = files.get("sources/private.yaml")?.toString() ?? "";
      const changed = text.replace(/^url: .*$/m, `url: ${to}`);
      return new Map([...files, ["sources/private.yaml", Buffer.from(changed)]]);
    });
  await move(`http://127.0.0.1:${other.port}/git/skills.git`);
  await world.sync("private");
  expect((await source())["lastError"]).toContain(`the stored credential is for https://${hosts}`);
  expect(seen).toEqual([]);
  await move(String(url));
  await other.close();
  await world.sync("private");
  expect(await source()).toMatchObject({ lastError: null });
}, 60_000);

it("a sealed token does not open with another master secret, and the source says so", async () => {
  const path = world.core.config.secretFile;
  const secret = await readFile(path, "utf8");
  await writeFile(path, "another master secret altogether");
  await world.sync("private");
  expect((await source())["lastError"]).toContain("cannot be opened with the secret");
  await writeFile(path, secret);
  await world.sync("private");
  expect(await source()).toMatchObject({ lastError: null });
}, 60_000);

it("a token that is taken back is gone, and what was published stays", async () => {
  const gone = await assay("", "source", "credential", "private", "--remove");
  expect(gone).toMatchObject({ code: 0 });
  const again = await assay("", "source", "credential", "private", "--remove");
  expect(again.stderr).toContain("No credential is stored");
  await world.sync("private");
  expect((await source())["lastError"]).toContain("not-allowed");
  expect((await world.ask("/api/v1/skills/acme/deploy/versions/1.0.0")).status).toBe(200);
  const left = await world.database.db.selectFrom("source_credentials").selectAll().execute();
  expect(left).toEqual([]);
}, 60_000);

it.each([
  ["nothing at all", "", []],
  ["two lines", "a\nb", []],
  ["a user with a colon", "x", ["--user", "a:b"]],
  ["pinned hosts for https", "x", ["--known-hosts", "/dev/null"]],
])("%s is no credential", async (_what, input, args) => {
  const run = await assay(input, "source", "credential", "private", ...args);
  expect(run).toMatchObject({ code: 2, stdout: "" });
});
