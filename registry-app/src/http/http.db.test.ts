import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { git } from "../../test/git-hosting.ts";
import { startTestServer, type TestServer } from "../../test/server.ts";
import { transaction } from "../db/index.ts";
import { createGitHost, initBare, installHooks } from "../git/index.ts";
import { createToken, createUser, revokeToken, SYSTEM, upsertTeam } from "../people/index.ts";
import { silentLog, systemClock, systemIds } from "../runtime/index.ts";

let test: TestDatabase;
let server: TestServer;
let member = { id: "", text: "" };
let admin = "";
let pusher = "";
const deps = { clock: systemClock, ids: systemIds };
const at = new Date("2026-01-01T00:00:00Z");
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

const remote = (token: string) => `http://x:${token}@127.0.0.1:${server.port}/git/acme.git`;
const tip = async (dir: string) => (await git(dir, "rev-parse", "main")).stdout;

beforeAll(async () => {
  test = await createTestDatabase();
  const team = await transaction(test.db, async (tx) =>
    upsertTeam(deps, tx, { slug: "acme", name: "Acme" }),
  );
  const token = { name: "t", scopes: ["read" as const], expiresAt: null };
  member = await transaction(test.db, async (tx) =>
    createToken(deps, tx, SYSTEM, { ...token, owner: { teamId: team.id } }),
  );
  admin = await transaction(test.db, async (tx) => {
    const wanted = { email: "root@example.test", name: "Root", isAdmin: true };
    const { id: userId } = await createUser(deps, tx, SYSTEM, wanted);
    return (await createToken(deps, tx, SYSTEM, { ...token, owner: { userId } })).text;
  });
  pusher = await transaction(test.db, async (tx) => {
    const wanted = { ...token, owner: { teamId: team.id }, scopes: ["push" as const] };
    return (await createToken(deps, tx, SYSTEM, wanted)).text;
  });
  const home = await mkdtemp(join(tmpdir(), "assay-git-"));
  const [hooksDir, repoDir] = [join(home, "hooks"), join(home, "acme.git")];
  await installHooks(hooksDir);
  await initBare(repoDir);
  const sourceId = systemIds.next();
  const source = { id: sourceId, slug: "secret", team_id: team.id, kind: "hosted" } as const;
  await test.db
    .insertInto("sources")
    .values({ ...source, visibility: "private", branch: "main", state: "active", created_at: at })
    .execute();
  for (const name of ["group/a@1.0.0", "b--v1.0.0"]) {
    const id = systemIds.next();
    const row = { id, source_id: sourceId, name, oid: "1".repeat(40), state: "refused" } as const;
    await test.db
      .insertInto("tags")
      .values({ ...row, in_git: true, code: "UNSIGNED", first_seen_at: at })
      .execute();
  }
  const clientDir = await mkdtemp(join(tmpdir(), "assay-site-"));
  await mkdir(join(clientDir, "_astro"));
  await writeFile(join(clientDir, "_astro", "page.css"), "a{}");
  server = await startTestServer(test.db, {
    hosting: {
      host: createGitHost({ log: silentLog, clock: systemClock, hooksDir }),
      find: async (repo) => {
        if (repo !== "acme.git") return undefined;
        const subject = { teamId: team.id, visibility: "public", isDemo: false } as const;
        return { kind: "source", subject, repoDir, judgeFor: () => "judging off" };
      },
    },
    measures: async () => ({ assay_jobs_waiting: 3 }),
    site: {
      clientDir,
      handler: (req, res, _next, locals) => {
        res.end(`${req.url} ${Object.keys(locals).join(" ")}`);
      },
    },
  });
});
afterAll(async () => {
  await server.close();
  await test.close();
});

describe("what is private", () => {
  it.each([
    "/api/v1/sources/secret",
    "/api/v1/sources/secret/tags",
    "/api/v1/sources/secret/tags/b--v1.0.0",
  ])("%s answers outsiders exactly as what does not exist, and members with it", async (path) => {
    const hidden = await server.ask(path);
    const absent = await server.ask(path.replace("secret", "absent"));
    const strip = (answer: typeof hidden) => [answer.status, { ...answer.json(), requestId: "" }];
    expect(strip(hidden)).toEqual(strip(absent));
    const shown = await server.ask(path, bearer(member.text));
    expect([shown.status, shown.headers["cache-control"]]).toEqual([200, "private, no-cache"]);
  });

  it("is found by tag names with slashes and at signs, encoded or not", async () => {
    for (const tag of ["group/a@1.0.0", "group%2Fa%401.0.0", "group/a%401.0.0"]) {
      const answer = await server.ask(`/api/v1/sources/secret/tags/${tag}`, bearer(member.text));
      expect(answer.json()).toMatchObject({ tag: "group/a@1.0.0", code: "UNSIGNED" });
    }
  });

  it("ends with the token, at once", async () => {
    const token = await transaction(test.db, async (tx) => {
      const { team_id: teamId } = await tx
        .selectFrom("sources")
        .select("team_id")
        .executeTakeFirstOrThrow();
      const wanted = {
        name: "short",
        owner: { teamId },
        scopes: ["read" as const],
        expiresAt: null,
      };
      return createToken(deps, tx, SYSTEM, wanted);
    });
    expect((await server.ask("/api/v1/sources/secret", bearer(token.text))).status).toBe(200);
    await transaction(test.db, async (tx) => revokeToken(deps, tx, SYSTEM, token.id));
    expect((await server.ask("/api/v1/sources/secret", bearer(token.text))).status).toBe(401);
  });
});

describe("metrics", () => {
  it("are for admins of the registry", async () => {
    expect((await server.ask("/metrics", bearer(member.text))).status).toBe(403);
    const { status, text } = await server.ask("/metrics", bearer(admin));
    expect(status).toBe(200);
    expect(text).toContain("assay_jobs_waiting 3\n");
    expect(text).toMatch(/^http_requests_total\{.*route="\/api\/v1\/sources\/:source".*\} \d+$/m);
  });
});

describe("the site", () => {
  it("renders what nobody else answers, with what its pages need", async () => {
    const page = await server.ask("/skills?q=<b>");
    expect(page.text).toBe("/skills?q=<b> assay viewer registry now");
    expect(page.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it("has its hashed files kept for ever, and leaves the API's addresses alone", async () => {
    const css = await server.ask("/_astro/page.css");
    expect([css.text, css.headers["cache-control"]]).toEqual([
      "a{}",
      "public, max-age=31536000, immutable",
    ]);
    expect((await server.ask("/api/v1/nowhere")).headers["content-type"]).toBe(
      "application/problem+json",
    );
  });
});

describe("search over HTTP", () => {
  it.each(["'; DROP TABLE skills; --", "<script>", "%", "_", "\\", "a&b|!c:*", "\u202e", "😀"])(
    "takes %j as words",
    async (q) => {
      const answer = await server.ask(`/api/v1/skills?q=${encodeURIComponent(q)}`);
      expect([answer.status, answer.json()["total"]]).toEqual([200, 0]);
    },
  );
});

describe("git", () => {
  it("is pushed to and cloned with a token as the password, big pushes that ask first included", async () => {
    const work = await mkdtemp(join(tmpdir(), "assay-work-"));
    await git(work, "init", "-q", "-b", "main");
    await writeFile(join(work, "big.bin"), randomBytes(3_000_000));
    await git(work, "add", ".");
    await git(work, "commit", "-q", "-m", "feat: begin");
    const url = remote(pusher);
    const pushed = await git(work, "-c", "http.expectContinue=true", "push", url, "main");
    expect(pushed).toMatchObject({ code: 0 });
    const cloned = await git(work, "clone", "-q", url, "again");
    expect(cloned).toMatchObject({ code: 0 });
    expect(await tip(join(work, "again"))).toBe(await tip(work));
  });

  it("refuses a push that only may read, a token that is none, and nobody", async () => {
    const work = await mkdtemp(join(tmpdir(), "assay-work-"));
    await git(work, "init", "-q", "-b", "main");
    await git(work, "commit", "-q", "--allow-empty", "-m", "x");
    const read = await git(work, "push", remote(member.text), "main");
    expect(read.stderr).toContain("403");
    const wrong = await git(work, "push", remote(`${pusher.slice(0, -1)}x`), "main");
    expect(wrong.stderr).toMatch(/Authentication failed/);
    const nobody = await git(work, "ls-remote", `http://127.0.0.1:${server.port}/git/acme.git`);
    expect(nobody.stderr).toMatch(/could not read Username/);
  });
});
