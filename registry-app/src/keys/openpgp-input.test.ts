import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOpenPgpKeys, verifyOpenPgp } from "./index.ts";
import { readArmorBlocks, readPackets } from "./openpgp-packets.ts";

const at = new Date("2026-11-22T23:00:00Z");
const payload = Buffer.from("what is signed\n");
/** Numbers that look random and are the same in every run. */
const numbers = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
};

async function makeSample() {
  const openpgp = await import("openpgp");
  const { privateKey } = await openpgp.generateKey({
    userIDs: [{ name: "Ann", email: "ann@example.org" }],
    date: new Date("2026-11-01T00:00:00Z"),
    format: "object",
  });
  const message = await openpgp.createMessage({ binary: payload });
  const date = new Date("2026-11-22T22:00:00Z");
  const signature = await openpgp.sign({ message, signingKeys: privateKey, detached: true, date });
  const key = Buffer.from(privateKey.toPublic().armor());
  return { armor: String(signature).replaceAll("\r\n", "\n"), key };
}

describe("OpenPGP from strangers", async () => {
  const { armor, key } = await makeSample();
  const keys = parseOpenPgpKeys(new Map([["ann.asc", key]]));
  const toArmor = (bytes: Buffer) =>
    `-----BEGIN PGP SIGNATURE-----\n\n${bytes.toString("base64")}\n-----END PGP SIGNATURE-----\n`;
  const bytes = readArmorBlocks(armor)?.[0]?.bytes ?? Buffer.alloc(0);
  const verify = async (text: string) => {
    const verdict = await verifyOpenPgp({ armor: text, payload }, keys, at);
    return verdict.kind === "good" ? "good" : verdict.because;
  };

  it("is good as it was made, with or without a checksum", async () => {
    expect(await verify(armor)).toBe("good");
    expect(await verify(toArmor(bytes))).toBe("good");
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["text before the block", `x\n${armor}`],
    ["text after it", `${armor}x\n`],
    ["two blocks", armor + armor],
    ["a header that nobody writes", armor.replace("\n\n", "\nEvil: yes\n\n")],
    ["a hundred headers", armor.replace("\n\n", `\n${"Comment: x\n".repeat(100)}\n`)],
    ["no empty line", armor.replace("\n\n", "\n")],
    ["a key in place of a signature", key.toString()],
    ["two packets", toArmor(Buffer.concat([bytes, bytes]))],
    ["a packet of unknown length", toArmor(Buffer.concat([Buffer.from([0xc2, 0xe1]), bytes]))],
    ["20 KiB", toArmor(Buffer.alloc(20_000, 1))],
  ])("%s is malformed", async (_what, text) => {
    expect(await verify(text)).toBe("malformed");
  });

  it("no changed byte makes another good signature, and none crashes", async () => {
    const next = numbers(7);
    const seen = new Set<string>();
    for (let round = 0; round < 400; round += 1) {
      const changed = Buffer.from(bytes);
      const where = next() % changed.length;
      changed[where] = (changed[where] ?? 0) ^ (1 + (next() % 255));
      const outcome = await verify(toArmor(changed));
      seen.add(outcome);
      // The header of a packet has an old and a new form (RFC 9580, 4.2), and is part of no signature.
      const isSame = readPackets(changed)?.[0]?.body.equals(bytes.subarray(2)) === true;
      if (outcome === "good" && !isSame) throw new Error(`byte ${where} may be changed`);
    }
    expect(seen).toContain("bad-signature");
  });

  it("a number that says of itself to have other bits than it has is malformed", async () => {
    // The last number of the signature: a count of its bits, then 32 bytes, or fewer where it is small.
    const isLast = (at: number) => Math.ceil(bytes.readUInt16BE(at) / 8) === bytes.length - at - 2;
    const at = [34, 33, 32].map((n) => bytes.length - n).find(isLast) ?? 0;
    const changed = Buffer.from(bytes);
    const bits = changed.readUInt16BE(at);
    changed.writeUInt16BE(bits % 8 === 0 ? bits - 1 : bits + 1, at);
    expect(await verify(toArmor(changed))).toBe("malformed");
  });

  it("no garbage and no cut crashes the reader of keys and packets", () => {
    const next = numbers(11);
    const binary = readArmorBlocks(key.toString())?.[0]?.bytes ?? Buffer.alloc(0);
    for (let round = 0; round < 4000; round += 1) {
      const changed = Buffer.from(binary.subarray(0, next() % binary.length));
      for (let flips = next() % 4; flips > 0 && changed.length > 0; flips -= 1)
        changed[next() % changed.length] = next() & 0xff;
      readPackets(changed);
      const text = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${changed.toString("base64")}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
      const read = parseOpenPgpKeys(new Map([["k.asc", Buffer.from(text)]]));
      expect(read.keys.length + read.problems.length).toBeGreaterThan(0);
    }
  });

  it("a key damaged in any byte is bad in some way, or as good as it was, and crashes nothing", async () => {
    const next = numbers(13);
    const good: string[] = [];
    const binary = readArmorBlocks(key.toString())?.[0]?.bytes ?? Buffer.alloc(0);
    for (let round = 0; round < 200; round += 1) {
      const changed = Buffer.from(binary);
      changed[next() % changed.length] = next() & 0xff;
      const text = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${changed.toString("base64")}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
      const damaged = parseOpenPgpKeys(new Map([["k.asc", Buffer.from(text)]]));
      const verdict = await verifyOpenPgp({ armor, payload }, damaged, at);
      good.push(...(verdict.kind === "good" ? verdict.principals : []));
    }
    expect(new Set(good)).toEqual(new Set(["ann@example.org"]));
  });
});

it("the library is not loaded before there is an OpenPGP signature", () => {
  const script = `
    const loaded = [];
    require("node:module").registerHooks({
      resolve(specifier, context, next) { loaded.push(specifier); return next(specifier, context); },
    });
    import(${JSON.stringify(join(import.meta.dirname, "index.ts"))}).then(async (keys) => {
      keys.parseOpenPgpKeys(new Map([["k.asc", Buffer.from("x")]]));
      const before = loaded.includes("openpgp");
      const armor = "-----BEGIN PGP SIGNATURE-----\\n\\nwg==\\n-----END PGP SIGNATURE-----\\n";
      await keys.verifyOpenPgp({ armor, payload: Buffer.alloc(0) }, keys.parseOpenPgpKeys(new Map()), new Date());
      console.log(before, loaded.includes("openpgp"));
    });`;
  const run = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
  expect(run.stdout.trim()).toBe("false true");
});
