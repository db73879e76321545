import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addYank } from "../../src/control/index.ts";
import { skillMd } from "../forge.ts";
import { makeSigner } from "../forge-keys.ts";
import { createGithubWorld, type GithubWorld } from "../github-world.ts";
import { waitUntil } from "../world.ts";

const eve = makeSigner("eve@example.test");
let here: GithubWorld;
beforeAll(async () => {
  here = await createGithubWorld();
});
afterAll(() => here.close());

async function release(...what: Parameters<GithubWorld["release"]>) {
  const tag = await here.release(...what);
  await here.world.sync("skills");
  return tag;
}
const checkOf = (tag: string, headSha: string) =>
  here.github
    .checks()
    .find(({ name, head_sha }) => name === `Assay: ${tag}` && head_sha === headSha);
const commitOf = async (name: string) =>
  (await here.forge.git("rev-parse", `${name}^{commit}`)).stdout.toString().trim();
const releaseOf = (tag: string) =>
  [...here.github.releases.values()].find(({ tag_name }) => tag_name === tag);

describe("a published tag that is moved by force on GitHub", () => {
  it("is told on both commits: what was published stays, and what came is refused", async () => {
    const tag = await release("mover", "1.0.0");
    const first = await commitOf(tag);
    await waitUntil("GitHub is told", async () => checkOf(tag, first)?.conclusion === "success");
    await here.forge.commit({ "skills/mover/SKILL.md": skillMd("mover", "Something else.\n") });
    await here.forge.tag(tag, { signer: here.ann });
    const second = await commitOf(tag);
    await here.forge.push(here.bare, "main", `+refs/tags/${tag}`);
    await here.world.sync("skills");
    await waitUntil(
      "GitHub is told of the other object",
      async () => checkOf(tag, second)?.conclusion === "failure",
    );
    expect(checkOf(tag, second)?.output.title).toContain("TAG_MOVED");
    expect(checkOf(tag, second)?.output.summary).toContain("git tag -s mover--v1.0.1");
    await waitUntil(
      "GitHub is told that it was moved",
      async () => checkOf(tag, first)?.conclusion === "action_required",
    );
    expect(checkOf(tag, first)?.output.title).toContain("the tag was moved since");
    expect((await here.world.ask("/api/v1/skills/acme/mover/versions/1.0.0")).status).toBe(200);
  });
});

describe("a tag of somebody unknown", () => {
  it("says so on its commit, where its author looks, and not on the tag object", async () => {
    const tag = await release("unknown", "1.0.0", eve);
    const head = await commitOf(tag);
    await waitUntil("GitHub is told", async () => checkOf(tag, head)?.conclusion === "failure");
    expect(checkOf(tag, head)?.output.title).toContain("UNKNOWN_SIGNER");
  });
});

describe("a tag that was made on GitHub's page of releases", () => {
  it("is told the commands that make a signed one of it", async () => {
    const tag = await release("paged", "1.0.0", null);
    const head = await commitOf(tag);
    await waitUntil("GitHub is told", async () => checkOf(tag, head)?.conclusion === "failure");
    const summary = checkOf(tag, head)?.output.summary ?? "";
    expect(summary).toContain(`git fetch -f origin tag ${tag} && git tag -s -f ${tag}`);
  });
});

describe("a source that wants releases on its host", () => {
  it("has none while its law does not say so", async () => {
    const tag = await release("adder", "1.0.0");
    const head = await commitOf(tag);
    await waitUntil("GitHub is told", async () => checkOf(tag, head)?.conclusion === "success");
    expect(here.github.releases.size).toBe(0);
  });

  it("gets one for each version, with what changed in it, and of those that were there before", async () => {
    await here.wish("hostReleases: true");
    const tag = await release("adder", "1.1.0");
    await waitUntil("there is a release", async () => releaseOf(tag) !== undefined);
    expect(releaseOf(tag)).toMatchObject({ name: "adder 1.1.0", prerelease: false });
    expect(releaseOf(tag)?.body).toContain("the sums of 1.1.0");
    await waitUntil("the older one too", async () => releaseOf("adder--v1.0.0") !== undefined);
    // The tag of this one is another object by now.
    expect(releaseOf("mover--v1.0.0")).toBeUndefined();
  });

  it("is told there when a version is yanked", async () => {
    await here.world.change((files) =>
      addYank(files, { skill: "acme/adder", version: "1.0.0", reason: "wrong sums" }),
    );
    await waitUntil(
      "the release says so",
      async () => releaseOf("adder--v1.0.0")?.body.startsWith("**Yanked:**") === true,
    );
    expect(releaseOf("adder--v1.0.0")?.body).not.toContain("npx skills add");
  });

  it("keeps a release that somebody wrote, and makes none anew that somebody deleted", async () => {
    const own = { tag_name: "adder--v1.2.0", name: "By hand", body: "Mine.", prerelease: false };
    here.github.releases.set(900, { id: 900, ...own });
    const gone = releaseOf("adder--v1.1.0")?.id ?? 0;
    here.github.releases.delete(gone);
    await release("adder", "1.2.0");
    const last = await release("adder", "1.3.0");
    await here.world.change((files) =>
      addYank(files, { skill: "acme/adder", version: "1.1.0", reason: "wrong sums" }),
    );
    await waitUntil("there is a release", async () => releaseOf(last) !== undefined);
    await waitUntil("the yank was told of", async () => {
      const rows = await here.world.database.db
        .selectFrom("host_releases")
        .where("external_id", "=", "theirs")
        .select("version_id")
        .execute();
      return rows.length === 2;
    });
    expect(releaseOf("adder--v1.2.0")?.body).toBe("Mine.");
    expect(releaseOf("adder--v1.1.0")).toBeUndefined();
  });
});
