import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  createSshVerifier,
  decodePrivateKey,
  encodePrivateKey,
  findSigners,
  formatPublicKey,
  generateEd25519,
  parseAllowedSigners,
  parsePublicKey,
  signSsh,
} from "./index.ts";

const ssh = (args: readonly string[], input = "") =>
  execFileSync("ssh-keygen", args, { input, stdio: ["pipe", "pipe", "ignore"] }).toString();
const hasSshKeygen = spawnSync("ssh-keygen", ["-?"]).error === undefined;
describe.skipIf(!hasSshKeygen)(
  "ssh-keygen of this machine (apt-get install openssh-client)",
  () => {
    const dir = mkdtempSync(join(tmpdir(), "assay-keys-"));
    afterAll(() => rmSync(dir, { recursive: true }));
    const file = (name: string) => join(dir, name);
    const payload = Buffer.from("what is signed\n");
    writeFileSync(file("payload"), payload);

    it.each([
      ["ed25519", ["-t", "ed25519"]],
      ["ecdsa-256", ["-t", "ecdsa", "-b", "256"]],
      ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
      ["ecdsa-521", ["-t", "ecdsa", "-b", "521"]],
      ["rsa-2048", ["-t", "rsa", "-b", "2048"]],
      ["rsa-3072", ["-t", "rsa", "-b", "3072"]],
    ])("a %s key's signatures hold here, and its fingerprint is the same", (name, args) => {
      ssh(["-q", ...args, "-N", "", "-C", name, "-f", file(name)]);
      const read = parsePublicKey(readFileSync(file(`${name}.pub`), "utf8"));
      if (read.kind === "bad") throw new Error(read.because);
      expect(ssh(["-l", "-f", file(`${name}.pub`)])).toContain(` ${read.key.fingerprint} ${name}`);
      for (const hashName of ["sha256", "sha512"]) {
        // Several, as the length of an ECDSA signature varies.
        for (let round = 0; round < 4; round += 1) {
          const armor = ssh(
            ["-Y", "sign", "-n", "git", "-O", `hashalg=${hashName}`, "-f", file(name)],
            payload.toString(),
          );
          const verdict = createSshVerifier().verify({ armor, payload, namespace: "git" });
          expect(verdict).toEqual({ kind: "good", key: read.key });
        }
      }
    });

    it("takes a private key file and a signature made here for its own", () => {
      const pair = generateEd25519();
      writeFileSync(file("ours"), encodePrivateKey(pair, "me@example.org"), { mode: 0o600 });
      expect(ssh(["-y", "-f", file("ours")]).trim()).toBe(
        formatPublicKey(pair.publicKey, "me@example.org"),
      );
      writeFileSync(file("ours.sig"), signSsh(pair, payload, "git"));
      writeFileSync(file("signers"), `me@example.org ${formatPublicKey(pair.publicKey)}\n`);
      const args = [
        "-Y",
        "verify",
        "-f",
        file("signers"),
        "-I",
        "me@example.org",
        "-n",
        "git",
        "-s",
        file("ours.sig"),
      ];
      expect(ssh(args, payload.toString())).toContain(pair.publicKey.fingerprint);
    });

    it("its private key files are read here", () => {
      ssh(["-q", "-t", "ed25519", "-N", "", "-C", "theirs", "-f", file("theirs")]);
      const read = decodePrivateKey(readFileSync(file("theirs"), "utf8"));
      const line = readFileSync(file("theirs.pub"), "utf8").trim();
      expect(read.kind === "key" && formatPublicKey(read.pair.publicKey, read.comment)).toBe(line);
    });

    it("its encrypted files are refused as such", () => {
      ssh(["-q", "-t", "ed25519", "-N", "secret", "-f", file("locked")]);
      expect(decodePrivateKey(readFileSync(file("locked"), "utf8"))).toEqual({
        kind: "bad",
        because: "encrypted",
      });
    });

    const K = generateEd25519();
    it.each([
      "a@x <K>",
      '"a b" <K>',
      "a@x,,b@x <K>",
      "!a@x <K>\n*@x <K>",
      "!a@x <K>",
      'a@x namespaces="file" <K>\nb@x <K>',
      'a@x namespaces="file" <K>\na@x <K>',
      'a@x namespaces="*,!git" <K>',
      'a@x valid-before="20200101Z" <K>\nb@x <K>',
      'a@x valid-after="20200230Z" <K>',
      'a@x namespaces="git", valid-after="20200101" <K>',
      "a@x cert-authority <K>\nb@x <K>",
      "a@x cert-authority <K>",
      "garbage\na@x <K>",
      "a@x extra <K>",
    ])("comes to the same answer for %j", (text) => {
      const signers = text.replaceAll("<K>", formatPublicKey(K.publicKey));
      writeFileSync(file("table"), signers);
      writeFileSync(file("table.sig"), signSsh(K, payload, "git"));
      const names = spawnSync("ssh-keygen", [
        "-Y",
        "find-principals",
        "-f",
        file("table"),
        "-s",
        file("table.sig"),
      ]).stdout.toString();
      const theirs = names
        .split("\n")
        .filter((name) => name !== "")
        .find(
          (name) =>
            spawnSync(
              "ssh-keygen",
              [
                "-Y",
                "verify",
                "-n",
                "git",
                "-f",
                file("table"),
                "-I",
                name,
                "-s",
                file("table.sig"),
              ],
              { input: payload },
            ).status === 0,
        );
      const ours = findSigners(parseAllowedSigners(signers), K.publicKey, {
        namespace: "git",
        at: new Date(),
      });
      expect(ours.kind === "found" ? ours.principal : undefined).toBe(theirs);
    });
  },
);
