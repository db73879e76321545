import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank } from "../../src/control/index.ts";
import { makeSigner } from "../forge-keys.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const SECRET = "the secret in force".replaceAll(" ", "-");
const OLD_SECRET = "the secret before it".replaceAll(" ", "-");
const eve = makeSigner("eve@example.test");
let here: GithubWorld;

beforeAll(async () => {
  here = await createGithubWorld({ env: { GITHUB_WEBHOOK_SECRET: `${SECRET} ${OLD_SECRET}` } });
});
afterAll(() => here.close());

const PAYLOAD = { repository: { full_name: "acme/skills", id: 1 } };
async function deliver(secret: string, event = "push", payload: object = PAYLOAD) {
  const { headers, body } = here.github.sign(secret, event, payload);
  return here.world.ask("/api/github/webhooks", { method: "POST", headers, body });
}
const checkOf = (tag: string) => here.github.checks().find(({ name }) => name === `Assay: ${tag}`);
const told = async (tag: string, conclusion: string) => {
  await waitUntil(
    () => `GitHub is told that ${tag} is ${conclusion}, not ${checkOf(tag)?.output.title}`,
    async () => checkOf(tag)?.conclusion === conclusion,
  );
  return checkOf(tag);
};

describe("a tag on GitHub", () => {
  it("is judged when its webhook comes, and its commit says so", async () => {
    const tag = await here.release("adder", "1.0.0");
    const answer = await deliver(SECRET);
    expect([answer.status, answer.json()]).toEqual([202, { delivery: "stored" }]);
    expect(await here.world.tag("skills", tag)).toMatchObject({ state: "published" });
    const check = await told(tag, "success");
    const { stdout } = await here.forge.git("rev-parse", `${tag}^{commit}`);
    expect(check?.head_sha).toBe(stdout.toString().trim());
    expect(check?.output.title).toBe("acme/adder 1.0.0: published");
    expect(check?.details_url).toBe(`${here.world.url}/sources/skills/tags/${tag}`);
  });

  it("that is not signed says on its commit what is wrong and what to do", async () => {
    const tag = await here.release("adder", "1.1.0", null);
    await deliver(SECRET, "create", { ...PAYLOAD, ref: tag, ref_type: "tag" });
    const check = await told(tag, "failure");
    expect(check?.output.title).toContain("refused");
    expect(check?.output.summary).toMatch(/What to do/);
  });

  it("that no webhook told of is found by the next look, and told like every other", async () => {
    const tags = [
      await here.release("one", "1.0.0"),
      await here.release("two", "1.0.0"),
      await here.release("three", "1.0.0", eve),
      await here.release("four", "1.0.0"),
    ];
    await here.world.sync("skills");
    for (const tag of tags) {
      const conclusion = tag.startsWith("three") ? "failure" : "success";
      expect(await told(tag, conclusion)).toMatchObject({ status: "completed" });
    }
  });

  it("is told once GitHub answers again, and GitHub is left alone for as long as it asks", async () => {
    here.github.trouble = { status: 403, headers: { "retry-after": "3" } };
    const tag = await here.release("adder", "1.2.0");
    await deliver(SECRET);
    await here.world.tag("skills", tag);
    const before = here.github.asked.length;
    await waitUntil("GitHub was asked", async () => here.github.asked.length > before);
    const during = here.github.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(here.github.asked.length).toBe(during);
    here.github.trouble = undefined;
    expect(await told(tag, "success")).toMatchObject({ status: "completed" });
  });

  it("that is yanked later is no success on its commit any more", async () => {
    const tag = await here.release("adder", "1.3.0");
    await deliver(SECRET);
    await told(tag, "success");
    const yank = { skill: "acme/adder", version: "1.3.0", reason: "wrong sums" };
    await here.world.change((files) => addYank(files, yank));
    const check = await told(tag, "failure");
    expect(check?.output.title).toContain("yanked");
    // It is the same check run, and what was annotated is not annotated twice.
    expect(here.github.checks().filter(({ name }) => name === `Assay: ${tag}`)).toHaveLength(1);
  });
});

describe("a webhook of the App", () => {
  it("is believed with the old secret while it is rotated, and with no other", async () => {
    expect((await deliver(OLD_SECRET)).status).toBe(202);
    expect((await deliver("somebody-elses-secret")).status).toBe(401);
    const { headers, body } = here.github.sign(SECRET, "push", PAYLOAD);
    const changed = body.replace("acme", "evil");
    const answer = await here.world.ask("/api/github/webhooks", {
      method: "POST",
      headers,
      body: changed,
    });
    expect(answer.status).toBe(401);
  });

  it("that comes twice is stored once", async () => {
    const { headers, body } = here.github.sign(SECRET, "push", PAYLOAD);
    const send = async () =>
      (await here.world.ask("/api/github/webhooks", { method: "POST", headers, body })).json();
    await send();
    await here.world.settled();
    expect(await send()).toEqual({ delivery: "known" });
  });

  it("of 80 MB is not read, and nothing of any is in the log", async () => {
    const body = Buffer.alloc(80 * 1024 * 1024, 0x20);
    const signature = createHmac("sha256", SECRET).update(body).digest("hex");
    const headers = { "x-hub-signature-256": `sha256=${signature}`, "x-github-event": "push" };
    const answer = await here.world
      .ask("/api/github/webhooks", { method: "POST", headers, body })
      .catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413);
    expect(JSON.stringify(here.world.log)).not.toContain("full_name");
  });

  it("of a repo that is no source, or of something else, is answered and gives nothing to do", async () => {
    const other = { repository: { full_name: "acme/other", id: 2 } };
    expect((await deliver(SECRET, "push", other)).json()).toEqual({ delivery: "nothing" });
    expect((await deliver(SECRET, "star")).json()).toEqual({ delivery: "nothing" });
  });
});
