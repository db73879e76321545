import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMessage, generateKey, sign } from "openpgp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addSigner } from "../../src/control/index.ts";
import { createForge, skillMd, type Forge } from "../forge.ts";
import { fingerprintOf, makeSigner, type Signer } from "../forge-keys.ts";
import { describeWith } from "../needs.ts";
import { createWorld, type World } from "../world.ts";

const eve = makeSigner("eve@example.test");
const authority = makeSigner("authority@example.test");
const PAT = "pat@example.test";

/** Signs with her own key in the name of a certificate that the authority made for her. */
function withCertificate(dir: string, signer: Signer, serial: number): Signer {
  const file = (name: string) => join(dir, name);
  const keygen = (args: readonly string[], input: string | Buffer = "") =>
    execFileSync("ssh-keygen", args, { input, stdio: ["pipe", "pipe", "ignore"] }).toString();
  writeFileSync(file("ca"), authority.privateKey ?? "", { mode: 0o600 });
  writeFileSync(file("key"), signer.privateKey ?? "", { mode: 0o600 });
  writeFileSync(file("key.pub"), `${signer.publicKey}\n`);
  const names = ["-I", "eve's laptop", "-n", signer.email, "-z", String(serial), "-V", "+1d"];
  keygen(["-q", "-s", file("ca"), ...names, file("key.pub")]);
  return {
    ...signer,
    sign: (payload) => keygen(["-Y", "sign", "-n", "git", "-f", file("key-cert.pub")], payload),
  };
}

async function makePat(): Promise<{ signer: Signer; file: string }> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: "Pat", email: PAT }],
    format: "object",
  });
  const signer: Signer = {
    name: "pat",
    email: PAT,
    publicKey: "",
    sign: async (payload) => {
      const message = await createMessage({ binary: payload });
      return String(await sign({ message, signingKeys: privateKey, detached: true })).replaceAll(
        "\r\n",
        "\n",
      );
    },
  };
  return { signer, file: publicKey.armor() };
}

describeWith("ssh-keygen")("people whose keys no list names", () => {
  const dir = mkdtempSync(join(tmpdir(), "assay-keys-over-time-"));
  let world: World;
  let forge: Forge;
  let remote: string;
  let pat: Signer;
  const withLaw = (path: string, text: string) =>
    world.change((files) => new Map([...files, [path, Buffer.from(text)]]));
  const push = async (name: string, signer: Signer) => {
    await forge.tag(name, { signer });
    return (await forge.push(remote, name)).said(name);
  };
  const stateOf = async (version: string) =>
    (await world.ask(`/api/v1/skills/acme/deploy/versions/${version}`)).json()["state"];

  beforeAll(async () => {
    world = await createWorld();
    forge = await createForge();
    await world.addTeam("acme");
    await world.addSource({ slug: "acme-skills", team: "acme", visibility: "public" });
    const made = await makePat();
    pat = made.signer;
    await withLaw(
      "trust/allowed_signers",
      `*@example.test cert-authority ${authority.publicKey}\n`,
    );
    await withLaw(`trust/openpgp/${PAT}.asc`, made.file);
    for (const principal of [eve.email, PAT])
      await world.change((files) => addSigner(files, { principal, teams: ["acme"] }));
    remote = world.remote("acme-skills", await world.token("acme"));
    await forge.commit({ "skills/deploy/SKILL.md": skillMd("deploy") });
    await forge.push(remote, "main");
  });
  afterAll(async () => {
    await forge.remove();
    await world.close();
    rmSync(dir, { recursive: true });
  });

  it("an authority's certificate publishes, and the key inside it alone does not", async () => {
    expect(await push("deploy--v0.1.0", eve)).toContain("UNKNOWN_SIGNER");
    await push("deploy--v1.0.0", withCertificate(dir, eve, 41));
    const row = await world.tag("acme-skills", "deploy--v1.0.0", { state: "published" });
    expect(JSON.stringify(row)).toContain("serial 41");
    expect(JSON.stringify(row)).toContain(fingerprintOf(authority));
  });

  it("an OpenPGP key that the law holds publishes", async () => {
    await push("deploy--v1.1.0", pat);
    const row = await world.tag("acme-skills", "deploy--v1.1.0", { state: "published" });
    expect(JSON.stringify(row)).toContain(`is ${PAT}'s by trust/openpgp/${PAT}.asc`);
  });

  it("a revoked serial publishes no more, and the next certificate does", async () => {
    const lost = `certificates:\n  - {authority: "${fingerprintOf(authority)}", serial: 42, reason: left in a train}\n`;
    await withLaw("trust/revoked.yaml", lost);
    const said = await push("deploy--v1.2.0", withCertificate(dir, eve, 42));
    expect(said).toContain("KEY_REVOKED");
    expect(said).toContain("left in a train");
    await push("deploy--v1.3.0", withCertificate(dir, eve, 43));
    await world.tag("acme-skills", "deploy--v1.3.0", { state: "published" });
  });

  it("a compromised person's versions are quarantined, and nobody else's", async () => {
    const since = "2020-01-01T00:00:00Z";
    await withLaw(
      "trust/revoked.yaml",
      `principals:\n  - {principal: ${PAT}, kind: compromised, since: ${since}, reason: phished}\n`,
    );
    await world.settled();
    expect([await stateOf("1.0.0"), await stateOf("1.1.0")]).toEqual(["published", "quarantined"]);
    expect(await push("deploy--v1.4.0", pat)).toContain("KEY_REVOKED");
  });

  it("a compromised certificate's versions are quarantined, and those of the same key by another are not", async () => {
    const certificate = `authority: "${fingerprintOf(authority)}", serial: 41`;
    await withLaw(
      "trust/revoked.yaml",
      `certificates:\n  - {${certificate}, kind: compromised, since: 2020-01-01T00:00:00Z, reason: stolen}\n`,
    );
    await world.settled();
    const states = await Promise.all(["1.0.0", "1.1.0", "1.3.0"].map(stateOf));
    expect(states).toEqual(["quarantined", "published", "published"]);
  });
});
