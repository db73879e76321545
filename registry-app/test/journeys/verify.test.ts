import { execFile } from "node:child_process";
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank } from "../../src/control/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const eve = makeSigner("eve@example.test");
const PROCESS_MS = 60_000;
let world: World;
let forge: Forge;
let root: string;
let token: string;
let isUp = true;

const lock = () => join(root, "assay.lock");
const skills = () => join(root, "skills");
const assay = (...args: readonly string[]) => runCli(["verify", "--json", ...args]);
const online = (coordinate: string, dir: string, ...more: readonly string[]) =>
  assay(coordinate, "--dir", dir, "--registry", world.url, "--lock", lock(), ...more);
const offline = (...more: readonly string[]) =>
  assay("--lock", lock(), "--dir", skills(), "--offline", ...more);
const faultsOf = (line: Record<string, unknown> | undefined) =>
  (line?.["faults"] as { check: string; path?: string; says: string; mend: string }[]) ?? [];

async function installArchive(name: string, version: string, secret?: string): Promise<void> {
  const path = `/api/v1/skills/acme/${name}/versions/${version}/archive.tar.gz`;
  const { bytes, status } = await world.ask(path, secret === undefined ? {} : { token: secret });
  expect(status).toBe(200);
  const dir = join(skills(), name);
  await mkdir(dir, { recursive: true });
  await writeFile(join(root, "archive.tar.gz"), bytes);
  await promisify(execFile)("tar", ["-xzf", join(root, "archive.tar.gz"), "-C", dir]);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-verify-"));
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  await world.addSource({ slug: "acme-secret", team: "acme" });
  token = await world.token("acme", "push", "read");
  const push = async (source: string, tag: string) => {
    await forge.tag(tag, { signer: ann });
    await forge.push(world.remote(source, token), "main", tag);
    await world.tag(source, tag, { state: "published", token });
  };
  await forge.commit({
    "skills/deploy/SKILL.md": skillMd("deploy"),
    "skills/deploy/references/more.md": "More.\n",
    "skills/gone/SKILL.md": skillMd("gone"),
  });
  await push("acme-skills", "deploy--v1.0.0");
  await push("acme-skills", "gone--v1.0.0");
  await forge.commit({ "skills/hush/SKILL.md": skillMd("hush") });
  await push("acme-secret", "hush--v1.0.0");
  await world.settled();
}, 120_000);

afterAll(async () => {
  if (isUp) await world.close();
  await forge.remove();
  await rm(root, { recursive: true, force: true });
});

describe("assay verify, with the registry at hand", () => {
  it(
    "finds an unpacked archive as published, and pins the registry's key in the lock file",
    async () => {
      await installArchive("deploy", "1.0.0");
      const ran = await online("acme/deploy@1.0.0", join(skills(), "deploy"));
      expect([ran.code, ran.lines()]).toMatchObject([
        0,
        [
          {
            coordinate: "acme/deploy@1.0.0",
            ok: true,
            state: "published",
            online: true,
            signer: { principal: ann.email, key: fingerprintOf(ann) },
            faults: [],
          },
        ],
      ]);
      expect(ran.stderr).toContain("nothing vouches for that yet");
      const written = await readFile(lock(), "utf8");
      const again = await online("acme/deploy@1.0.0", join(skills(), "deploy"));
      expect([again.code, again.stderr]).toEqual([0, ""]);
      expect(await readFile(lock(), "utf8")).toBe(written);
    },
    PROCESS_MS,
  );

  it(
    "finds a clone of the store as published, and says that it did not look at .git",
    async () => {
      const remote = world.remote("s/acme/deploy");
      const tag = ["clone", "-q", "--depth", "1", "--branch", "deploy--v1.0.0", remote, "clone"];
      expect((await run(root, tag)).code).toBe(0);
      const clone = join(root, "clone");
      const ran = await online("acme/deploy@1.0.0", clone);
      expect([ran.code, ran.lines()]).toMatchObject([
        0,
        [{ ok: true, ignored: [join(clone, ".git")] }],
      ]);
      expect(ran.stderr).toContain(".git was not looked at");
    },
    PROCESS_MS,
  );

  it(
    "takes the consumer's own word on who may sign, and on the registry's key, over the registry's",
    async () => {
      const dir = join(skills(), "deploy");
      const signers = join(root, "signers");
      await writeFile(signers, `${ann.email} ${ann.publicKey}\n`);
      const trusted = await online("acme/deploy@1.0.0", dir, "--allowed-signers", signers);
      expect(trusted.lines()).toMatchObject([{ ok: true, signerAsked: true }]);
      await writeFile(signers, `${eve.email} ${ann.publicKey}\n${ann.email} ${eve.publicKey}\n`);
      const others = await online("acme/deploy@1.0.0", dir, "--allowed-signers", signers);
      expect([others.code, faultsOf(others.lines()[0])]).toMatchObject([1, [{ check: "signer" }]]);
      const key = join(root, "registry.pub");
      await writeFile(key, `${eve.publicKey}\n`);
      const before = await readFile(lock(), "utf8");
      const named = ["--registry", world.url, "--registry-key", key];
      const foreign = await assay("acme/deploy@1.0.0", "--dir", dir, ...named);
      expect([foreign.code, faultsOf(foreign.lines()[0])]).toMatchObject([
        1,
        [{ check: "registry" }],
      ]);
      const swapped = await online("acme/deploy@1.0.0", dir, "--registry-key", key);
      expect(faultsOf(swapped.lines()[0])[0]?.says).toContain("The lock file pins");
      expect(await readFile(lock(), "utf8")).toBe(before);
    },
    PROCESS_MS,
  );

  it(
    "answers for a private skill to who may read it, and to nobody else",
    async () => {
      await installArchive("hush", "1.0.0", token);
      const dir = join(skills(), "hush");
      const nobody = await online("acme/hush@1.0.0", dir);
      expect([nobody.code, nobody.stdout]).toEqual([2, ""]);
      expect(nobody.stderr).toContain("--token-file");
      await writeFile(join(root, "token"), `${token}\n`);
      const member = await online("acme/hush@1.0.0", dir, "--token-file", join(root, "token"));
      expect([member.code, member.lines()]).toMatchObject([0, [{ ok: true }]]);
      const evidence = "/api/v1/skills/acme/deploy/versions/1.0.0/evidence";
      expect((await world.ask(evidence)).text).not.toContain("hush");
    },
    PROCESS_MS,
  );

  it(
    "tells of a yank with its reason, and remembers it when nobody can be asked",
    async () => {
      await installArchive("gone", "1.0.0");
      const dir = join(skills(), "gone");
      expect((await online("acme/gone@1.0.0", dir)).code).toBe(0);
      const reason = "breaks the build";
      await world.change((files) =>
        addYank(files, { skill: "acme/gone", version: "1.0.0", reason }),
      );
      await world.settled();
      const stale = await assay("acme/gone@1.0.0", "--dir", dir, "--lock", lock(), "--offline");
      expect([stale.code, stale.lines()]).toMatchObject([0, [{ online: false }]]);
      const told = await online("acme/gone@1.0.0", dir);
      expect([told.code, told.lines()]).toMatchObject([1, [{ ok: false, state: "yanked" }]]);
      expect(faultsOf(told.lines()[0])).toMatchObject([
        { check: "state", says: `acme/gone@1.0.0 is yanked: "${reason}".` },
      ]);
      const kept = await assay("acme/gone@1.0.0", "--dir", dir, "--lock", lock(), "--offline");
      expect([kept.code, kept.lines()]).toMatchObject([1, [{ state: "yanked", online: false }]]);
      await world.change(
        (files) => new Map([...files].filter(([path]) => !path.startsWith("yanks/"))),
      );
      await world.settled();
      expect((await online("acme/gone@1.0.0", dir)).lines()).toMatchObject([
        { state: "published" },
      ]);
    },
    PROCESS_MS,
  );
});

describe("assay verify, after the registry is gone", () => {
  beforeAll(async () => {
    await world.close();
    isUp = false;
  });

  it(
    "finds everything in the lock file as published, and says as of when",
    async () => {
      const ran = await offline();
      expect(ran.code).toBe(0);
      const lines = ran.lines();
      expect(lines.map((line) => [line["coordinate"], line["ok"], line["online"]])).toEqual([
        ["acme/deploy@1.0.0", true, false],
        ["acme/gone@1.0.0", true, false],
        ["acme/hush@1.0.0", true, false],
      ]);
      expect(lines.every((line) => Number(line["asOf"]) > 0)).toBe(true);
      const asked = await online("acme/deploy@1.0.0", join(skills(), "deploy"));
      expect(asked).toMatchObject({ code: 2, stdout: "" });
      expect(asked.stderr).toContain("--offline");
    },
    PROCESS_MS,
  );

  const at = (path: string) => join(skills(), "deploy", path);
  it.each([
    ["a changed byte", "SKILL.md", () => appendFile(at("SKILL.md"), " "), "has other content"],
    ["a mode", "references/more.md", () => chmod(at("references/more.md"), 0o755), "is executable"],
    [
      "a file too much",
      "x/evil.sh",
      async () => {
        await mkdir(at("x"));
        await writeFile(at("x/evil.sh"), "evil\n");
      },
      "was not published",
    ],
    ["a link", "link", () => symlink("/etc/passwd", at("link")), "is a symbolic link"],
    ["a missing file", "references/more.md", () => rm(at("references/more.md")), "is missing"],
  ] as const)(
    "names %s: %s",
    async (_what, path, change, says) => {
      const kept = await promisify(execFile)("cp", ["-a", at(""), join(root, "kept")]);
      expect(kept.stderr).toBe("");
      await change();
      const ran = await offline();
      expect(ran.code).toBe(1);
      const line = ran.lines().find((one) => one["coordinate"] === "acme/deploy@1.0.0");
      const fault = faultsOf(line).find((one) => one.path === path);
      expect(fault).toMatchObject({ check: "files", path });
      expect(fault?.says).toContain(says);
      expect(ran.lines().filter((one) => one["ok"] === false)).toHaveLength(1);
      await rm(at(""), { recursive: true });
      await promisify(execFile)("mv", [join(root, "kept"), at("")]);
    },
    PROCESS_MS,
  );

  it(
    "believes no lock file whose evidence somebody has edited",
    async () => {
      const text = await readFile(lock(), "utf8");
      const { sha256 } = JSON.parse(text).skills["acme/deploy"].files[0] as { sha256: string };
      await writeFile(lock(), text.replace(sha256, "0".repeat(64)));
      const ran = await offline();
      expect(ran.code).toBe(1);
      expect(faultsOf(ran.lines()[0])).toMatchObject([{ check: "digest" }]);
      await writeFile(lock(), text.replace('"lockVersion": 1', '"lockVersion": 2'));
      expect(await offline()).toMatchObject({ code: 2, stdout: "" });
      await writeFile(lock(), text);
    },
    PROCESS_MS,
  );

  it.each([
    [[], /--dir is missing/],
    [["--dir", "x"], /Without --lock FILE/],
    [["deploy", "--dir", "x", "--registry", "http://x"], /not a coordinate/],
    [["acme/deploy@1.0.0", "--dir", "x"], /--registry is missing/],
    [["acme/deploy@1.0.0", "--dir", "x", "--registry", "ftp://x"], /not the address/],
  ])(
    "refuses %j with a sentence and what to do",
    async (args, says) => {
      const ran = await assay(...args);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toMatch(says);
    },
    PROCESS_MS,
  );
});
