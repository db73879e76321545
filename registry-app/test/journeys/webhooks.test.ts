import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listAudit } from "../../src/audit/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createWorld, type World } from "../world.ts";

const DAY_MS = 24 * 3_600_000;
let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.addTeam("acme");
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
});
afterAll(() => world.close());

const secret = async (...more: string[]) => {
  const run = await runCli(["source", "secret", "acme-skills", "--json", ...more], {
    cwd: world.home,
    env: { ASSAY_HOME: world.home, DATABASE_URL: world.database.url },
  });
  expect(run).toMatchObject({ code: 0 });
  return run.lines()[0] ?? {};
};
let deliveries = 0;
const post = async (by: unknown, scheme: "github" | "gitlab" = "github") => {
  const body = JSON.stringify({ delivery: ++deliveries });
  const signature = createHmac("sha256", String(by)).update(body).digest("hex");
  const headers: Record<string, string> =
    scheme === "github"
      ? { "x-hub-signature-256": `sha256=${signature}` }
      : { "x-gitlab-token": String(by) };
  const answer = await world.ask("/hooks/acme-skills", { method: "POST", headers, body });
  return answer.status;
};

it("the secret of a webhook is rotated: the new one counts at once, the old one for a day more, and then no longer", async () => {
  const first = await secret();
  expect(first).toMatchObject({ oldUntil: null });
  expect(await secret()).toEqual(first);
  const before = Date.now();
  const second = await secret("--rotate");
  expect(second["secret"]).not.toBe(first["secret"]);
  const until = Date.parse(String(second["oldUntil"]));
  expect(until).toBeGreaterThanOrEqual(before + DAY_MS);
  expect(until).toBeLessThanOrEqual(Date.now() + DAY_MS);
  expect(await secret()).toEqual(second);
  for (const scheme of ["github", "gitlab"] as const) {
    expect(await post(second["secret"], scheme)).toBe(202);
    expect(await post(first["secret"], scheme)).toBe(202);
    expect(await post("another", scheme)).toBe(401);
  }

  await world.database.db
    .updateTable("sources")
    .set({ hook_rotated_at: new Date(Date.now() - DAY_MS - 1000) })
    .execute();
  expect(await post(first["secret"])).toBe(401);
  expect(await post(second["secret"])).toBe(202);

  const third = await secret("--rotate");
  expect(await post(first["secret"])).toBe(401);
  expect(await post(second["secret"])).toBe(202);
  expect(await post(third["secret"])).toBe(202);
  const { db } = world.database;
  const entries = await listAudit(db, { action: "source.secret-rotate" });
  expect(entries.map(({ subject, detail }) => [subject, detail["generation"]])).toEqual([
    ["source:acme-skills", 2],
    ["source:acme-skills", 1],
  ]);
  const told = JSON.stringify([await listAudit(db, { limit: 500 }), world.log]);
  for (const one of [first, second, third]) expect(told).not.toContain(String(one["secret"]));
}, 60_000);
