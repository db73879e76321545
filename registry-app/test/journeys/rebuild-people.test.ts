import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { compareRegistries } from "../../bin/compose/compare-registries.ts";
import { openRegistryLog } from "../../bin/compose/open-registry-log.ts";
import { revokeNow } from "../../bin/compose/revoke.ts";
import type { Core } from "../../bin/compose/open-core.ts";
import { addApproval, addImport, type ControlFiles } from "../../src/control/index.ts";
import { alignPublicFiles } from "../../src/catalog/index.ts";
import { checked } from "../../src/jobs/index.ts";
import { findImport, recordCheck } from "../../src/publish/index.ts";
import { findSourceBySlug } from "../../src/sources/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { burnDown, type Ashes } from "../rebuilt.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const bob = makeSigner("bob@example.test");
const cid = makeSigner("cid@example.test");
const YEAR_MS = 365 * 24 * 3_600_000;
const FINDING = {
  rule: "shell.curl-pipe",
  severity: "warning",
  message: "Pipes what it downloads into a shell",
  file: "SKILL.md",
  line: 8,
  column: 1,
};
let world: World;
let forge: Forge;
let ashes: Ashes;

beforeAll(async () => {
  world = await createWorld({ gitHosts: "file:" });
  forge = await createForge();
  await world.addTeam("acme", ann, bob, cid);
  await importHistory();
  await approveAndWaive();
  await revokeAtOnce();
  ashes = await burnDown(world.core);
  // Another machine, years later: the waiver has not ended yet.
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-05-05T05:05:05Z") });
}, 120_000);
afterAll(async () => {
  vi.useRealTimers();
  await forge.remove();
  await ashes.remove();
  await world.close();
});

const settle = async (edit: (files: ControlFiles) => ControlFiles) => {
  await world.change(edit);
  await world.settled();
};
const version = async (name: string) =>
  world.database.db
    .selectFrom("skill_versions")
    .where("version", "=", name)
    .select(["id", "digest"])
    .executeTakeFirstOrThrow();
const become = (name: string, state: string) => world.tag("mirror", `deploy--v${name}`, { state });

/** Ann's history is confirmed by Bob, Bob's own stays held for his word does not count for it. */
async function importHistory(): Promise<void> {
  const time = new Date(Date.now() - YEAR_MS);
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") }, { time });
  await forge.tag("deploy--v1.0.0", { signer: ann, time });
  await forge.tag("deploy--v1.0.1", { signer: bob, time });
  await forge.tag("deploy--v1.0.2", { time });
  const { url } = forge;
  await world.addSource({ slug: "mirror", team: "acme", visibility: "public", url });
  await world.sync("mirror");
  await world.confirmImport("mirror", bob.email);
  await become("1.0.0", "published");
  await become("1.0.1", "held");
}

async function approveAndWaive(): Promise<void> {
  const policy = Buffer.from("checks:\n  evals: required\n");
  await settle((files) => new Map([...files, ["policy.yaml", policy]]));
  await forge.commit({ "skills/deploy/more.md": "More.\n" });
  for (const name of ["2.0.0", "2.1.0", "2.2.0"])
    await forge.tag(`deploy--v${name}`, { signer: ann });
  await world.sync("mirror");
  const skill = "acme/deploy";
  const { digest } = await version("2.0.0");
  const approval = { skill, version: "2.0.0", digest, by: bob.email, reason: "read it" };
  await settle((files) => addApproval(files, approval));
  await become("2.0.0", "published");
  const found = await version("2.1.0");
  await report(found.id);
  const waiver = {
    skill,
    version: "2.1.0",
    digest: found.digest,
    rule: FINDING.rule,
    requestedBy: ann.email,
    by: bob.email,
    reason: "pinned",
    until: "2040-01-01T00:00:00Z",
  };
  await settle((files) => new Map([...files, ["waivers/a.yaml", Buffer.from(stringify(waiver))]]));
  await become("2.1.0", "published");
  // Held for the same finding, and nobody has said a word.
  await report((await version("2.2.0")).id);
  await become("2.2.0", "held");
}

async function report(versionId: string): Promise<void> {
  const { core } = world;
  await recordCheck(
    {
      ...core,
      registryLog: await openRegistryLog(core),
      onCheck: checked(core.queue),
      alignFiles: (skillId) => alignPublicFiles(core, skillId),
    },
    {
      versionId,
      name: "evals",
      engineVersion: "evals-1",
      outcome: "warn",
      summary: "one finding",
      score: 80,
      detail: {},
      findings: [FINDING],
    },
  );
  await world.settled();
}

async function revokeAtOnce(): Promise<void> {
  await forge.tag("deploy--v3.0.0", { signer: cid });
  await world.sync("mirror");
  const { digest } = await version("3.0.0");
  const approval = { skill: "acme/deploy", version: "3.0.0", digest, by: bob.email, reason: "ok" };
  await settle((files) => addApproval(files, approval));
  await become("3.0.0", "published");
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const fields = { principal: cid.email, kind: "compromised", since, reason: "laptop stolen" };
  await revokeNow(world.core, { list: "principals", fields });
  await world.settled();
}

/** What a later decision would rest on, beside what compareRegistries holds against each other. */
async function grounds({ db }: Core) {
  const versions = await db
    .selectFrom("skill_versions")
    .orderBy("version")
    .select(["version", "state", "decision"])
    .execute();
  const source = await findSourceBySlug(db, "mirror");
  return {
    versions,
    findings: await db
      .selectFrom("findings")
      .innerJoin("skill_versions as v", "v.id", "findings.version_id")
      .where("check_name", "=", "evals")
      .orderBy("v.version")
      .select(["v.version", "rule", "severity", "message", "file", "line", "column"])
      .execute(),
    imported: source && (await findImport(db, source.id)),
  };
}

describe("a registry in which people had their say, rebuilt from its git repos", () => {
  it("comes out the same: what was confirmed, approved, waived, revoked, and what waits for somebody", async () => {
    const live = await grounds(world.core);
    expect(live.versions.map((one) => `${one.version} ${one.state}`)).toEqual([
      "1.0.0 published",
      "1.0.1 held",
      "2.0.0 published",
      "2.1.0 published",
      "2.2.0 held",
      "3.0.0 quarantined",
    ]);
    await ashes.rebuild(async (core, done) => {
      expect(done).toMatchObject({ kind: "replayed", versions: 6, faults: [] });
      const log = await ashes.readLog();
      const facts = log.kind === "log" ? log.facts : [];
      const { differences } = await compareRegistries(world.core, core, facts);
      expect(differences).toEqual([]);
      expect(await grounds(core)).toEqual(live);
    });
  });

  it("counts the same words as before: a new one lets through what waited for it, and nothing else", async () => {
    const imported = (await grounds(world.core)).imported;
    const word = { source: "mirror", digest: imported?.digest ?? "", by: ann.email, reason: "his" };
    await settle((files) => addImport(files, word));
    // Whoever holds the root's key pushes there what is law here.
    const { control } = world.core.paths;
    await cp(control, join(ashes.home, "git", "control.git"), { recursive: true });
    const again = await ashes.start();
    try {
      const { core } = again;
      const stateOf = async (name: string) =>
        (
          await core.db
            .selectFrom("skill_versions")
            .where("version", "=", name)
            .select("state")
            .executeTakeFirstOrThrow()
        ).state;
      // The policy that came since wants an eval of it, which nobody has run: its reason is another now.
      await waitUntil("the word is counted", async () => {
        const { decision } = await core.db
          .selectFrom("skill_versions")
          .where("version", "=", "1.0.1")
          .select("decision")
          .executeTakeFirstOrThrow();
        return decision?.reasons.join() === "evals is required by policy and was not run";
      });
      expect([await stateOf("2.1.0"), await stateOf("2.2.0")]).toEqual(["published", "held"]);
      expect([await stateOf("1.0.0"), await stateOf("3.0.0")]).toEqual([
        "published",
        "quarantined",
      ]);
    } finally {
      await again.stop();
    }
  });
});
