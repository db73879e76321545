import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transaction } from "../../src/db/index.ts";
import {
  acceptGithubPlan,
  authenticate,
  createToken,
  createUser,
  findTeam,
  linkGithub,
  listGithubTeams,
  SYSTEM,
} from "../../src/people/index.ts";
import type { FakeMember } from "../fakes/github-people.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const SECRET = "the secret in force".replaceAll(" ", "-");
let here: GithubWorld;
let teamId = "";
let token = "";

const ADA: FakeMember = { id: 41, login: "ada", role: "maintainer" };
const others = (count: number): FakeMember[] =>
  Array.from({ length: count }, (_, nth) => ({ id: 500 + nth, login: `p${nth}`, role: "member" }));

beforeAll(async () => {
  here = await createGithubWorld({ env: { GITHUB_WEBHOOK_SECRET: SECRET } });
  const { core } = here.world;
  teamId = (await findTeam(core.db, "acme"))?.id ?? "";
  token = await transaction(core.db, async (tx) => {
    const wanted = { email: "ada@example.test", name: "Ada", isAdmin: false };
    const { id: userId } = await createUser(core, tx, SYSTEM, wanted);
    await linkGithub(core, tx, SYSTEM, { userId, login: "Ada", githubId: null });
    const asked = { name: "t", owner: { userId }, scopes: ["push"], expiresAt: null } as const;
    return (await createToken(core, tx, SYSTEM, asked)).text;
  });
});
afterAll(() => here.close());

/** GitHub says that something changed in a team; or nobody says it, and the hourly look is due. */
async function tell(event: "membership" | null) {
  if (event === null) {
    const due = { due_at: new Date(0) };
    await here.world.database.db.updateTable("github_teams").set(due).execute();
    return;
  }
  const payload = { action: "removed", organization: { login: "acme", id: 9 } };
  const { headers, body } = here.github.sign(SECRET, event, payload);
  await here.world.ask("/api/github/webhooks", { method: "POST", headers, body });
}
const state = async () => (await listGithubTeams(here.world.core.db, SYSTEM))[0];
const logins = async () => (await state())?.members.map(({ login }) => login) ?? [];
const names = (wanted: string) =>
  waitUntil(`the team is ${wanted}`, async () => (await logins()).join(" ") === wanted);
/** What Ada's token is worth to the team with the next request. */
const roleOfAda = async () => {
  const actor = await authenticate(here.world.core, here.world.core.db, token);
  return actor?.kind === "user" ? actor.teams.get(teamId) : "nobody";
};

describe("a team whose law names one on GitHub", () => {
  it("lets in who is there and has an account, with the role that they have there", async () => {
    expect(await roleOfAda()).toBeUndefined();
    here.github.teams.set("skills", [ADA, ...others(2)]);
    await here.world.change((files) => {
      const path = "teams/acme.yaml";
      const text = `${files.get(path)?.toString() ?? ""}github: {org: acme, team: skills}\n`;
      return new Map(files).set(path, Buffer.from(text));
    });
    await names("ada p0 p1");
    expect(await roleOfAda()).toBe("admin");
  });

  it("follows when somebody is taken out there: by the webhook, and by the look when that is lost", async () => {
    here.github.teams.set("skills", others(2));
    await tell("membership");
    await names("p0 p1");
    expect(await roleOfAda()).toBeUndefined();
    here.github.teams.set("skills", [{ ...ADA, role: "member" }, ...others(2)]);
    await tell(null);
    await names("ada p0 p1");
    expect(await roleOfAda()).toBe("member");
  });

  it("keeps its people while GitHub fails, and when it says that there is no such team", async () => {
    here.github.trouble = { status: 500 };
    await tell(null);
    await waitUntil(
      "that is known",
      async () => (await state())?.problem === "GitHub answered 500.",
    );
    here.github.trouble = undefined;
    here.github.teams.delete("skills");
    await tell(null);
    await waitUntil(
      "that is known",
      async () => (await state())?.problem?.startsWith("There is no such team") === true,
    );
    expect(await logins()).toEqual(["ada", "p0", "p1"]);
    expect(await roleOfAda()).toBe("member");
  });

  it("loses many at once only after a person let that very change through", async () => {
    here.github.teams.set("skills", [ADA, ...others(20)]);
    await tell(null);
    await waitUntil("all are in", async () => (await logins()).length === 21);
    here.github.teams.set("skills", others(3));
    await tell("membership");
    await waitUntil("it waits", async () => (await state())?.waiting !== undefined);
    expect((await logins()).length).toBe(21);
    expect(await roleOfAda()).toBe("admin");
    const { core } = here.world;
    const accept = (digest: string) =>
      transaction(core.db, (tx) => acceptGithubPlan(core, tx, SYSTEM, { teamId, digest }));
    await expect(accept("0".repeat(16))).rejects.toThrow(/No plan with the digest/);
    await accept((await state())?.waiting?.digest ?? "");
    await names("p0 p1 p2");
    expect(await roleOfAda()).toBeUndefined();
  });

  it("ends with the law what came from there", async () => {
    here.github.teams.set("skills", [ADA, ...others(3)]);
    await tell(null);
    await names("ada p0 p1 p2");
    await here.world.change((files) => {
      const path = "teams/acme.yaml";
      const text =
        files
          .get(path)
          ?.toString()
          .replace(/^github:.*\n/m, "") ?? "";
      return new Map(files).set(path, Buffer.from(text));
    });
    await waitUntil("it is not looked at any more", async () => (await state()) === undefined);
    expect(await roleOfAda()).toBeUndefined();
  });
});
