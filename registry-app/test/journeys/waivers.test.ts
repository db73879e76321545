import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { openRegistryLog } from "../../bin/compose/open-registry-log.ts";
import { alignPublicFiles } from "../../src/catalog/index.ts";
import { checked } from "../../src/jobs/index.ts";
import { recordCheck } from "../../src/publish/index.ts";
import { applyLaw } from "../../src/queue/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const RULE = "shell.curl-pipe";
const DAY_MS = 24 * 3_600_000;
const FINDING = {
  rule: RULE,
  severity: "error",
  message: "Pipes what it downloads into a shell",
  file: "SKILL.md",
  line: 8,
  column: 1,
};
let world: World;
let forge: Forge;
const rows = new Map<string, { readonly id: string; readonly digest: string }>();

beforeAll(async () => {
  world = await createWorld();
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  // An eval is required and none has run, so that each version waits for its report.
  await putLaw("policy.yaml", "checks:\n  evals: required\n");
  const remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  for (const version of ["1.0.0", "1.1.0"]) {
    await forge.tag(`deploy--v${version}`, { signer: ann });
    await forge.push(remote, "main", `deploy--v${version}`);
    await world.tag("acme-skills", `deploy--v${version}`, { state: "held" });
  }
  for (const { version, id, digest } of await world.database.db
    .selectFrom("skill_versions")
    .select(["version", "id", "digest"])
    .execute())
    rows.set(version, { id, digest });
});
afterAll(async () => {
  vi.useRealTimers();
  await forge.remove();
  await world.close();
});

async function putLaw(path: string, text: string): Promise<void> {
  await world.change((files) => new Map([...files, [path, Buffer.from(text)]]));
  await world.settled();
}
const waive = (version: string, untilMs: number, more: Record<string, string> = {}) =>
  putLaw(
    `waivers/${version}.yaml`,
    stringify({
      skill: "acme/deploy",
      version,
      digest: rows.get(version)?.digest,
      rule: RULE,
      requestedBy: "cid@example.test",
      by: "bob@example.test",
      reason: "the script is pinned by its hash",
      until: new Date(untilMs).toISOString(),
      ...more,
    }),
  );
async function report(version: string, outcome: "warn" | "pass"): Promise<void> {
  const { core } = world;
  await recordCheck(
    {
      ...core,
      registryLog: await openRegistryLog(core),
      onCheck: checked(core.queue),
      alignFiles: (skillId) => alignPublicFiles(core, skillId),
    },
    {
      versionId: rows.get(version)?.id ?? "",
      name: "evals",
      engineVersion: "evals-1",
      outcome,
      summary: "",
      score: null,
      detail: {},
      findings: outcome === "pass" ? [] : [FINDING],
    },
  );
  await world.settled();
}
const stateOf = async (version: string) =>
  (await world.ask(`/api/v1/skills/acme/deploy/versions/${version}`)).json()["state"];
const archiveOf = async (version: string) =>
  (await world.ask(`/api/v1/skills/acme/deploy/versions/${version}/archive.tar.gz`)).status;

describe("a version that a check holds for a finding", () => {
  it("stays held with a waiver by its signer, for another rule, for other bytes, or one that has ended", async () => {
    await report("1.0.0", "warn");
    const later = Date.now() + DAY_MS;
    await waive("1.0.0", later, { by: ann.email });
    expect(await stateOf("1.0.0")).toBe("held");
    await waive("1.0.0", later, { rule: "shell.other" });
    expect(await stateOf("1.0.0")).toBe("held");
    await waive("1.0.0", later, { digest: `s1:${"0".repeat(64)}` });
    expect(await stateOf("1.0.0")).toBe("held");
    await waive("1.0.0", Date.now() - 1_000);
    expect(await stateOf("1.0.0")).toBe("held");
  });

  it("is published with a waiver of two others for these bytes, and says so", async () => {
    await waive("1.0.0", Date.now() + DAY_MS);
    expect([await stateOf("1.0.0"), await archiveOf("1.0.0")]).toEqual(["published", 200]);
    const lines = await world.database.db
      .selectFrom("log_entries")
      .where("key", "like", "decided:%:publish:%")
      .select("line")
      .execute();
    expect(lines.map(({ line }) => JSON.parse(line) as object)).toMatchObject([
      {
        coordinate: "acme/deploy@1.0.0",
        waived: [{ rule: RULE }],
        reasons: expect.arrayContaining([
          expect.stringContaining(`${RULE} is waived by bob@example.test until`),
        ]) as string[],
      },
    ]);
    expect(await stateOf("1.1.0")).toBe("held");
  });

  it("is withdrawn once the waiver has ended, by the next application of the law", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * DAY_MS });
    const { core } = world;
    await core.queue.enqueue(core.db, applyLaw, { digest: "a waiver has ended" });
    await world.settled();
    expect([await stateOf("1.0.0"), await archiveOf("1.0.0")]).toEqual(["quarantined", 404]);
  });

  it("comes back with the same bytes when the waiver is renewed, or when an approval takes its place", async () => {
    await waive("1.0.0", Date.now() + DAY_MS);
    expect([await stateOf("1.0.0"), await archiveOf("1.0.0")]).toEqual(["published", 200]);
    await world.change(
      (files) => new Map([...files].filter(([path]) => !path.startsWith("waivers/"))),
    );
    await world.settled();
    expect(await stateOf("1.0.0")).toBe("quarantined");
    const approval = {
      skill: "acme/deploy",
      version: "1.0.0",
      digest: rows.get("1.0.0")?.digest,
      by: "bob@example.test",
    };
    await putLaw("approvals/one.yaml", stringify(approval));
    expect([await stateOf("1.0.0"), await archiveOf("1.0.0")]).toEqual(["published", 200]);
  });

  it("needs no waiver any more once a later engine finds nothing", async () => {
    await report("1.1.0", "warn");
    expect(await stateOf("1.1.0")).toBe("held");
    await report("1.1.0", "pass");
    expect(await stateOf("1.1.0")).toBe("published");
  });
});
