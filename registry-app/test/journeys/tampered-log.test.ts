import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readOrMakeKey, signWith } from "../../bin/compose/registry-key.ts";
import {
  commitFiles,
  createObjectReaders,
  updateRefs,
  type ObjectReaders,
} from "../../src/git/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { burnDown, type Ashes } from "../rebuilt.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
let world: World;
let forge: Forge;

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  const remote = world.remote("acme-skills", await world.token("acme"));
  for (const version of ["1.0.0", "1.1.0"]) {
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy", `${version}\n`) });
    await forge.tag(`deploy--v${version}`, { signer: ann });
    await forge.push(remote, "main", `deploy--v${version}`);
    await world.tag("acme-skills", `deploy--v${version}`);
  }
  await world.settled();
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

describe("a registry log that somebody has changed", () => {
  let copy: Ashes;
  let readers: ObjectReaders;
  const dir = () => join(copy.home, "git", "log.git");
  const segment = async () => {
    const read = await readers.read(dir(), "refs/heads/main:entries/00000000.ndjson", {
      maxBytes: 1 << 24,
    });
    if (read.kind !== "object") throw new Error(`the segment is ${read.kind}`);
    return read.bytes.toString("utf8").trimEnd().split("\n");
  };
  /** Puts other lines into the log, as somebody would who got hold of the repo, and maybe of the key. */
  const rewrite = async (lines: readonly string[], hasKey: boolean) => {
    const key = await readOrMakeKey(world.core.paths.registryKey, "");
    const head = await readers.info(dir(), "refs/heads/main^");
    if (hasKey && head.kind === "object")
      await updateRefs(dir(), [{ ref: "refs/heads/main", newOid: head.oid }]);
    const before = await readers.read(dir(), "refs/heads/main:checkpoint", { maxBytes: 4096 });
    const [title, size = "0"] = before.kind === "object" ? before.bytes.toString().split("\n") : [];
    const chain = lines.reduce(
      (so, line) => createHash("sha256").update(`${so}\n${line}`).digest("hex"),
      "0".repeat(64),
    );
    const checkpoint = [title, lines.length, size, chain, ""].join("\n");
    await commitFiles(readers, dir(), {
      branch: "main",
      changes: new Map([
        ["entries/00000000.ndjson", `${lines.join("\n")}\n`],
        ["checkpoint", checkpoint],
      ]),
      author: { name: "Assay", email: "registry@assay.invalid" },
      message: "log",
      time: new Date(),
      ...(hasKey && { sign: signWith(key) }),
    });
  };
  const faults = async (...pinned: readonly string[]) => {
    const log = await copy.readLog(...pinned);
    return log.kind === "faulty" ? log.faults.map(({ says }) => says) : [];
  };

  beforeEach(async () => {
    copy = await burnDown(world.core);
    readers = createObjectReaders();
  });
  afterEach(async () => {
    await readers.close();
    await copy.remove();
  });

  it("is sound as it was left, under the pinned key and no other", async () => {
    const key = await readOrMakeKey(world.core.paths.registryKey, "");
    expect(await faults()).toEqual([]);
    expect(await faults(key.publicKey.fingerprint)).toEqual([]);
    expect(await faults(fingerprintOf(ann))).toContainEqual(
      `is signed with ${key.publicKey.fingerprint}, which is not the registry's key`,
    );
  });

  it.each([
    ["edited", (lines: string[]) => lines.with(2, (lines[2] ?? "").replace("2026", "2025"))],
    ["dropped", (lines: string[]) => lines.toSpliced(2, 1)],
    ["moved", (lines: string[]) => [lines[1] ?? "", lines[0] ?? "", ...lines.slice(2)]],
  ])(
    "is found out by a line that was %s, signed by the registry's own key or by nobody",
    async (_, edit) => {
      const lines = await segment();
      await rewrite(edit(lines), true);
      expect(await faults()).toContainEqual(
        expect.stringMatching(/another chain value|says that it brings lines|counts \d+ lines/),
      );
      await rewrite(edit(await segment()), false);
      expect(await faults()).toContainEqual("is not signed");
    },
  );

  it("is found out by a commit that somebody else signed", async () => {
    await commitFiles(readers, dir(), {
      branch: "main",
      changes: new Map([["registry.pub", `${bob.publicKey}\n`]]),
      author: { name: "Assay", email: "registry@assay.invalid" },
      message: "log",
      time: new Date(),
      sign: bob.sign,
    });
    expect(await faults()).toContainEqual(
      `is signed with ${fingerprintOf(bob)}, which is not the registry's key`,
    );
  });
});
