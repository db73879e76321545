import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  checkRemoteUrl,
  commitFiles,
  createMirror,
  fetchMirror,
  listRefs,
  maintainRepo,
  toRemoteUrl,
  writeTree,
} from "./index.ts";
import { isPrivateAddress } from "./remote-url.ts";
import { AUTHOR, git, scratchFolder, scratchRepo, TIME } from "./scratch-repo.test-kit.ts";

async function remoteAndMirror() {
  const { dir, readers } = await scratchRepo();
  const mirror = join(await scratchFolder(), "mirror.git");
  await createMirror(mirror);
  const change = (text: string | Buffer) =>
    commitFiles(readers, dir, {
      branch: "main",
      changes: new Map([["a", text]]),
      author: AUTHOR,
      message: "m",
      time: TIME,
    });
  const fetch = (more: { maxBytes?: number } = {}) =>
    fetchMirror({ dir: mirror, url: `file://${dir}`, allowedHosts: ["file:"], ...more });
  return { remote: dir, mirror, change, fetch };
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a mirror", () => {
  it("holds every object itself, whatever other repo its source borrows them from", async () => {
    const { remote, mirror, change, fetch } = await remoteAndMirror();
    await change("1");
    const borrowing = join(await scratchFolder(), "borrowing.git");
    git(".", ["clone", "--quiet", "--bare", "--shared", remote, borrowing]);
    const from = { dir: mirror, url: `file://${borrowing}`, allowedHosts: ["file:"] };
    expect(await fetchMirror(from)).toMatchObject({ kind: "fetched" });
    rmSync(remote, { recursive: true });
    expect(git(mirror, ["rev-list", "--objects", "--all"])).toContain(" a");
    expect(existsSync(join(mirror, "objects", "info", "alternates"))).toBe(false);
    expect(await fetch()).not.toMatchObject({ kind: "fetched" });
  });

  it("follows new, moved and vanished refs under refs/incoming and nothing else", async () => {
    const { remote, mirror, change, fetch } = await remoteAndMirror();
    await change("1");
    git(remote, ["tag", "v1", "main"]);
    git(remote, ["tag", "v2", "main"]);
    git(remote, ["update-ref", "refs/replace/x", "main"]);
    expect(await fetch()).toMatchObject({ kind: "fetched" });
    const names = async () => (await listRefs(mirror, "refs/")).map(({ name }) => name);
    const incoming = ["refs/incoming/heads/main", "refs/incoming/tags/v1"];
    expect(await names()).toEqual([...incoming, "refs/incoming/tags/v2"]);
    await change("2");
    git(remote, ["tag", "-f", "v1", "main"]);
    git(remote, ["tag", "-d", "v2"]);
    expect(await fetch()).toMatchObject({ kind: "fetched" });
    expect(await names()).toEqual(incoming);
    expect(git(mirror, ["rev-parse", "refs/incoming/tags/v1"])).toBe(
      git(remote, ["rev-parse", "v1"]),
    );
    await maintainRepo(mirror);
    expect(await fetch()).toMatchObject({ kind: "fetched" });
    expect(git(mirror, ["fsck"])).toBe("");
  });

  it("gives up a remote that is larger than allowed and sweeps up after it", async () => {
    const { mirror, change, fetch } = await remoteAndMirror();
    await change(randomBytes(300_000));
    expect(await fetch({ maxBytes: 100_000 })).toEqual({ kind: "too-large", limitBytes: 100_000 });
    expect(readdirSync(join(mirror, "objects/pack")).filter((n) => n.startsWith("tmp_"))).toEqual(
      [],
    );
  });

  it("refuses objects that fsck finds fault with", async () => {
    const { remote, mirror, fetch } = await remoteAndMirror();
    const oid = git(remote, ["hash-object", "-w", "--stdin"], "x");
    const tree = await writeTree(remote, [{ mode: "100644", name: ".git", oid }]);
    git(remote, ["update-ref", "refs/heads/main", git(remote, ["commit-tree", tree, "-m", "m"])]);
    expect((await fetch()).kind).toBe("bad-objects");
    expect(await listRefs(mirror, "refs/")).toEqual([]);
  });

  it("does not believe an answer without a body that all branches and tags are gone, and keeps them", async () => {
    const { remote, mirror, change, fetch } = await remoteAndMirror();
    await change("1");
    git(remote, ["tag", "v1", "main"]);
    expect(await fetch()).toMatchObject({ kind: "fetched" });
    const refs = await listRefs(mirror, "refs/");
    expect(refs).toHaveLength(2);
    const origin = await listen((_request, response) => response.writeHead(200).end());
    const empty = { dir: mirror, url: `${origin}/x.git`, allowedHosts: [origin] };
    expect(await fetchMirror(empty)).toEqual({
      kind: "unreachable",
      detail: "the host shows neither a branch nor a tag where there were some",
    });
    expect(await listRefs(mirror, "refs/")).toEqual(refs);
    git(remote, ["tag", "-d", "v1"]);
    expect(await fetch()).toMatchObject({ kind: "fetched" });
    expect(await listRefs(mirror, "refs/")).toHaveLength(1);
  });

  it("says without control characters what a broken remote says", async () => {
    const { remote, change, fetch } = await remoteAndMirror();
    await change("1");
    const oid = git(remote, ["rev-parse", "main:a"]);
    rmSync(join(remote, "objects", oid.slice(0, 2), oid.slice(2)));
    const told = await fetch();
    expect(told).toMatchObject({ kind: "unreachable", detail: expect.stringContaining(oid) });
    // oxlint-disable-next-line no-control-regex -- git ends the remote's last words with a NUL
    expect(JSON.stringify(told)).not.toMatch(/\\u00(?!0a)/);
  });

  it("says what is wrong with a remote that does not answer as it should", async () => {
    const { mirror } = await remoteAndMirror();
    let seen: string | undefined;
    const origin = await listen((request, response) => {
      seen = request.headers.authorization;
      if (request.url?.startsWith("/hang")) return;
      if (request.url?.startsWith("/moved")) response.setHeader("location", "/elsewhere");
      const codes: Record<string, number> = { "/moved": 301, "/private": 401, "/broken": 503 };
      const path = Object.keys(codes).find((prefix) => request.url?.startsWith(prefix));
      response.writeHead(path === undefined ? 404 : (codes[path] ?? 404)).end();
    });
    const fetch = async (path: string, timeoutMs = 20_000) => {
      const credentialHeader = "Authorization: Basic c2VjcmV0";
      const allowedHosts = [origin];
      return fetchMirror({
        dir: mirror,
        url: origin + path,
        allowedHosts,
        credentialHeader,
        timeoutMs,
      });
    };
    expect((await fetch("/private")).kind).toBe("not-allowed");
    expect(seen).toBe("Basic c2VjcmV0");
    expect((await fetch("/moved")).kind).toBe("not-allowed");
    expect((await fetch("/none")).kind).toBe("not-allowed");
    expect((await fetch("/broken")).kind).toBe("unreachable");
    expect(JSON.stringify(await fetch("/broken"))).not.toContain("c2VjcmV0");
    expect((await fetch("/hang", 500)).kind).toBe("slow");
  });

  it("gives up a remote that goes on answering, a few bytes at a time", async () => {
    const { mirror } = await remoteAndMirror();
    let drips = 0;
    const origin = await listen((_request, response) => {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
      const timer = setInterval(() => response.write(drips++ === 0 ? "001e# service=" : "x"), 50);
      response.on("close", () => clearInterval(timer));
    });
    const outcome = await fetchMirror({
      dir: mirror,
      url: `${origin}/x.git`,
      allowedHosts: [origin],
      timeoutMs: 1_000,
    });
    expect(outcome).toEqual({ kind: "slow", detail: "the fetch did not end in time" });
    expect(drips).toBeGreaterThan(2);
  });

  it("of a name that leads to a private address is not fetched unless the name is listed", async () => {
    const { mirror } = await remoteAndMirror();
    const fetch = (allowedHosts: string[]) =>
      fetchMirror({ dir: mirror, url: "https://localhost:9/x.git", allowedHosts });
    expect(await fetch([])).toMatchObject({ kind: "refused", because: "private-address" });
    expect(await fetch(["localhost:9"])).toMatchObject({ kind: "unreachable" });
  });
});

describe("the URL of a remote", () => {
  it.each([
    ["https://github.com/a/b.git", [], "ok"],
    ["https://github.com/a/b.git", ["github.com"], "ok"],
    ["https://GITHUB.com./a", ["github.com"], "ok"],
    ["https://git.corp:8443/a", ["git.corp:8443"], "ok"],
    ["https://10.0.0.1/a", ["10.0.0.1"], "ok"],
    ["http://10.0.0.1:3000/a", ["http://10.0.0.1:3000"], "ok"],
    ["https://[::1]:3000/a", ["[::1]:3000"], "ok"],
    ["file:///srv/a.git", ["file:"], "ok"],
    ["https://github.com/a", ["file:"], "ok"],
    ["https://gitlab.com/a", ["github.com"], "host-not-allowed"],
    ["https://evil-github.com/a", ["github.com"], "host-not-allowed"],
    ["https://github.com.evil.org/a", ["github.com"], "host-not-allowed"],
    ["https://git.corp:1/a", ["git.corp:8443"], "host-not-allowed"],
    ["https://127.0.0.1/a", [], "private-address"],
    ["https://2130706433/a", [], "private-address"],
    ["https://0x7f.1/a", [], "private-address"],
    ["https://169.254.169.254/latest", [], "private-address"],
    ["https://[::ffff:127.0.0.1]/a", [], "private-address"],
    ["https://[fd00::1]/a", [], "private-address"],
    ["http://github.com/a", [], "protocol"],
    ["http://github.com/a", ["github.com"], "protocol"],
    ["git://github.com/a", [], "protocol"],
    ["ssh://git@github.com/a/b", [], "ok"],
    ["ssh://git@github.com/a/b", ["github.com"], "ok"],
    ["ssh://git@GITHUB.com:2222/a/b", ["github.com:2222"], "ok"],
    ["ssh://git@[::1]:2222/a/b", ["[::1]:2222"], "ok"],
    ["ssh://git@host/~user/b.git", [], "ok"],
    ["ssh://git@gitlab.com/a/b", ["github.com"], "host-not-allowed"],
    ["ssh://git@git.corp:1/a", ["git.corp:8443"], "host-not-allowed"],
    ["ssh://git@10.0.0.1/a", [], "private-address"],
    ["ssh://git@[::1]/a", [], "private-address"],
    ["ssh://git:pw@github.com/a", [], "credentials"],
    ["ssh://github.com/a", [], "malformed"],
    ["ssh://-oProxyCommand=id@github.com/a", [], "malformed"],
    ["ssh://git@-oProxyCommand=id/a", [], "malformed"],
    ["ssh://git@host/a%0ab", [], "malformed"],
    ["ssh://git@host/a';id;'", [], "malformed"],
    ["ssh://git@host", [], "malformed"],
    ["ssh://git@host/a?x", [], "malformed"],
    ["git+ssh://git@host/a", [], "credentials"],
    ["ext::sh -c touch% /tmp/x", [], "malformed"],
    ["ext::id", [], "protocol"],
    ["file:///etc", [], "protocol"],
    ["file://host/share", ["file:"], "malformed"],
    ["https://user:pw@github.com/a", [], "credentials"],
    ["https://token@github.com/a", [], "credentials"],
    ["--upload-pack=id", [], "option"],
    ["git@github.com:a/b", [], "malformed"],
    ["/srv/a.git", ["file:"], "malformed"],
    ["https://github.com/a?x=1", [], "malformed"],
    ["https://github.com/a\n", [], "malformed"],
    ["https://gith\u00fcb.com/a", [], "malformed"],
    ["", [], "malformed"],
  ])("%j with hosts %j is %s", (url, hosts, expected) => {
    const checked = checkRemoteUrl(url, hosts);
    expect(checked.kind === "ok" ? "ok" : checked.because).toBe(expected);
  });

  it.each([
    ["git@github.com:a/b.git", "ssh://git@github.com/a/b.git"],
    ["git@host:/srv/a.git", "ssh://git@host/srv/a.git"],
    ["git@[::1]:a/b", "ssh://git@[::1]/a/b"],
    ["ssh://git@host:22/a", "ssh://git@host:22/a"],
    ["https://host/a", "https://host/a"],
    ["-oProxyCommand=id@host:a", "-oProxyCommand=id@host:a"],
    ["git@-oProxyCommand=id:a", "git@-oProxyCommand=id:a"],
  ])("is what its short form means: %s", (short, url) => {
    expect(toRemoteUrl(short)).toBe(url);
  });

  it("is fetched under the very name that was judged, so that its address stays pinned", () => {
    const checked = checkRemoteUrl("https://example.com./a", []);
    expect(checked).toMatchObject({
      kind: "ok",
      url: "https://example.com/a",
      host: "example.com",
    });
  });

  it.each([
    ["8.8.8.8", false],
    ["2606:4700::1111", false],
    ["10.1.2.3", true],
    ["100.64.0.1", true],
    ["::1", true],
    ["fe80::1", true],
    ["::ffff:192.168.0.1", true],
    ["not an address", true],
  ])("%s is private: %s", (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate);
  });
});
