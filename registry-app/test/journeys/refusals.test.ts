import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSigner } from "../../src/control/index.ts";
import { createForge, run, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner } from "../forge-keys.ts";
import { UNHAPPY, type Cast } from "../forge-unhappy.ts";
import { createWorld, type World } from "../world.ts";

const signers = {
  ann: makeSigner("ann@example.test"),
  bob: makeSigner("bob@example.test"),
  old: makeSigner("old@example.test"),
  lost: makeSigner("lost@example.test"),
};
const HOUR_MS = 3_600_000;

let world: World;
let forge: Forge;
let cast: Cast;
let remote: string;
let scratch: string;
/** Objects that only refused tags reach. */
const refusedOids: string[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-refusals-"));
  world = await createWorld();
  forge = await createForge();
  cast = { forge, ...signers };
  const { ann, bob, old, lost } = signers;
  await world.addTeam("acme", ann, lost);
  await world.addTeam("other", bob);
  await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
  const { email: principal, publicKey } = old;
  const validBefore = new Date(Date.now() - HOUR_MS);
  await world.change((files) =>
    addSigner(files, { principal, publicKey, teams: ["acme"], validBefore }),
  );
  const revoked = `keys:\n  - fingerprint: "${await fingerprintOf(lost)}"\n    reason: the laptop was stolen\n`;
  await world.change((files) => new Map([...files, ["trust/revoked.yaml", Buffer.from(revoked)]]));
  remote = world.remote("acme-skills", await world.token("acme"));
  await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
  await forge.tag("deploy--v1.0.0", { signer: ann });
  await forge.push(remote, "main", "deploy--v1.0.0");
  await world.tag("acme-skills", "deploy--v1.0.0", { state: "published" });
});
afterAll(async () => {
  await forge.remove();
  await rm(scratch, { recursive: true, force: true });
  await world.close();
});

describe("a tag that is not published", () => {
  it.each(UNHAPPY.map((one, at) => ({ ...one, at })))(
    "never becomes a version: $what is $code, with a remedy in push output and API, its neighbour accepted, its name free",
    async ({ code, says, remedy, make, at }) => {
      const [bad, good] = [`deploy--v2.${at}.0`, `deploy--v2.${at}.1`];
      const oid = await make(cast, bad);
      await forge.tag(good, { signer: cast.ann });
      const pushed = await forge.push(remote, bad, good);
      expect(pushed.ok).toBe(false);
      const said = pushed.said(bad);
      expect(said).toContain(`REFUSED: ${bad}  ${code}`);
      expect(said).toContain(says);
      expect(said).toContain(`${world.url}/sources/acme-skills/tags/${bad}`);
      expect(pushed.said(`acme/deploy 2.${at}.1`)).toContain("accepted");

      const row = await world.tag("acme-skills", bad);
      expect(row).toMatchObject({ state: "refused", code, oid, became: null });
      expect(row["reason"]).toContain(says);
      expect(row["remedy"]).toContain(remedy);
      expect(said).toContain(String(row["remedy"]));
      await world.tag("acme-skills", good, { state: "published" });
      const version = `/api/v1/skills/acme/deploy/versions/2.${at}.0`;
      expect((await world.ask(version)).status).toBe(404);
      expect((await world.ask(`${version}/archive.tar.gz`)).status).toBe(404);
      if (code !== "LIGHTWEIGHT") refusedOids.push(oid);
      if (code === "NOT_ON_BRANCH") refusedOids.push(await forge.resolve(`${oid}^{commit}`));

      const mended = await forge.tag(bad, { signer: cast.ann });
      expect((await forge.push(remote, bad)).ok).toBe(true);
      await world.tag("acme-skills", bad, { state: "published", oid: mended });
    },
  );

  it("is handed out by no address, not even to who asks for its objects by id", async () => {
    expect(refusedOids.length).toBeGreaterThan(UNHAPPY.length - 2);
    refusedOids.push(await forge.resolve("refs/heads/side:skills/deploy/secret.txt"));
    const to = join(scratch, "by-id");
    await run(scratch, ["init", "-q", to]);
    const served: string[] = [];
    for (const url of [remote, world.remote("s/acme/deploy"), world.remote("log")]) {
      for (const protocol of ["0", "2"]) {
        for (const oid of refusedOids) {
          const args = ["-c", `protocol.version=${protocol}`, "fetch", "-q", url, oid];
          if ((await run(to, args)).code === 0) served.push(`${oid} by ${url}`);
        }
      }
    }
    expect(served).toEqual([]);
    const index = await world.ask("/.well-known/agent-skills/index.json");
    expect([index.status, index.text.includes("secret.txt")]).toEqual([200, false]);
  }, 240_000);
});
