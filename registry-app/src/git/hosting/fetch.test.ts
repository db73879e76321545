import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  git,
  judgeOf,
  processesAbout,
  serveRepos,
  type HostedRepos,
} from "../../../test/git-hosting.ts";
import { installHooks } from "./install-hooks.ts";
import type { HostLimits, PushJudge, Wants } from "./types.ts";

// Real pushes on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let repos: HostedRepos | undefined;
afterEach(async () => {
  await repos?.close();
  repos = undefined;
});

async function begin(
  options: { wants?: Wants; limits?: Partial<HostLimits>; judge?: PushJudge } = {},
) {
  const { judge = judgeOf(), ...rest } = options;
  repos = await serveRepos({ onPush: () => judge, ...rest });
  const url = await repos.makeBare("acme.git");
  const work = await repos.makeWork("acme", url);
  await writeFile(join(work, "SKILL.md"), "# one\n");
  await git(work, "add", ".");
  await git(work, "commit", "-q", "-m", "feat: one");
  await git(work, "push", "origin", "main");
  const head = (await git(work, "rev-parse", "HEAD")).stdout.trim();
  return { repos, url, work, head, bare: join(repos.root, "bare", "acme.git") };
}

async function send(
  port: number,
  options: RequestOptions,
  body?: Buffer,
): Promise<{ res: IncomingMessage; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ port, host: "127.0.0.1", ...options }, resolve)
    .on("error", reject)
    .end(body);
  const res = await promise;
  const chunks: Buffer[] = [];
  for await (const chunk of res as AsyncIterable<Buffer>) chunks.push(chunk);
  return { res, text: Buffer.concat(chunks).toString("latin1") };
}

const FETCH = {
  method: "POST",
  path: "/git/acme.git/git-upload-pack",
  headers: { "Content-Type": "application/x-git-upload-pack-request" },
};

function wantBody(oid: string): Buffer {
  return Buffer.from(`0032want ${oid}\n00000009done\n`);
}

describe("a fetch", () => {
  it("clones whole and shallow", async () => {
    const { repos, url, head } = await begin();
    for (const [dir, ...flags] of [["whole"], ["shallow", "--depth=1"]]) {
      const to = join(repos.root, dir ?? "");
      expect(await git(repos.root, "clone", "-q", ...flags, url, to)).toMatchObject({ code: 0 });
      expect((await git(to, "rev-parse", "HEAD")).stdout.trim()).toBe(head);
    }
    expect((await git(join(repos.root, "shallow"), "rev-list", "--all")).stdout.trim()).toBe(head);
  });

  it("speaks protocol v2, partial clone included, where any object may be wanted", async () => {
    const { repos, url } = await begin({ wants: "any" });
    const { text } = await send(repos.port, {
      path: "/git/acme.git/info/refs?service=git-upload-pack",
      headers: { "Git-Protocol": "version=2" },
    });
    expect(text).toMatch(/^000eversion 2\n/);
    const to = join(repos.root, "partial");
    const cloned = await git(repos.root, "clone", "-q", "--filter=blob:none", url, to);
    expect(cloned).toMatchObject({ code: 0, stderr: "" });
    expect((await git(to, "show", "HEAD:SKILL.md")).stdout).toBe("# one\n");
  });

  it("finds a commit that no branch or tag reaches only where any object may be wanted", async () => {
    for (const wants of ["branches and tags", "any"] as const) {
      const { repos, url, bare, head } = await begin({ wants });
      const tree = (await git(bare, "rev-parse", `${head}^{tree}`)).stdout.trim();
      const lost = (await git(bare, "commit-tree", "-m", "lost", tree)).stdout.trim();
      const to = join(repos.root, "by-id");
      await git(repos.root, "init", "-q", to);
      for (const protocol of ["0", "2"]) {
        const args = ["-c", `protocol.version=${protocol}`, "fetch", "-q", url];
        expect((await git(to, ...args, head)).code).toBe(0);
        const fetched = await git(to, ...args, lost);
        expect([wants, protocol, fetched.code]).toEqual([
          wants,
          protocol,
          wants === "any" ? 0 : 128,
        ]);
      }
      await repos.close();
    }
  });

  it("is refused a tree or a blob that nothing shown reaches, however it is asked for", async () => {
    const { repos, bare, head } = await begin({ wants: "branches and tags" });
    await writeFile(join(repos.root, "secret"), "of a refused tag\n");
    const blob = (await git(bare, "hash-object", "-w", join(repos.root, "secret"))).stdout.trim();
    const tree = (await git(bare, "write-tree")).stdout.trim();
    for (const oid of [blob, tree, blob.toUpperCase()]) {
      const answer = await send(repos.port, FETCH, wantBody(oid));
      expect([answer.res.statusCode, answer.text.includes("PACK")]).toEqual([403, false]);
      const both = `0032want ${head}\n0032want ${oid}\n00000009done\n`;
      expect((await send(repos.port, FETCH, Buffer.from(both))).res.statusCode).toBe(403);
      const zipped = { ...FETCH, headers: { ...FETCH.headers, "Content-Encoding": "gzip" } };
      const packed = await send(repos.port, zipped, gzipSync(wantBody(oid)));
      expect(packed.res.statusCode).toBe(403);
    }
    expect((await send(repos.port, FETCH, wantBody(head))).text).toContain("PACK");
    expect((await send(repos.port, FETCH, Buffer.from("zzzz"))).res.statusCode).toBe(403);
  });

  it("takes a gzip body and forbids every cache", async () => {
    const { repos, head } = await begin();
    const headers = { ...FETCH.headers, "Content-Encoding": "gzip" };
    const { res, text } = await send(repos.port, { ...FETCH, headers }, gzipSync(wantBody(head)));
    expect(res.statusCode).toBe(200);
    expect(res.headers["content-type"]).toBe("application/x-git-upload-pack-result");
    expect(res.headers["cache-control"]).toContain("no-cache");
    expect(text).toContain("PACK");
  });

  it("tells a sender who asks first to go on, and turns down a wrong one before the body", async () => {
    const { repos, head } = await begin();
    const body = wantBody(head);
    for (const type of ["application/x-git-upload-pack-request", "text/plain"]) {
      const headers = { "Content-Type": type, Expect: "100-continue" };
      const { promise, resolve } = Promise.withResolvers<number | undefined>();
      const asking = request({ port: repos.port, host: "127.0.0.1", ...FETCH, headers });
      asking.once("continue", () => asking.end(body));
      asking.once("response", (res: IncomingMessage) => resolve(res.resume().statusCode));
      asking.flushHeaders();
      expect([type, await promise]).toEqual([type, type === "text/plain" ? 415 : 200]);
      asking.destroy();
    }
  });

  it("refuses with a plain sentence what it cannot serve", async () => {
    const { repos, head } = await begin({ limits: { fetchRequestMaxBytes: 1_000_000 } });
    const gzip = { ...FETCH.headers, "Content-Encoding": "gzip" };
    const bomb = gzipSync(Buffer.alloc(50_000_000, `0032want ${head}\n`));
    const table: [number, RequestOptions, Buffer?][] = [
      [405, { ...FETCH, method: "GET" }],
      [405, { method: "POST", path: "/git/acme.git/info/refs?service=git-upload-pack" }],
      [415, { ...FETCH, headers: { "Content-Type": "application/json" } }, Buffer.from("{}")],
      [415, { ...FETCH, headers: { ...FETCH.headers, "Content-Encoding": "br" } }],
      [400, { ...FETCH, headers: gzip }, Buffer.from("not gzip at all")],
      [413, { ...FETCH, headers: gzip }, bomb],
      [500, { path: "/git/absent.git/info/refs?service=git-upload-pack" }],
    ];
    for (const [status, options, body] of table) {
      const { res, text } = await send(repos.port, options, body);
      expect([options, res.statusCode]).toEqual([options, status]);
      expect(text).not.toContain(repos.root);
    }
    await repos.idle();
    expect(await processesAbout(repos.root)).toEqual([]);
  });
});

describe("a client that goes away", () => {
  it("in the middle of a push leaves no process, no lock and no objects", async () => {
    const { repos, bare } = await begin();
    const socket = connect(repos.port, "127.0.0.1");
    const zero = "0".repeat(40);
    const one = "1".repeat(40);
    const line = `${zero} ${one} refs/heads/x\0 report-status side-band-64k\n`;
    const command = (line.length + 4).toString(16).padStart(4, "0") + line;
    socket.write(
      "POST /git/acme.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n" +
        `Content-Type: application/x-git-receive-pack-request\r\n\r\n${command}0000PACK\0\0\0\u0002\0\0\0\u0003`,
    );
    const about = () => processesAbout(bare);
    await expect.poll(async () => (await about()).length, { timeout: 5_000 }).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(about, { timeout: 5_000 }).toEqual([]);
    await repos.idle();
    const left = await readdir(bare, { recursive: true });
    expect(left.filter((name) => /\.lock$|tmp_objdir|incoming/.test(name))).toEqual([]);
  });

  it("after all of its push arrived does not stop the push nor its end", async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const ended: boolean[] = [];
    const { repos, url, work, bare, head } = await begin({
      judge: judgeOf({
        judge: async ({ ref }) => {
          if (ref !== "refs/heads/next") return { kind: "accept" };
          asked.resolve();
          await gone.promise;
          return { kind: "accept", message: "nobody reads this" };
        },
        end: async (results) => void ended.push(...results.map((one) => one.accepted)),
      }),
    });
    const { spawn } = await import("node:child_process");
    const pusher = spawn("git", ["push", "-q", url, "main:next"], {
      cwd: work,
      detached: true,
      stdio: "ignore",
    });
    await asked.promise;
    process.kill(-(pusher.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => pusher.once("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.resolve();
    await repos.idle();
    expect(ended).toEqual([true, true]);
    expect((await git(bare, "rev-parse", "next")).stdout.trim()).toBe(head);
  });

  it("or only falls silent is cut off after a while, and leaves no process", async () => {
    const { repos, bare } = await begin({ limits: { idleTimeoutMs: 150 } });
    const socket = connect(repos.port, "127.0.0.1");
    socket.write(
      "POST /git/acme.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n" +
        "Content-Type: application/x-git-receive-pack-request\r\n\r\n",
    );
    await new Promise((resolve) => socket.once("close", resolve).resume());
    await repos.idle();
    expect(await processesAbout(bare)).toEqual([]);
    expect(repos.log.at(-1)).toMatchObject({ cut: "idle" });
  });
});

describe("the host", () => {
  it("turns away what it has no place for, and everything once it stops", async () => {
    const { repos } = await begin({ limits: { uploadsAtOnce: 0, maxWaiting: 0 } });
    const asking = { path: "/git/acme.git/info/refs?service=git-upload-pack" };
    const { res } = await send(repos.port, asking);
    expect([res.statusCode, res.headers["retry-after"]]).toEqual([503, "5"]);
    await repos.host.stop(0);
    const push = { path: "/git/acme.git/info/refs?service=git-receive-pack" };
    expect((await send(repos.port, push)).res.statusCode).toBe(503);
  });

  it.runIf(process.platform === "linux")(
    "gives its children nothing of its own environment but where programs are",
    async () => {
      vi.stubEnv("ASSAY_SECRET_FILE", "leak");
      vi.stubEnv("GIT_SSH_COMMAND", "leak");
      const seen: string[] = [];
      const judge = judgeOf({
        judge: async () => {
          for (const line of await processesAbout(join(repos?.root ?? "", "bare"))) {
            seen.push(await readFile(`/proc/${line.trim().split(" ")[0]}/environ`, "utf8"));
          }
          return { kind: "accept" };
        },
      });
      await begin({ judge });
      vi.unstubAllEnvs();
      const names = seen.flatMap((one) => one.split("\0")).map((one) => one.split("=")[0] ?? "");
      const odd = names.filter((name) => !/^(GIT_\w+|PATH|HOME|LC_ALL|TZ|PWD|)$/.test(name));
      expect(seen.length).toBeGreaterThan(1);
      expect([odd, seen.join().includes("leak")]).toEqual([[], false]);
    },
  );

  it("installs hooks that nobody else may enter, mends changed ones, and that refuse alone", async () => {
    const dir = join(await mkdtemp(join(tmpdir(), "assay-hooks-")), "hooks");
    await installHooks(dir);
    const before = await stat(join(dir, "update"));
    await installHooks(dir);
    expect((await stat(join(dir, "update"))).ino).toBe(before.ino);
    await writeFile(join(dir, "update"), "#!/bin/sh\nexit 0\n");
    await installHooks(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await readdir(dir)).sort()).toEqual(["pre-receive", "update"]);
    const { spawnSync } = await import("node:child_process");
    for (const hook of ["pre-receive", "update"]) {
      const ran = spawnSync(join(dir, hook), ["refs/heads/x", "0", "1"], { input: "" });
      expect([hook, ran.status]).toEqual([hook, 1]);
      expect(ran.stderr.toString()).toContain("Assay could not judge this push; push again.");
    }
    await rm(join(dir, ".."), { recursive: true });
  });
});
