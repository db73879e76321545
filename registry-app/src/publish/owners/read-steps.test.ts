import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createObjectCache, createObjectReaders, listMergeBases } from "../../git/index.ts";
import { createForge, type Content, type Forge } from "../../../test/forge.ts";
import { readSteps } from "./read-steps.ts";

const readers = createObjectReaders();
const cache = createObjectCache({ maxBytes: 1024 * 1024 });
let forge: Forge;
beforeAll(async () => {
  forge = await createForge();
  await forge.commit({ "skills/x/SKILL.md": "one\n", CODEOWNERS: "/skills/ @bo\n" });
});
afterAll(async () => {
  await forge.remove();
  await readers.close();
});

/** What a pull request with these changes, squashed onto `main`, did to the folder. */
async function stepOf(changes: Readonly<Record<string, Content>>) {
  const main = await forge.resolve("refs/heads/main");
  await forge.setRef("refs/heads/change", main);
  const headOid = await forge.commit(changes, { branch: "change" });
  const mergeOid = await forge.commit(changes);
  const pull = { number: 1, headOid, mergeOid, authorId: 1, reviews: [] };
  const [step] = await readSteps(
    { readers, cache },
    { repoDir: forge.dir, folder: "skills/x", pulls: [pull] },
  );
  return step;
}

describe("what a merged pull request did to a folder", () => {
  it("is each path that changed, with the owners that its base names", async () => {
    const step = await stepOf({
      "skills/x/run.sh": "ls\n",
      "README.md": "# All\n",
      CODEOWNERS: "/skills/ @eve\n",
    });
    expect(step).toMatchObject({
      changed: [{ path: "skills/x/run.sh", owners: [{ kind: "person", login: "bo" }] }],
      problem: null,
    });
    expect((await stepOf({ "skills/x/run.sh": "ls -l\n" }))?.changed).toMatchObject([
      { owners: [{ login: "eve" }] },
    ]);
  });

  it("is nothing where it touched other folders", async () => {
    const step = await stepOf({ "skills/y/SKILL.md": "one\n" });
    expect(step?.headTree).toBe(step?.baseTree);
  });

  it("approves nothing where CODEOWNERS would take too long to be held against it", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, nth) => [`skills/x/${nth}.md`, "one\n"]),
    );
    await stepOf({ CODEOWNERS: "**/*a*a*b @ann\n".repeat(20_000) });
    expect((await stepOf(many))?.problem).toContain("too many lines");
    await stepOf({ CODEOWNERS: "# \n".repeat(300_000) });
    expect((await stepOf({ "skills/x/1.md": "two\n" }))?.problem).toContain("larger than 512 KiB");
  });

  it("is not told where its commits are not here, nor where two histories have nothing in common", async () => {
    const oid = "a".repeat(40);
    const pull = { number: 1, headOid: oid, mergeOid: oid, authorId: 1, reviews: [] };
    const asked = { repoDir: forge.dir, folder: "skills/x", pulls: [pull] };
    expect(await readSteps({ readers, cache }, asked)).toEqual([]);
    const other = await forge.commit({ "a.md": "a\n" }, { branch: "other" });
    expect(await listMergeBases(forge.dir, await forge.resolve("refs/heads/main"), other)).toEqual(
      [],
    );
  });
});
