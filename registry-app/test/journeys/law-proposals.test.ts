import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accept, propose, readProposals, reject, sign } from "../../bin/compose/law.ts";
import { listAudit } from "../../src/audit/index.ts";
import { updateRefs } from "../../src/git/index.ts";
import { makeAdminToken } from "../admin-token.ts";
import { createForge, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { burnDown } from "../rebuilt.ts";
import { createWorld, type World } from "../world.ts";

let world: World;
let forge: Forge;
let remote = "";
const bob = makeSigner("bob@example.test");

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme");
  const token = await makeAdminToken(world.core, "push");
  remote = world.remote("control", token);
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

/** A branch of the forge that starts from main as the registry has it. */
const startFrom = async (branch: string) => {
  await forge.git("fetch", remote, `+main:refs/heads/${branch}`);
};
const proposeByPush = async (name: string, path: string, text: string) => {
  await startFrom(name);
  await forge.commit({ [path]: text }, { branch: name, message: `Please: ${name}` });
  return forge.push(remote, `${name}:refs/heads/proposals/${name}`);
};
const policy = async () => (await world.core.law()).policy;

describe("a proposal", () => {
  it("pushed without a root's key lands, and the output says what it would change", async () => {
    const pushed = await proposeByPush("stricter", "policy.yaml", "bump: require\n");
    expect(pushed.ok).toBe(true);
    expect(pushed.output).toMatch(
      /Proposal stricter waits for a root: npx assay law accept stricter/,
    );
    expect(pushed.output).toMatch(/tightened policy: bump require, was warn/);
    expect((await policy()).bump).toBe("warn");
  });

  it("that is broken is refused with file and line", async () => {
    const pushed = await proposeByPush("broken", "policy.yaml", "bump: require\ncheks: {}\n");
    expect(pushed.ok).toBe(false);
    expect(pushed.output).toContain('policy.yaml:2: unknown key "cheks"');
  });

  it("is listed, accepted with a root's signature on top of what main says by then, and gone", async () => {
    await world.addTeam("later");
    expect((await readProposals(world.core)).map(({ name }) => name)).toEqual(["stricter"]);
    await accept(world.core, "stricter");
    const law = await world.core.law();
    expect([law.policy.bump, law.teams.has("later")]).toEqual(["require", true]);
    expect((await world.core.control.current()).alarm).toBeUndefined();
    expect(await readProposals(world.core)).toEqual([]);
    const audit = await listAudit(world.core.db, { subject: "proposal:stricter" });
    expect(audit.map(({ action }) => action)).toEqual(["control.accept", "control.propose"]);
  });

  it("against a file that main has changed since says so and is not merged", async () => {
    await proposeByPush("mine", "teams/acme.yaml", "name: Mine\n");
    await world.change(
      (files) => new Map([...files, ["teams/acme.yaml", Buffer.from("name: Theirs\n")] as const]),
    );
    await expect(accept(world.core, "mine")).rejects.toThrow(/Main has changed teams\/acme\.yaml/);
    await reject(world.core, "mine");
    expect(await readProposals(world.core)).toEqual([]);
  });

  it("made by the command is read in the same way, and a broken one leaves nothing behind", async () => {
    const made = await propose(
      world.core,
      "rename",
      new Map([["registry.yaml", Buffer.from("name: New\n")]]),
    );
    expect(made.reading).toMatchObject({
      kind: "ok",
      changes: [{ says: "registry: name New, was Assay" }],
    });
    const broken = new Map([["registry.yaml", Buffer.from("title: New\n")]]);
    await expect(propose(world.core, "bad", broken)).rejects.toThrow(
      /registry\.yaml:1: unknown key/,
    );
    expect((await readProposals(world.core)).map(({ name }) => name)).toEqual(["rename"]);
    await reject(world.core, "rename");
  });

  it("cannot be pushed to any other branch, nor make law by itself", async () => {
    await startFrom("sneak");
    await forge.commit({ "registry.yaml": "name: Evil\n" }, { branch: "sneak" });
    expect((await forge.push(remote, "sneak:refs/heads/other")).ok).toBe(false);
    const refused = await forge.push(remote, "sneak:main");
    expect([refused.ok, refused.output]).toEqual([
      false,
      expect.stringMatching(/it is not\s+signed/),
    ]);
  });
});

describe("with two roots", () => {
  it("a rotation waits for the second, which signs with its key; from then on a change waits for both", async () => {
    const { core } = world;
    const { root } = await core.control.current();
    const principals = [...root.principals, { name: "bob", publicKey: bob.publicKey }];
    const file = Buffer.from(JSON.stringify({ version: 2, threshold: 2, principals }));
    await propose(core, "two-roots", new Map([["trust/root.json", file]]));
    await accept(core, "two-roots");
    expect((await core.control.current()).pending?.waitsFor).toBe(
      "1 more of the roots that are to come",
    );
    const keyFile = join(world.home, "bob_ed25519");
    await writeFile(keyFile, bob.privateKey ?? "", { mode: 0o600 });
    await sign(core, keyFile);
    expect(await core.control.current()).toMatchObject({ root: { version: 2, threshold: 2 } });
    await world.change(
      (files) => new Map([...files, ["registry.yaml", Buffer.from("name: Both\n")] as const]),
    );
    expect((await core.law()).registry.name).toBe("Assay");
    await sign(core, keyFile);
    expect((await core.law()).registry.name).toBe("Both");
    await expect(sign(core, keyFile)).rejects.toThrow(/Nothing waits/);
  });
});

it("a rebuild beside an older copy of the control repo is refused, and names the law that is lost", async () => {
  await world.settled();
  const ashes = await burnDown(world.core);
  try {
    const control = join(ashes.home, "git", "control.git");
    const law = (await world.core.control.current()).commit;
    const older = await world.core.readers.info(world.core.paths.control, `${law}~2`);
    if (older.kind === "missing") throw new Error("no older commit");
    await updateRefs(control, [{ ref: "refs/heads/main", newOid: older.oid }]);
    await ashes.rebuild(async (_core, done) => {
      expect(done).toMatchObject({ kind: "faulty", faults: [{ commit: law }] });
    });
  } finally {
    await ashes.remove();
  }
});
