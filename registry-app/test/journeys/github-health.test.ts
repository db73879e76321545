import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sayHostHealth } from "../../bin/compose/say-host-health.ts";
import { readHostHealth } from "../../src/publish/index.ts";
import { makeAdminToken } from "../admin-token.ts";
import type { FakeRepo } from "../fakes/github-apps.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const SECRET = "the secret of the webhooks".replaceAll(" ", "-");
const ADDRESS = "/api/v1/github/health";
let here: GithubWorld;
let admin = "";
beforeAll(async () => {
  here = await createGithubWorld({
    env: { GITHUB_WEBHOOK_SECRET: SECRET },
    prepare: ({ apps }) => {
      const delivered_at = new Date().toISOString();
      const tried = (id: number, guid: string, status_code: number) => ({
        id,
        guid,
        status_code,
        delivered_at,
      });
      apps.deliveries = [
        tried(1, "lost", 502),
        tried(2, "came-later", 202),
        tried(3, "came-later", 500),
        ...Array.from({ length: 150 }, (_, nth) => tried(10 + nth, `fine-${nth}`, 202)),
        tried(900, "lost-long-ago", 0),
      ];
      const repo = (full_name: string, topics: string[], more: Partial<FakeRepo> = {}) => {
        const usual = { default_branch: "main", private: false, archived: false };
        return { full_name, topics, ...usual, ...more };
      };
      apps.repos = [
        ...Array.from({ length: 120 }, (_, nth) => repo(`acme/service-${nth}`, ["go"])),
        repo("acme/Skills", ["agent-skills"]),
        repo("acme/old-skills", ["agent-skills"], { archived: true }),
        repo("acme/More.Skills", ["agent-skills"], { private: true, default_branch: "trunk" }),
      ];
    },
  });
  admin = await makeAdminToken(here.world.core, "read");
});
afterAll(() => here.close());

type Health = {
  readonly webhook: object | null;
  readonly sweep: object | null;
  readonly offers: object | null;
  readonly waiting: { readonly problems: readonly { what: string; problem: string }[] };
};
const health = async () =>
  (await here.world.ask(ADDRESS, { token: admin })).json() as unknown as Health;

describe("the line to GitHub", () => {
  it("is swept: what could not be delivered is asked for again, once, on every page of the list", async () => {
    await waitUntil("GitHub was asked", async () => here.github.apps.redelivered.length === 2);
    expect(here.github.apps.redelivered.toSorted((a, b) => a - b)).toEqual([1, 900]);
    await waitUntil("the sweep is noted", async () => (await health()).sweep !== null);
    expect((await health()).sweep).toMatchObject({
      listed: 154,
      failed: 2,
      redelivered: 2,
      problem: null,
    });
  });

  it("offers the repos that call themselves ones of skills, on every page", async () => {
    await waitUntil("they are noted", async () => (await health()).offers !== null);
    const url = `${here.github.url}/acme/More.Skills.git`;
    // The first look may have been before the source was added.
    expect((await health()).offers).toMatchObject({
      isCut: false,
      offers: expect.arrayContaining([
        { repo: "acme/More.Skills", url, branch: "trunk", isPrivate: true },
      ]),
    });
    const said = sayHostHealth(await readHostHealth(here.world.core.db), new Date()).join("\n");
    expect(said).toContain(
      `npx assay source add acme-more-skills --team TEAM --url ${url} --branch 'trunk' --private`,
    );
  });

  it("shows when a webhook came last, where the App is installed, and what is waiting", async () => {
    const payload = { repository: { full_name: "acme/skills", id: 1 } };
    const { headers, body } = here.github.sign(SECRET, "push", payload);
    await here.world.ask("/api/github/webhooks", { method: "POST", headers, body });
    await waitUntil("the webhook is noted", async () => (await health()).webhook !== null);
    expect(await health()).toMatchObject({
      webhook: { event: "push" },
      installations: { installations: [{ account: "acme", isSuspended: false }] },
      waiting: { reports: 0, oldest: null, problems: [] },
    });
  });

  it("shows what could not be told, and why", async () => {
    here.github.trouble = { status: 500 };
    const tag = await here.release("adder", "1.0.0");
    await here.world.sync("skills");
    const problems = async () => (await health()).waiting.problems;
    await waitUntil("a report waits", async () => (await problems()).length > 0);
    expect(await problems()).toContainEqual(
      expect.objectContaining({ what: `skills ${tag}`, problem: "GitHub answered 500." }),
    );
    here.github.trouble = undefined;
  });

  it("is shown to nobody but those who run the registry", async () => {
    expect((await here.world.ask(ADDRESS)).status).toBe(401);
    const token = await here.world.token("acme");
    expect((await here.world.ask(ADDRESS, { token })).status).toBe(403);
  });
});
