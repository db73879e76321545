import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createMirror, fetchMirror } from "../../src/git/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { findInProcesses, startSshHost, type SshHost } from "../ssh-git-host.ts";
import { makeTemporaryFolder } from "../temporary-folder.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");

describeWith("sshd")("a source that is followed over ssh", () => {
  let world: World;
  let forge: Forge;
  let host: SshHost;
  let other: SshHost;
  let folder: string;

  beforeAll(async () => {
    [host, other] = [await startSshHost(), await startSshHost()];
    folder = await makeTemporaryFolder("assay-ssh-test-");
    world = await createWorld({ gitHosts: `127.0.0.1:${host.port}` });
    forge = await createForge();
    await world.addTeam("acme", ann);
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
    const url = `${host.url}${forge.dir}`;
    await world.addSource({ slug: "by-ssh", team: "acme", visibility: "public", url });
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await forge.remove();
    await host.close();
    await other.close();
  });

  const sync = async () => {
    await world.sync("by-ssh");
    return String((await world.ask("/api/v1/sources/by-ssh")).json()["lastError"]);
  };
  const store = async (key: string, knownHosts: string | undefined) => {
    const pins = join(folder, "pins");
    if (knownHosts !== undefined) await writeFile(pins, knownHosts);
    const more = knownHosts === undefined ? [] : ["--known-hosts", pins];
    return runCli(["source", "credential", "by-ssh", ...more], {
      cwd: world.home,
      env: { ASSAY_HOME: world.home, DATABASE_URL: world.database.url },
      input: key,
    });
  };
  const leftFolders = () => readdirSync(tmpdir()).filter((name) => /^assay-ssh-\w{6}$/.test(name));

  it("is not read before its host's keys are pinned, and says what to run", async () => {
    expect(await sync()).toContain(
      "npx assay source credential by-ssh --file KEY --known-hosts FILE",
    );
    const unpinned = await store(host.key, undefined);
    expect(unpinned).toMatchObject({ code: 2, stdout: "" });
    expect(unpinned.stderr).toContain("--known-hosts is missing");
    expect((await store(host.key, other.knownHosts)).stderr).toContain(
      `no line for [127.0.0.1]:${host.port}`,
    );
  }, 60_000);

  it("is not read when its host shows another key than the pinned one, or does not know ours", async () => {
    const impostor = other.knownHosts.replace(String(other.port), String(host.port));
    expect(await store(host.key, impostor)).toMatchObject({ code: 0 });
    expect(await sync()).toBe("not-allowed: the host did not show one of its pinned keys");
    expect(await store(other.key, host.knownHosts)).toMatchObject({ code: 0 });
    expect(await sync()).toMatch(/^not-allowed: .*Permission denied/s);
  }, 60_000);

  it("is read with its key, of which nothing is left in a file, a process, a log or a page", async () => {
    expect(await store(host.key, host.knownHosts)).toMatchObject({ code: 0 });
    expect(await sync()).toBe("null");
    await forge.tag("deploy--v1.0.0", { signer: ann });
    expect(await sync()).toBe("null");
    await world.tag("by-ssh", "deploy--v1.0.0", { state: "published" });
    expect(leftFolders()).toEqual([]);
    const body = host.key.split("\n").slice(2, 4).join("");
    const rows = await world.database.db.selectFrom("audit_log").selectAll().execute();
    expect(JSON.stringify([rows, world.log])).not.toContain(body);
  }, 60_000);

  it("gives up a host that says nothing, and leaves neither a process nor the key behind", async () => {
    const server: Server = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const dir = join(folder, "mirror.git");
    await createMirror(dir);
    const outcome = await fetchMirror({
      dir,
      url: `ssh://git@127.0.0.1:${port}/x.git`,
      allowedHosts: [`127.0.0.1:${port}`],
      ssh: { privateKey: host.key, knownHosts: host.knownHosts },
      timeoutMs: 1_500,
    });
    expect(outcome.kind).toBe("slow");
    expect(leftFolders()).toEqual([]);
    expect(findInProcesses(`-p ${port}`)).toEqual([]);
    server.close();
  }, 60_000);
});
