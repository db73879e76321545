import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../test/server.ts";
import { encodeUstar, gzipTar } from "../blobs/index.ts";
import { skillJsonPath, versionJsonPath, type Skill, type Version } from "../catalog/index.ts";
import type { Db } from "../db/index.ts";

/** A database that answers every touch as one that is down does. */
const down = new Proxy({} as Db, {
  get: () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
  },
});
const OID = "1".repeat(40);
const none = { signature: "pass", validation: "pass", scan: null, evals: null } as const;
const skill: Skill = {
  team: "acme",
  name: "pdf",
  description: 'Reads <b>PDF</b> & "forms"',
  latest: "1.0.0",
  checks: none,
  score: null,
  downloads: 0,
  updatedAt: "2026-01-01T00:00:00.000Z",
  versions: [{ version: "1.0.0", state: "published", publishedAt: "2026-01-01T00:00:00.000Z" }],
  owner: "acme",
  source: "acme-skills",
  license: null,
  compatibility: null,
};

let server: TestServer;
let archive: Buffer;
const delivered: object[] = [];

beforeAll(async () => {
  server = await startTestServer(down, {
    whyNotReady: async () => ["The demo is being made."],
    hooks: {
      find: async (slug) =>
        slug === "acme" ? { sourceId: "s1", secrets: ["hush", "old hush"] } : undefined,
      receive: async (delivery) => {
        delivered.push(delivery);
        return { kind: "stored" };
      },
    },
  });
  const files = [
    { path: "SKILL.md", mode: "100644" as const, bytes: Buffer.from("# hi\n") },
    { path: "run.sh", mode: "100755" as const, bytes: Buffer.from("echo hi\n") },
  ];
  archive = await gzipTar(encodeUstar(files));
  const sha256 = await server.deps.blobs.put(archive);
  const put = async (path: string, json: unknown) =>
    server.deps.publicFiles.write(path, Buffer.from(JSON.stringify(json)));
  await put(skillJsonPath("acme", "pdf"), skill);
  const version: Version = {
    version: "1.0.0",
    state: "published",
    tag: "pdf--v1.0.0",
    tagOid: OID,
    commit: OID,
    tree: OID,
    digest: "s1:x",
    signer: { principal: "ada@example.test", key: "SHA256:x" },
    firstSeenAt: "2026-01-01T00:00:00.000Z",
    publishedAt: "2026-01-01T00:00:00.000Z",
    bump: { declared: "first", required: "first" },
    changelog: { from: null, entries: [], markdown: "" },
    checks: [],
    files: files.map(({ path, mode, bytes }) => ({ path, mode, size: bytes.length, sha256: "0" })),
    archives: [{ format: "tar.gz", size: archive.length, sha256 }],
  };
  await put(versionJsonPath("acme", "pdf", "1.0.0"), version);
  await put(versionJsonPath("acme", "pdf", "2.0.0"), {
    ...version,
    version: "2.0.0",
    state: "held",
  });
});
afterAll(async () => server.close());

const sign = (secret: string, bytes: string) =>
  createHmac("sha256", secret).update(bytes).digest("hex");
const ARCHIVE = "/api/v1/skills/acme/pdf/versions/1.0.0/archive.tar.gz";

describe("with Postgres down", () => {
  it("a public skill, its version and its archive are served", async () => {
    expect((await server.ask("/api/v1/skills/acme/pdf")).json()).toEqual(skill);
    const version = await server.ask("/api/v1/skills/acme/pdf/versions/1.0.0");
    expect([version.status, version.json()["tag"]]).toEqual([200, "pdf--v1.0.0"]);
    expect((await server.ask(ARCHIVE)).bytes.equals(archive)).toBe(true);
  });

  it("an install client finds and gets it, by the new and by the old index", async () => {
    const index = await server.ask("/s/acme/pdf/.well-known/agent-skills/index.json");
    expect(index.headers["content-type"]).toMatch(/^application\/json/);
    const digest = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
    expect(index.json()["skills"]).toMatchObject([
      { name: "pdf", type: "archive", url: ARCHIVE, digest },
    ]);
    const old = await server.ask("/s/acme/pdf@1.0.0/.well-known/skills/index.json");
    expect(old.json()["skills"]).toMatchObject([{ name: "pdf", files: ["SKILL.md", "run.sh"] }]);
    const file = await server.ask("/s/acme/pdf@1.0.0/.well-known/skills/pdf/SKILL.md");
    expect([file.text, file.headers["content-security-policy"]]).toEqual([
      "# hi\n",
      "sandbox; default-src 'none'",
    ]);
  });

  it.each(["/api/v1/skills", "/api/v1/skills/acme/private", "/api/v1/sources"])(
    "%s answers 503 as a problem that names no cause",
    async (path) => {
      const answer = await server.ask(path);
      expect(answer.status).toBe(503);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.json()).toMatchObject({ code: "unavailable", status: 503 });
      expect(answer.text).not.toContain("ECONNREFUSED");
    },
  );
});

describe("archives", () => {
  it("carry strong validators and may be kept for ever", async () => {
    const { headers } = await server.ask(ARCHIVE);
    const hex = createHash("sha256").update(archive).digest("hex");
    expect(headers).toMatchObject({
      etag: `"${hex}"`,
      "repr-digest": `sha-256=:${Buffer.from(hex, "hex").toString("base64")}:`,
      "cache-control": "public, max-age=31536000, immutable",
      "content-type": "application/gzip",
      "content-length": String(archive.length),
    });
    const again = await server.ask(ARCHIVE, { headers: { "if-none-match": `"${hex}"` } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const head = await server.ask(ARCHIVE, { method: "HEAD" });
    expect([head.status, head.bytes.length, head.headers["content-length"]]).toEqual([
      200,
      0,
      String(archive.length),
    ]);
  });

  it.each([
    ["bytes=0-9", 206, 0, 10],
    ["bytes=5-", 206, 5, undefined],
    ["bytes=-7", 206, -7, undefined],
    ["bytes=0-99999999", 206, 0, undefined],
    ["bytes=0-1,3-4", 200, 0, undefined],
    ["bytes=9-1", 200, 0, undefined],
    ["bites=0-1", 200, 0, undefined],
  ])("answer Range %s with %i", async (range, status, start, end) => {
    const answer = await server.ask(ARCHIVE, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.bytes.equals(archive.subarray(start, end))).toBe(true);
  });

  it.each(["bytes=999999-", "bytes=-0"])(
    "answer the impossible Range %s with 416",
    async (range) => {
      const answer = await server.ask(ARCHIVE, { headers: { range } });
      expect([answer.status, answer.headers["content-range"]]).toEqual([
        416,
        `bytes */${archive.length}`,
      ]);
    },
  );

  it("send all of it when If-Range names other bytes", async () => {
    const headers = { range: "bytes=0-9", "if-range": '"other"' };
    expect((await server.ask(ARCHIVE, { headers })).status).toBe(200);
  });

  it("of a held version do not exist, not by an index either", async () => {
    const held = ARCHIVE.replace("1.0.0", "2.0.0");
    expect((await server.ask(held)).status).toBe(404);
    expect((await server.ask("/s/acme/pdf@2.0.0/.well-known/agent-skills/index.json")).status).toBe(
      404,
    );
  });
});

describe("health", () => {
  it("is alive, and not ready while there is a reason", async () => {
    expect((await server.ask("/healthz")).status).toBe(200);
    const ready = await server.ask("/readyz");
    expect([ready.status, ready.json()["reasons"]]).toEqual([503, ["The demo is being made."]]);
  });

  it("tells nobody without a token its metrics", async () => {
    expect((await server.ask("/metrics")).status).toBe(401);
  });
});

describe("OpenAPI", () => {
  it("describes every address of the API, and itself to people", async () => {
    const description = (await server.ask("/api/openapi.json")).json();
    expect(description["openapi"]).toBe("3.1.0");
    expect(Object.keys(description["paths"] ?? {}).toSorted()).toMatchInlineSnapshot(`
      [
        "/api/v1/github/health",
        "/api/v1/law",
        "/api/v1/law/history",
        "/api/v1/log/checkpoint",
        "/api/v1/security/findings",
        "/api/v1/security/summary",
        "/api/v1/skills",
        "/api/v1/skills/{team}/{name}",
        "/api/v1/skills/{team}/{name}/versions/{version}",
        "/api/v1/skills/{team}/{name}/versions/{version}/archive.tar.gz",
        "/api/v1/skills/{team}/{name}/versions/{version}/archive.zip",
        "/api/v1/skills/{team}/{name}/versions/{version}/evals",
        "/api/v1/skills/{team}/{name}/versions/{version}/evals/compare",
        "/api/v1/skills/{team}/{name}/versions/{version}/evals/events",
        "/api/v1/skills/{team}/{name}/versions/{version}/evals/{case}/log",
        "/api/v1/skills/{team}/{name}/versions/{version}/evidence",
        "/api/v1/skills/{team}/{name}/versions/{version}/scan",
        "/api/v1/skills/{team}/{name}/versions/{version}/scan.sarif",
        "/api/v1/sources",
        "/api/v1/sources/{source}",
        "/api/v1/sources/{source}/pulls",
        "/api/v1/sources/{source}/pulls/{number}",
        "/api/v1/sources/{source}/tags",
        "/api/v1/sources/{source}/tags/{tag}",
      ]
    `);
    const page = await server.ask("/api/docs");
    expect(page.text).toContain("/api/v1/skills/{team}/{name}");
  });
});

describe("webhooks", () => {
  const body = '{"ref":"refs/tags/pdf--v1.0.0"}';
  const json = { "content-type": "application/json" };

  it.each([
    [
      "GitHub",
      { "x-hub-signature-256": `sha256=${sign("hush", body)}`, "x-github-delivery": "d1" },
    ],
    ["Gitea", { "x-gitea-signature": sign("hush", body), "x-gitea-delivery": "d2" }],
    ["Forgejo", { "x-forgejo-signature": sign("hush", body), "x-forgejo-delivery": "d3" }],
    ["GitLab", { "x-gitlab-token": "hush", "x-gitlab-event-uuid": "d4" }],
    ["GitHub by the secret before", { "x-hub-signature-256": `sha256=${sign("old hush", body)}` }],
    ["GitLab by the secret before", { "x-gitlab-token": "old hush", "x-gitlab-event-uuid": "d5" }],
  ])("of %s, well signed, are taken as a hint", async (_host, headers) => {
    const before = delivered.length;
    const answer = await server.ask("/hooks/acme", {
      method: "POST",
      body,
      headers: { ...json, ...headers },
    });
    expect([answer.status, delivered.length - before]).toEqual([202, 1]);
  });

  it.each([
    ["no signature", {}],
    ["another secret", { "x-hub-signature-256": `sha256=${sign("other", body)}` }],
    [
      "SHA-1 only",
      { "x-hub-signature": `sha1=${createHmac("sha1", "hush").update(body).digest("hex")}` },
    ],
    ["a signature of nothing", { "x-hub-signature-256": "sha256=" }],
    ["a wrong GitLab token", { "x-gitlab-token": "hus" }],
  ])("with %s change nothing", async (_what, headers) => {
    const before = delivered.length;
    const answer = await server.ask("/hooks/acme", {
      method: "POST",
      body,
      headers: { ...json, ...headers },
    });
    expect([answer.status, delivered.length - before]).toEqual([401, 0]);
  });

  it("of an unknown source are answered as a wrong signature is", async () => {
    const known = await server.ask("/hooks/acme", { method: "POST", body, headers: json });
    const unknown = await server.ask("/hooks/nobody", { method: "POST", body, headers: json });
    const said = ({ status, json }: typeof known) => [status, { ...json(), requestId: "" }];
    expect(said(unknown)).toEqual(said(known));
  });

  it.each(["", "{", "[]", "null", "\0\0", "ref=1", "é".repeat(1000)])(
    "well signed but malformed (%j) answer 400",
    async (malformed) => {
      const headers = { ...json, "x-hub-signature-256": `sha256=${sign("hush", malformed)}` };
      const answer = await server.ask("/hooks/acme", { method: "POST", body: malformed, headers });
      expect(answer.status).toBe(400);
    },
  );

  it("larger than 1 MiB are refused before they are read", async () => {
    const answer = await server.ask("/hooks/acme", {
      method: "POST",
      headers: { ...json, "content-length": String(25 * 1024 * 1024) },
      body: "x",
    });
    expect(answer.status).toBe(413);
  });
});

describe("git", () => {
  it("asks an anonymous client for a token, whether the repository exists or not", async () => {
    const answer = await server.ask("/git/nobody.git/info/refs?service=git-upload-pack");
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([
      401,
      'Basic realm="Assay"',
    ]);
  });

  it.each([
    "/git/acme.git/HEAD",
    "/git/acme.git/info/refs",
    "/git/../etc/passwd",
    "/git/a%2fb.git/info/refs",
  ])("has nothing at %s", async (path) => {
    expect((await server.ask(path)).status).toBe(404);
  });
});

describe("hostile requests", () => {
  const TEXTS = [
    "'; DROP TABLE skills; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e",
    "%",
    "_",
    "\\",
  ];
  const PATHS = [
    "/api/v1/skills/%",
    "/api/v1/skills/%zz/x",
    "/api/v1/skills/%00/x",
    "/api/v1/skills/a%00/x",
    "/api/v1/skills/..%2f..%2fetc/passwd",
    "/api/v1/skills/acme/pdf/versions/..%2f..%2fskill",
    "/api/v1/skills/acme/pdf/versions/%2e%2e",
    "/api/v1/skills?page=0",
    "/api/v1/skills?page=1e99",
    "/api/v1/skills?size=101",
    "/api/v1/skills?q=a&q=b",
    "/api/v1/skills?q=%00",
    `/api/v1/skills?q=${"a".repeat(201)}`,
    `/api/v1/skills/acme/${"a".repeat(5_000)}`,
    "/api/v2/skills",
    "/nowhere",
    "//evil.test/",
    "/s/acme/pdf/.well-known/skills/pdf/../../../etc/passwd",
    "/s/acme/pdf/.well-known/skills/pdf/%00",
    ...TEXTS.map((text) => `/api/v1/skills/${encodeURIComponent(text)}`),
  ];

  it.each(PATHS.map((path) => [path.slice(0, 60), path]))(
    "%s gets a problem, not a page and not a 500",
    async (_shown, path) => {
      const answer = await server.ask(path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(answer.json()).toMatchObject({
        status: answer.status,
        code: expect.stringMatching(/^[a-z-]+$/),
      });
    },
  );

  it("with a query of 100 KB are refused", async () => {
    expect((await server.ask(`/api/v1/skills?q=${"a".repeat(100_000)}`)).status).toBe(431);
  });

  it.each(["Bearer x", "Bearer ", "Basic eDp5", "Bearer assay_' OR 1=1", "Digest a"])(
    "with the credentials %j are told that these are not valid",
    async (authorization) => {
      const answer = await server.ask("/api/v1/sources", { headers: { authorization } });
      expect([answer.status, answer.json()["code"]]).toEqual([401, "not-signed-in"]);
    },
  );

  it("get security headers whatever is answered", async () => {
    for (const path of ["/healthz", "/nowhere", "/api/v1/skills/%"]) {
      expect((await server.ask(path)).headers).toMatchObject({
        "x-content-type-options": "nosniff",
      });
    }
  });
});

describe("JSON", () => {
  it("is not sent again to those who have it", async () => {
    const first = await server.ask("/api/v1/skills/acme/pdf");
    const etag = String(first.headers.etag);
    const again = await server.ask("/api/v1/skills/acme/pdf", {
      headers: { "if-none-match": etag },
    });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });
});
