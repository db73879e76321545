import { beforeAll, describe, expect, test } from "vitest";
import type { TreeEntry } from "../../skill/index.ts";
import { takeInventory } from "../inventory/take-inventory.ts";
import { SIGNATURE_EXAMPLES } from "../rules/binaries-signature-examples.ts";
import type { Example } from "../rules/rule.ts";
import { loadSignatures, type Signatures } from "./scan-signatures.ts";

let signatures: Signatures;
beforeAll(async () => {
  signatures = await loadSignatures();
});

function entriesOf({ files, binaries = {} }: Example): readonly TreeEntry[] {
  return [
    ...Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const),
    ...Object.entries(binaries).map(([path, text]) => [path, Buffer.from(text, "base64")] as const),
  ].map(([path, bytes]) => ({ path, mode: "100644", size: bytes.length, bytes }));
}

function namesIn(example: Example): readonly (string | null)[] {
  const { scan } = ready();
  return takeInventory(entriesOf(example)).files.flatMap((file) =>
    scan(file).map(({ subject }) => subject),
  );
}

function ready(): Extract<Signatures, { kind: "ready" }> {
  if (signatures.kind === "unavailable") throw new Error(signatures.because);
  return signatures;
}

describe.each(Object.entries(SIGNATURE_EXAMPLES))("%s", (name, { flags, passes }) => {
  test.each<Example>(flags)("matches $name", (example) => {
    expect(namesIn(example)).toContain(name);
  });

  test.each<Example>(passes)("leaves $name alone", (example) => {
    expect(namesIn(example)).not.toContain(name);
  });
});

test("a signature names the line of a text on which it stands", () => {
  const page = { name: "a page", files: { "a.php": "<?php\n\nsystem($_GET['c']);\n" } };
  const [file] = takeInventory(entriesOf(page)).files;
  const found = file === undefined ? [] : ready().scan(file);
  expect(found.map(({ at }) => at.line)).toEqual([3]);
});

test("prose that explains an attack is left to the readers of prose", () => {
  const text = "A web shell is `system($_GET['c'])`, a pool is stratum+tcp://pool with xmrig.\n";
  expect(namesIn({ name: "a guide", files: { "guide.md": text } })).toEqual([]);
});

test("signatures that do not compile make the engine unavailable and say why", async () => {
  const broken = await loadSignatures("rule broken {");
  expect(broken).toMatchObject({ kind: "unavailable", because: expect.stringMatching(/./) });
});
