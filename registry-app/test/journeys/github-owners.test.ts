import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { skillMd, type Content } from "../forge.ts";
import type { FakeMerged, FakePerson } from "../fakes/github-reviews.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const SECRET = "the secret in force".replaceAll(" ", "-");
const ANN: FakePerson = { id: 1, login: "ann" };
const BO: FakePerson = { id: 2, login: "bo" };
const CY: FakePerson = { id: 3, login: "cy" };
const SEES_OWNERS = "/skills/ @bo\n/skills/*/scripts/ @acme/sec\n";
let here: GithubWorld;

beforeAll(async () => {
  here = await createGithubWorld({ env: { GITHUB_WEBHOOK_SECRET: SECRET } });
  for (const { id, login } of [BO, CY]) here.github.roles.set(login, { id, role: "write" });
  here.github.teams.set("sec", [{ ...CY, role: "member" }]);
  await here.wish("policy: {codeOwners: require}");
  await here.forge.commit({ ".github/CODEOWNERS": SEES_OWNERS });
});
afterAll(() => here.close());

const git = async (...args: string[]) =>
  (await here.forge.git(...args)).stdout.toString("utf8").trim();

/** A pull request with these changes, merged as GitHub does it; `with` is what somebody adds while merging by hand. */
async function merge(
  number: number,
  changes: Readonly<Record<string, Content>>,
  how: { readonly as: "squash" | "merge"; readonly with?: Readonly<Record<string, Content>> },
): Promise<FakeMerged> {
  const branch = `pull-${number}`;
  await here.forge.git("branch", branch, "main");
  const head = await here.forge.commit(changes, { branch });
  await here.forge.push(here.bare, `+refs/heads/${branch}:refs/pull/${number}/head`);
  if (how.as === "squash") await here.forge.commit({ ...changes, ...how.with });
  else {
    const tip = await git("rev-parse", "main");
    const commit = ["commit-tree", "-p", tip, "-p", head, "-m", `Merge pull request ${number}`];
    await here.forge.setRef("refs/heads/main", await git(...commit, `${head}^{tree}`));
  }
  const merged = await git("rev-parse", "main");
  const commits = how.as === "squash" ? [merged] : [head, merged];
  const one: FakeMerged = { number, head, merge: merged, commits, author: ANN, reviews: [] };
  here.github.merged.push(one);
  return one;
}

const approve = (number: number, ...users: readonly FakePerson[]) => {
  const at = here.github.merged.findIndex((one) => one.number === number);
  const one = here.github.merged[at];
  if (one === undefined) throw new Error(`there is no pull request ${number}`);
  const added = users.map((user) => ({ user, state: "APPROVED" as const, commit: one.head }));
  here.github.merged[at] = { ...one, reviews: [...one.reviews, ...added] };
};
async function deliver(event: string, payload: object) {
  const repository = { full_name: "acme/skills", id: 1 };
  const { headers, body } = here.github.sign(SECRET, event, { ...payload, repository });
  return here.world.ask("/api/github/webhooks", { method: "POST", headers, body });
}
/** GitHub tells that somebody reviewed a pull request. */
const tellOfReview = () => deliver("pull_request_review", { action: "submitted" });
/** Somebody who may write presses "Re-run" on the check of a tag. */
async function rerun(tag: string) {
  const find = () => here.github.checks().find(({ name }) => name === `Assay: ${tag}`);
  await waitUntil(`GitHub is told of ${tag}`, async () => find() !== undefined);
  const { id, head_sha, external_id } = find() ?? { id: 0, head_sha: "", external_id: "" };
  const check_run = { id, head_sha, external_id };
  return deliver("check_run", {
    action: "rerequested",
    check_run,
    sender: { ...BO, type: "User" },
  });
}
const reviewOf = (version: string) =>
  here.world.database.db
    .selectFrom("owner_reviews as r")
    .innerJoin("skill_versions as v", "v.id", "r.version_id")
    .where("v.version", "=", version)
    .select(["r.version_id as id", "r.due_at as dueAt", "r.verdict"])
    .executeTakeFirstOrThrow();
async function release(version: string) {
  const tag = `guard--v${version}`;
  await here.forge.tag(tag, { signer: here.ann });
  await here.forge.push(here.bare, "main", tag);
  await here.world.sync("skills");
  return tag;
}
/** The tag, once it says this of itself. */
async function saying(tag: string, says: string) {
  const reason = async () => String((await here.world.tag("skills", tag))["reason"]);
  await waitUntil(`${tag} says: ${says}`, async () => (await reason()).includes(says));
  return here.world.tag("skills", tag);
}
const HELD = { state: "held", code: "HELD" };
const stateOf = async (tag: string, state: string) =>
  (await here.world.tag("skills", tag, { state }))["state"];
const guard = (body: string) => ({ "skills/guard/SKILL.md": skillMd("guard", body) });

describe("a version whose policy asks for the approval of code owners", () => {
  it("is held until an owner approves the head that has its files, and hears of that by a webhook", async () => {
    const { head } = await merge(1, guard("Looks after it.\n"), { as: "squash" });
    const tag = await release("1.0.0");
    const lacks = `pull request 1 at ${head.slice(0, 10)} has no approval of @bo for skills/guard/SKILL.md`;
    expect(await saying(tag, lacks)).toMatchObject(HELD);
    approve(1, CY);
    await tellOfReview();
    approve(1, BO);
    await tellOfReview();
    expect(await stateOf(tag, "published")).toBe("published");
  });

  it("says in the registry log whose approval of which commit it rests on", async () => {
    const { line } = await here.world.database.db
      .selectFrom("log_entries")
      .where("line", "like", '%"decided"%guard--v1.0.0%"publish"%')
      .select("line")
      .executeTakeFirstOrThrow();
    const [one] = here.github.merged;
    expect(line).toContain(`code owners: pull request 1 at ${one?.head}, approved by cy, bo`);
  });

  it("needs the approval of the team that owns a file, however it was merged, and is looked at again upon Re-run", async () => {
    const run = { "skills/guard/scripts/run.sh": "#!/bin/sh\nls\n" };
    await merge(2, { ...guard("Looks after all of it.\n"), ...run }, { as: "merge" });
    approve(2, BO);
    const tag = await release("1.1.0");
    expect(
      await saying(tag, "no approval of @acme/sec for skills/guard/scripts/run.sh"),
    ).toMatchObject(HELD);
    approve(2, CY);
    await rerun(tag);
    expect(await stateOf(tag, "published")).toBe("published");
  });

  it("is held where something was pushed between two pull requests, or added while one was merged", async () => {
    await here.forge.commit(guard("Pushed past everybody.\n"));
    await merge(3, { "skills/guard/notes.md": "# Notes\n" }, { as: "squash" });
    approve(3, BO);
    expect(
      await saying(await release("1.1.1"), "no merged pull request ends with these files"),
    ).toMatchObject(HELD);
    const more = guard("Added while it was merged.\n");
    await merge(4, { "skills/guard/notes.md": "# More notes\n" }, { as: "squash", with: more });
    approve(4, BO);
    expect(
      await saying(await release("1.1.2"), "no merged pull request ends with these files"),
    ).toMatchObject(HELD);
  });

  it("that lacks something is asked about again in ten minutes, and later each time", async () => {
    const { dueAt } = await reviewOf("1.1.1");
    const waitMs = (dueAt?.getTime() ?? 0) - Date.now();
    expect(waitMs / 60_000).toBeGreaterThan(9);
    expect(waitMs / 60_000).toBeLessThan(21);
  });

  it("is looked at all the same when the job that was to look was lost", async () => {
    const { id } = await reviewOf("1.1.1");
    const nothing = JSON.stringify({ commits: [], members: [] });
    await here.world.database.db
      .updateTable("owner_reviews")
      .set({ questions: nothing, answers: null, verdict: null, due_at: new Date() })
      .where("version_id", "=", id)
      .execute();
    await waitUntil("it is judged", async () => (await reviewOf("1.1.1")).verdict !== null);
    expect((await reviewOf("1.1.1")).verdict).toMatchObject({ kind: "lacking" });
  });

  it("is let through by a word in the control repo, as everything that waits for a person", async () => {
    const { digest } = await here.world.database.db
      .selectFrom("skill_versions")
      .where("version", "=", "1.1.2")
      .select("digest")
      .executeTakeFirstOrThrow();
    const lines = [
      "skill: acme/guard",
      "version: 1.1.2",
      `digest: ${digest}`,
      "by: bo@acme.example",
    ];
    await here.world.change((files) =>
      new Map(files).set("approvals/notes.yaml", Buffer.from(`${lines.join("\n")}\n`)),
    );
    expect(await stateOf("guard--v1.1.2", "published")).toBe("published");
  });

  it("that was published carries the next one: only what is new since needs their word", async () => {
    await merge(5, guard("Looks after it again.\n"), { as: "squash" });
    approve(5, BO);
    expect(await stateOf(await release("1.2.0"), "published")).toBe("published");
  });

  it("says that GitHub could not be asked, and is decided once it can be", async () => {
    await merge(6, guard("Looks after it better.\n"), { as: "squash" });
    approve(6, BO);
    here.github.trouble = { status: 500 };
    const tag = await release("1.3.0");
    expect(await saying(tag, "GitHub could not be asked: GitHub answered 500.")).toMatchObject(
      HELD,
    );
    here.github.trouble = undefined;
    expect(await stateOf(tag, "published")).toBe("published");
  });
});
