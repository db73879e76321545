import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodePrivateKey, generateEd25519 } from "../keys/index.ts";
import { refuseForeignHosts, refuseUnusableKey } from "./ssh-files.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE";
const check =
  (text: string, name = "host") =>
  () =>
    refuseForeignHosts(text, name, { slug: "s", host: "host", port: 22 });
const hashed = (name: string) => {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
};

describe("known_hosts", () => {
  it.each([
    ["a plain line", `# mine\nother ${KEY}\nhost ${KEY}\n`, "host"],
    ["one of several names", `a,HOST,b ${KEY}`, "host"],
    ["a port", `[host]:2222 ${KEY}`, "[host]:2222"],
    ["a hashed name", `${hashed("host")} ${KEY}`, "host"],
    ["an authority", `@cert-authority host ${KEY}`, "host"],
  ])("pins a host by %s", (_what, text, name) => {
    expect(check(text, name)).not.toThrow();
  });

  it.each([
    ["nothing", ""],
    ["another host", `other ${KEY}`],
    ["another port", `[host]:2222 ${KEY}`],
    ["a hashed name of another", `${hashed("other")} ${KEY}`],
    ["what was revoked", `@revoked host ${KEY}`],
    ["a comment", `# host ${KEY}`],
    ["a name without a key", "host ssh-ed25519"],
  ])("that holds %s is refused with the command that asks the host", (_what, text) => {
    expect(check(text)).toThrow(/no line for host/);
  });
});

describe("a private key", () => {
  const pem = (passphrase?: string) =>
    generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({
        type: "pkcs8",
        format: "pem",
        ...(passphrase !== undefined && { cipher: "aes-256-cbc", passphrase }),
      })
      .toString();
  const withPassphrase = () => {
    const text = "openssh-key-v1\0\0\0\0\naes256-ctr";
    const body = Buffer.from(text, "latin1").toString("base64");
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  };

  it("that ssh can use is taken", () => {
    expect(() => refuseUnusableKey(encodePrivateKey(generateEd25519(), "a"))).not.toThrow();
    expect(() => refuseUnusableKey(pem())).not.toThrow();
  });

  it("that asks for a passphrase, or is none, is refused", () => {
    expect(() => refuseUnusableKey(withPassphrase())).toThrow(/passphrase/);
    expect(() => refuseUnusableKey(pem("secret"))).toThrow(/not a private key/);
    for (const text of ["", KEY, "-----BEGIN OPENSSH PRIVATE KEY-----", "x".repeat(100_000)])
      expect(() => refuseUnusableKey(text)).toThrow(/private key/);
  });
});
