import { createHmac } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readMasterSecret } from "../../bin/compose/master-secret.ts";
import { deriveHookSecret, putDue } from "../../src/sources/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, waitUntil, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const SLOW = 12;
const QUICK = 12;
let world: World;
let forge: Forge;
let server: Server;
let open: Set<Socket>;
let most = 0;

beforeAll(async () => {
  open = new Set();
  // Takes the question and never answers.
  server = createServer((socket) => {
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world = await createWorld({ gitHosts: `file: ${host}` });
  forge = await createForge();
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await world.addTeam("slow", ann);
  await world.addTeam("quick", ann);
  const add = (slug: string, team: string, url: string) =>
    world.addSource({ slug, team, visibility: "public", url });
  for (let at = 0; at < SLOW; at++) await add(`slow-${at}`, "slow", `${host}/${at}.git`);
  for (let at = 0; at < QUICK; at++) await add(`quick-${at}`, "quick", forge.url);
}, 60_000);
afterAll(async () => {
  await world.close();
  await forge.remove();
  server.close();
});

const sources = async (prefix: string) => {
  const rows = await world.database.db.selectFrom("sources").selectAll().execute();
  return rows.filter(({ slug }) => slug.startsWith(prefix));
};
const failuresOf = async (slug: string) => {
  const row = await world.database.db
    .selectFrom("looks as l")
    .innerJoin("sources as s", "s.id", "l.source_id")
    .where("s.slug", "=", slug)
    .select(["l.failures", "l.due_at as dueAt"])
    .executeTakeFirstOrThrow();
  return { failures: row.failures, waitMs: row.dueAt.getTime() - Date.now() };
};

it("a host that never answers keeps a few places busy, and no other source waits for it", async () => {
  const all = [...(await sources("slow-")), ...(await sources("quick-"))];
  const past = new Date(Date.now() - 60_000);
  await putDue(
    world.database.db,
    all.map(({ id }) => ({ id, dueAt: past })),
  );
  await waitUntil("the quick ones were all looked at", async () =>
    (await sources("quick-")).every((one) => one.last_synced_at !== null),
  );
  const slow = await sources("slow-");
  expect(slow.every((one) => one.last_synced_at === null)).toBe(true);
  expect(slow.filter((one) => one.last_error !== null)).toEqual([]);
  expect(open.size).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4);
  // What is not asked for yet would be asked for for ever.
  await putDue(
    world.database.db,
    slow.map(({ id }) => ({ id, dueAt: new Date(Date.now() + 3_600_000) })),
  );
  for (const socket of open) socket.destroy();
  server.on("connection", (socket) => socket.destroy());
  await world.settled();
}, 60_000);

it("a source that fails is looked at less and less often, until a webhook says that it is worth it", async () => {
  await world.database.db.updateTable("looks").set({ failures: 0 }).execute();
  for (const [failures, minutes] of [
    [1, 5],
    [2, 10],
    [3, 20],
  ] as const) {
    await world.sync("slow-0");
    const look = await failuresOf("slow-0");
    expect(look.failures).toBe(failures);
    expect(look.waitMs).toBeGreaterThan(minutes * 60_000 * 0.75);
    expect(look.waitMs).toBeLessThanOrEqual(minutes * 60_000);
  }
  const master = await readMasterSecret(world.core.config.secretFile);
  const body = "{}";
  const secret = deriveHookSecret(master, "slow-0", 0);
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = { "x-hub-signature-256": `sha256=${signature}` };
  const answer = await world.ask("/hooks/slow-0", { method: "POST", headers, body });
  expect(answer.status).toBe(202);
  await world.settled();
  expect(await failuresOf("slow-0")).toMatchObject({ failures: 1 });
  expect(await failuresOf("quick-0")).toMatchObject({ failures: 0 });
}, 60_000);
