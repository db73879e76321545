import examples from "@octokit/webhooks-examples" with { type: "json" };
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAdminToken } from "../admin-token.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const SECRET = "the secret of the webhooks".replaceAll(" ", "-");
let here: GithubWorld;
let admin = "";
let minor = 0;
beforeAll(async () => {
  here = await createGithubWorld({ env: { GITHUB_WEBHOOK_SECRET: SECRET } });
  admin = await makeAdminToken(here.world.core, "read");
});
afterAll(() => here.close());

const checkOf = (tag: string) => here.github.checks().find(({ name }) => name === `Assay: ${tag}`);
async function problemOf(tag: string): Promise<string | undefined> {
  const { waiting } = (
    await here.world.ask("/api/v1/github/health", { token: admin })
  ).json() as unknown as { waiting: { problems: { what: string; problem: string }[] } };
  return waiting.problems.find(({ what }) => what === `skills ${tag}`)?.problem;
}

describe("a tag that GitHub cannot be told of", () => {
  it.each([
    ["answers 500", { status: 500 }, "GitHub answered 500."],
    ["answers 502 from a proxy", { status: 502 }, "GitHub answered 502."],
    [
      "has too many of our requests",
      { status: 429, headers: { "retry-after": "2" } },
      "GitHub asks to be left alone for a while.",
    ],
    ["hangs up", "hang-up", "GitHub did not answer."],
    ["says nothing", "silence", "GitHub did not answer."],
  ] as const)(
    "while it %s is published all the same, says why it waits, and is told afterwards",
    async (_what, trouble, problem) => {
      here.github.trouble = trouble;
      minor += 1;
      const tag = await here.release("adder", `1.${minor}.0`);
      await here.world.sync("skills");
      expect(await here.world.tag("skills", tag)).toMatchObject({ state: "published" });
      await waitUntil("the reason is known", async () => (await problemOf(tag)) !== undefined);
      expect(await problemOf(tag)).toBe(problem);
      const { length } = here.github.asked;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      // Bounded: what failed is not tried again at once.
      expect(here.github.asked.length - length).toBeLessThan(3);
      here.github.trouble = undefined;
      await waitUntil("GitHub is told", async () => checkOf(tag)?.conclusion === "success");
      // That it was told is noted a moment later.
      await waitUntil("nothing waits", async () => (await problemOf(tag)) === undefined);
    },
  );
});

describe("what GitHub really sends", () => {
  type Example = { readonly name: string; readonly examples: readonly object[] };
  // Its types call the JSON a module.
  const payloads = (examples as unknown as readonly Example[]).flatMap(({ name, examples: all }) =>
    all.map((body) => ({ name, body })),
  );

  it("is taken in, each event and action, and does no more than have repos looked at", async () => {
    // The versions of before are released, and their lines carried to the log a moment later.
    const { db } = here.world.database;
    await waitUntil("the registry log holds every line", async () => {
      const lines = db.selectFrom("log_entries").where("seq", "is", null).select("id");
      return (await lines.execute()).length === 0;
    });
    const before = await here.world.dump();
    const statuses = new Map<number, number>();
    for (const { name, body: payload } of payloads) {
      const { headers, body } = here.github.sign(SECRET, name, payload);
      const { status } = await here.world.ask("/api/github/webhooks", {
        method: "POST",
        headers,
        body,
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(payloads.length).toBeGreaterThan(200);
    expect([...statuses]).toEqual([[202, payloads.length]]);
    await here.world.settled();
    expect(await here.world.dump()).toBe(before);
  });

  it("ends in the same when it comes late, twice and in the wrong order", async () => {
    const tag = await here.release("adder", "2.0.0");
    const repository = { full_name: "acme/skills", id: 1 };
    const hints = [
      here.github.sign(SECRET, "delete", { repository, ref: tag, ref_type: "tag" }),
      here.github.sign(SECRET, "create", { repository, ref: tag, ref_type: "tag" }),
      here.github.sign(SECRET, "push", { repository, ref: `refs/tags/${tag}` }),
    ];
    const answers = [];
    for (const { headers, body } of [...hints, ...hints.toReversed()])
      answers.push(await here.world.ask("/api/github/webhooks", { method: "POST", headers, body }));
    expect(answers.map((answer) => answer.json()["delivery"])).toEqual([
      ...Array.from({ length: 3 }, () => "stored"),
      ...Array.from({ length: 3 }, () => "known"),
    ]);
    expect(await here.world.tag("skills", tag)).toMatchObject({ state: "published" });
    await waitUntil("GitHub is told", async () => checkOf(tag)?.conclusion === "success");
    expect(here.github.checks().filter(({ name }) => name === `Assay: ${tag}`)).toHaveLength(1);
  });
});
