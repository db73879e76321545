import { compile as compileWithYara } from "@litko/yara-x";
import { describe, expect, it } from "vitest";
import { compile } from "../../../actions/check/plain-signatures.ts";
import { SIGNATURE_EXAMPLES } from "../../src/scan/rules/binaries-signature-examples.ts";
import type { Example } from "../../src/scan/rules/rule.ts";
import { YARA_RULES } from "../../src/scan/signatures/yara-rules.ts";
import { createChance } from "../fuzz/mutate.ts";

const yara = compileWithYara(YARA_RULES);
const plain = compile(YARA_RULES);

type Hits = ReturnType<typeof plain.scan>;

/** What a report tells of a hit: the signature, and its first match. */
function told(hits: Hits) {
  return hits.map(({ ruleIdentifier, matches }) => {
    const [first] = matches.toSorted((a, b) => a.offset - b.offset);
    return [ruleIdentifier, first?.offset, first?.length];
  });
}

const samples = Object.values(SIGNATURE_EXAMPLES)
  .flatMap(({ flags, passes }): readonly Example[] => [...flags, ...passes])
  .flatMap(({ files, binaries = {} }) => [
    ...Object.values(files).map((text) => Buffer.from(text)),
    ...Object.values(binaries).map((text) => Buffer.from(text, "base64")),
  ]);
/** Every word that a signature asks for, so that pieces of several meet. */
const words = [...YARA_RULES.matchAll(/"((?:[^"\\]|\\.)+)"/g)].map(([, word = ""]) =>
  Buffer.from(word.replaceAll("\\\\", "\\")),
);
const heads = ["7f454c46", "4d5a", "cffaedfe", "cafebabe", "feedfacf", "00", "0a", "ff0d0a"].map(
  (one) => Buffer.from(one, "hex"),
);

describe("our signatures in plain JavaScript", () => {
  it("find in every example what YARA-X finds", () => {
    for (const sample of samples) expect(told(plain.scan(sample))).toEqual(told(yara.scan(sample)));
  });

  it("find in a thousand mixtures of their own words what YARA-X finds", () => {
    const chance = createChance(20_261_123);
    const pick = <T>(all: readonly T[]): T => all[chance(all.length)] as T;
    let hits = 0;
    for (let turn = 0; turn < 1_000; turn += 1) {
      const parts = Array.from({ length: 1 + chance(9) }, () => mixed(chance, pick));
      const sample = Buffer.concat([pick(heads), ...parts]);
      const found = told(yara.scan(sample));
      hits += found.length;
      expect(told(plain.scan(sample)), sample.toString("base64")).toEqual(found);
    }
    expect(hits).toBeGreaterThan(200);
  });

  it("refuse what they cannot read instead of passing it", () => {
    expect(() => compile("rule broken {")).toThrow(/known forms/);
    expect(() => compile(YARA_RULES.replace("3 of them", "for any of them : ($)"))).toThrow(
      /known forms/,
    );
  });
});

function mixed(chance: (below: number) => number, pick: <T>(all: readonly T[]) => T): Buffer {
  const kind = chance(8);
  if (kind === 0) return pick(heads);
  if (kind === 1) return pick(samples);
  if (kind === 2) {
    const sample = Buffer.from(pick(samples));
    if (sample.length > 0) sample[chance(sample.length)] = chance(256);
    return sample;
  }
  const word = pick(words);
  if (kind === 3) return Buffer.from(word.toString("latin1"), "utf16le");
  if (kind === 4) return Buffer.from(word.toString("latin1").toUpperCase(), "latin1");
  return word;
}
