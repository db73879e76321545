import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createWorld, type World } from "../world.ts";

const ann = makeSigner("ann@example.test");
const HOLE = "pyyaml==5.3\n";
const RULE = "supply-chain.vulnerable-version";
let world: World;
let forge: Forge;
let token: string;

async function release(source: string, tag: string) {
  await forge.tag(tag, { signer: ann });
  await forge.push(world.remote(source, token), "main", tag);
  return world.tag(source, tag, { token });
}

beforeAll(async () => {
  world = await createWorld({ hasSite: true });
  forge = await createForge();
  await world.addTeam("acme", ann);
  await world.addSource({ slug: "open-skills", team: "acme", visibility: "public" });
  await world.addSource({ slug: "closed-skills", team: "acme", visibility: "private" });
  token = await world.token("acme", "read", "push");
  await forge.commit({
    "skills/plain/SKILL.md": skillMd("plain"),
    "skills/chart/SKILL.md": skillMd("chart"),
    "skills/chart/requirements.txt": HOLE,
  });
  await release("open-skills", "plain--v1.0.0");
  await release("open-skills", "chart--v1.0.0");
  await forge.commit({
    "skills/secret-plan/SKILL.md": skillMd("secret-plan"),
    "skills/secret-plan/requirements.txt": HOLE,
  });
  await release("closed-skills", "secret-plan--v1.0.0");
});
afterAll(async () => {
  await forge.remove();
  await world.close();
});

const get = async (path: string, own: { token?: string } = {}) =>
  (await world.ask(`/api/v1/security/${path}`, own)).json();
const namesIn = (found: Awaited<ReturnType<typeof get>>) =>
  (found["items"] as readonly { name: string }[]).map(({ name }) => name);

describe("the overview of findings", () => {
  it("counts the latest versions and what is held by verdict, state and rule", async () => {
    const summary = await get("summary");
    expect(summary["versions"]).toBe(2);
    expect(summary["verdicts"]).toEqual(
      expect.arrayContaining([
        { verdict: "pass", versions: 1 },
        { verdict: "warn", versions: 1 },
      ]),
    );
    expect(summary["states"]).toEqual(
      expect.arrayContaining([
        { state: "published", versions: 1 },
        { state: "held", versions: 1 },
      ]),
    );
    expect(summary["rules"]).toEqual(
      expect.arrayContaining([expect.objectContaining({ rule: RULE, versions: 1, skills: 1 })]),
    );
  });

  it("shows nothing of a private source to those who may not see it, and all of it to its team", async () => {
    expect(namesIn(await get("findings?size=100"))).not.toContain("secret-plan");
    expect(namesIn(await get("findings?size=100", { token }))).toContain("secret-plan");
    expect((await get("summary", { token }))["versions"]).toBe(3);
  });

  it("is narrowed by rule, severity, verdict and team, and pages through", async () => {
    expect(namesIn(await get(`findings?rule=${RULE}`))).toEqual(["chart"]);
    expect(namesIn(await get("findings?severity=critical"))).toEqual([]);
    expect(namesIn(await get("findings?verdict=warn&team=acme"))).toContain("chart");
    expect(namesIn(await get("findings?team=globex"))).toEqual([]);
    const first = await get("findings?size=1", { token });
    const second = await get("findings?size=1&page=2", { token });
    expect([first["total"], first["items"]]).not.toEqual([0, second["items"]]);
  });

  it.each(["rule=drop table", "severity=bad", "verdict=x", "size=0", "page=0"])(
    "says what is wrong with %s",
    async (query) => {
      const answer = await world.ask(`/api/v1/security/findings?${encodeURI(query)}`);
      expect([answer.status, answer.headers["content-type"]]).toEqual([
        400,
        expect.stringContaining("problem+json"),
      ]);
    },
  );

  it("is a page, which leads to each version's own", async () => {
    const page = await world.ask("/security");
    expect(page.status).toBe(200);
    expect(page.text).toContain("/skills/acme/chart/1.0.0/security");
    expect(page.text).not.toContain("secret-plan");
  });
});
