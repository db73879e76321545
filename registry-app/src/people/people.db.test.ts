import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { listAudit } from "../audit/index.ts";
import { transaction, type Tx } from "../db/index.ts";
import { systemIds } from "../runtime/index.ts";
import {
  addMember,
  authenticate,
  createToken,
  createUser,
  disableUser,
  findUser,
  listTokens,
  may,
  removeMember,
  revokeToken,
  SYSTEM,
  upsertTeam,
  type Actor,
} from "./index.ts";

let test: TestDatabase;
let now = new Date("2026-01-01T00:00:00Z");
const deps = { clock: { now: () => now }, ids: systemIds };
const inTx = async <T>(fn: (tx: Tx) => Promise<T>) => transaction(test.db, fn);
const user = async (email: string, isAdmin = false) =>
  inTx(async (tx) => createUser(deps, tx, SYSTEM, { email, name: "", isAdmin }));
const tokenOf = async (userId: string, expiresAt: Date | null = null) =>
  inTx(async (tx) =>
    createToken(deps, tx, SYSTEM, { name: "t", owner: { userId }, scopes: ["push"], expiresAt }),
  );
const who = async (text: string) => authenticate(deps, test.db, text);

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => test.close());

describe("a token", () => {
  it("speaks for its person and their teams until it is revoked, which acts at once", async () => {
    const ada = await user("ada@example.test");
    const team = await inTx(async (tx) => upsertTeam(deps, tx, { slug: "acme", name: "Acme" }));
    await inTx(async (tx) =>
      addMember(deps, tx, SYSTEM, { teamId: team.id, userId: ada.id, role: "member" }),
    );
    const { id, text } = await tokenOf(ada.id);
    const actor = await who(text);
    expect(actor).toMatchObject({ kind: "user", id: ada.id, isAdmin: false, scopes: ["push"] });
    const subject = { teamId: team.id, visibility: "private", isDemo: false } as const;
    expect(actor && may(actor, "push-source", subject)).toBe(true);

    await inTx(async (tx) => removeMember(deps, tx, SYSTEM, { teamId: team.id, userId: ada.id }));
    const outside = await who(text);
    expect(outside && may(outside, "push-source", subject)).toBe(false);

    await inTx(async (tx) => revokeToken(deps, tx, SYSTEM, id));
    expect(await who(text)).toBeUndefined();
  });

  it("ends when it expires and when its person is disabled", async () => {
    const bob = await user("bob@example.test");
    const short = await tokenOf(bob.id, new Date(now.getTime() + 1000));
    const long = await tokenOf(bob.id);
    expect(await who(short.text)).toBeDefined();
    now = new Date(now.getTime() + 1000);
    expect(await who(short.text)).toBeUndefined();
    await inTx(async (tx) => disableUser(deps, tx, SYSTEM, bob.id));
    expect(await who(long.text)).toBeUndefined();
  });

  it("of a team is found though it has no person", async () => {
    const team = await inTx(async (tx) => upsertTeam(deps, tx, { slug: "bots", name: "Bots" }));
    const { text } = await inTx(async (tx) =>
      createToken(deps, tx, SYSTEM, {
        name: "demo",
        owner: { teamId: team.id },
        scopes: ["push"],
        expiresAt: null,
        isDemo: true,
      }),
    );
    expect(await who(text)).toEqual({
      kind: "team",
      teamId: team.id,
      scopes: ["push"],
      isDemo: true,
    });
  });

  it("is kept nowhere in a form that could be used", async () => {
    const eve = await user("eve@example.test");
    const { text } = await tokenOf(eve.id);
    const rows = await test.db.selectFrom("tokens").selectAll().execute();
    const audit = await listAudit(test.db, { limit: 500 });
    expect(JSON.stringify([rows, audit])).not.toContain(text.slice(6, 40));
    expect(await listTokens(test.db, SYSTEM, { userId: eve.id })).toMatchObject([{ name: "t" }]);
  });
});

describe("accounts", () => {
  it("are one per address, however it is written", async () => {
    await user("Mixed@Example.test");
    await expect(user("mixed@example.TEST")).rejects.toMatchObject({ code: "conflict" });
    expect(await findUser(test.db, "MIXED@example.test")).toMatchObject({
      email: "Mixed@Example.test",
    });
  });

  it.each(["", "x", "a@b\0c", "a b@c", '"><script>@x', "@x", `${"a".repeat(65)}@x`])(
    "are refused for the address %j",
    async (email) => {
      await expect(user(email)).rejects.toMatchObject({ code: "bad-request" });
    },
  );

  it("are made by admins only, and leave no trace when refused", async () => {
    const lead: Actor = {
      kind: "user",
      id: systemIds.next(),
      email: "l@x",
      isAdmin: false,
      teams: new Map([["t", "admin"]]),
      scopes: ["admin"],
      isDemo: false,
    };
    const before = (await listAudit(test.db, { limit: 500 })).length;
    const attempt = inTx(async (tx) =>
      createUser(deps, tx, lead, { email: "new@x", name: "", isAdmin: true }),
    );
    await expect(attempt).rejects.toMatchObject({ code: "not-allowed" });
    expect(await findUser(test.db, "new@x")).toBeUndefined();
    expect(await listAudit(test.db, { limit: 500 })).toHaveLength(before);
  });

  it("are in the audit log, written in the same transaction", async () => {
    const failing = inTx(async (tx) => {
      await createUser(deps, tx, SYSTEM, { email: "rolled@back.test", name: "", isAdmin: false });
      throw new Error("after the fact");
    });
    await expect(failing).rejects.toThrow("after the fact");
    const entries = await listAudit(test.db, { action: "user.create", limit: 500 });
    const emails = entries.map(({ detail }) => detail["email"]);
    expect(emails).toContain("ada@example.test");
    expect(emails).not.toContain("rolled@back.test");
  });
});
