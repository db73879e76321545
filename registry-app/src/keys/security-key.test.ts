import { spawnSync } from "node:child_process";
import { generateKeyPairSync, hash, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { signedBytes } from "./armor.ts";
import { createSshVerifier } from "./index.ts";
import { wireString, wireUint32 } from "./wire.ts";

const payload = Buffer.from("what is signed\n");
const hasSshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;

/** What a security key would make: it signs over flags and a counter too. */
function securityKey(flags: number): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const point = Buffer.from(privateKey.export({ format: "jwk" }).x ?? "", "base64url");
  const type = "sk-ssh-ed25519@openssh.com";
  const publicKey = Buffer.concat([wireString(type), wireString(point), wireString("ssh:")]);
  const head = { namespace: "git", reserved: Buffer.alloc(0), hash: "sha512" };
  const message = signedBytes(head, hash("sha512", payload, "buffer"));
  const tail = Buffer.concat([Buffer.from([flags]), wireUint32(7)]);
  const wrapped = [hash("sha256", "ssh:", "buffer"), tail, hash("sha256", message, "buffer")];
  const signature = sign(null, Buffer.concat(wrapped), privateKey);
  const inner = [wireString(type), wireString(signature), tail];
  const blob = Buffer.concat([
    Buffer.from("SSHSIG"),
    wireUint32(1),
    ...[publicKey, "git", "", "sha512", Buffer.concat(inner)].map(wireString),
  ]);
  return `-----BEGIN SSH SIGNATURE-----\n${blob.toString("base64").replaceAll(/.{70}/g, "$&\n")}\n-----END SSH SIGNATURE-----\n`;
}

const verdictOf = (armor: string) => {
  const verdict = createSshVerifier().verify({ armor, payload, namespace: "git" });
  return verdict.kind === "good" ? verdict.key.type : verdict.because;
};
const holdsForSshKeygen = (armor: string) => {
  const dir = mkdtempSync(join(tmpdir(), "assay-sk-"));
  writeFileSync(join(dir, "sig"), armor);
  const args = ["-Y", "check-novalidate", "-n", "git", "-s", join(dir, "sig")];
  const { status } = spawnSync("ssh-keygen", args, { input: payload });
  rmSync(dir, { recursive: true });
  return status === 0;
};

const touched = securityKey(0x01);
const untouched = securityKey(0x00);

it("a security key's signature holds when somebody touched the key, and only then", () => {
  expect(verdictOf(touched)).toBe("sk-ssh-ed25519@openssh.com");
  expect(verdictOf(untouched)).toBe("no-presence");
});

it("a security key's flags and counter cannot be changed", () => {
  const tail = Buffer.from(untouched.split("\n").slice(1, -2).join(""), "base64");
  tail[tail.length - 5] = 0x01;
  const body = tail.toString("base64").replaceAll(/.{70}/g, "$&\n");
  const forged = `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`;
  expect(verdictOf(forged)).toBe("bad-signature");
});

it.skipIf(!hasSshKeygen)("ssh-keygen takes both, the second being where Assay is stricter", () => {
  expect([touched, untouched].map(holdsForSshKeygen)).toEqual([true, true]);
});
