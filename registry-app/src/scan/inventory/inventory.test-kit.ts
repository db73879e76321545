import { zipSync, type Zippable } from "fflate";
import type { TreeEntry } from "../../skill/index.ts";
import { takeInventory, type Inventory } from "./take-inventory.ts";

const MANIFEST = "---\nname: example\ndescription: Shows a thing.\n---\n\n";

/** A skill of these files; texts as they are, and SKILL.md when none is given. */
export function inventoryOf(files: Readonly<Record<string, string | Uint8Array>>): Inventory {
  return takeInventory(entriesOf({ "SKILL.md": MANIFEST, ...files }));
}

export function entriesOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): readonly TreeEntry[] {
  return Object.entries(files).map(([path, content]) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return { path, mode: "100644", size: bytes.length, bytes };
  });
}

export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const members: Zippable = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === "string" ? Buffer.from(content) : content,
    ]),
  );
  return zipSync(members, { mtime: new Date("2001-01-01T12:00:00") });
}

export function tarOf(files: Readonly<Record<string, string>>, type = "0"): Uint8Array {
  const blocks = Object.entries(files).map(([name, text]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write(Buffer.byteLength(text).toString(8).padStart(11, "0"), 124);
    head.write(type, 156);
    head.write("ustar", 257);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return Buffer.concat([head, body]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A picture of one pixel with chunks of text; `behind` stands after its end. */
export function pngOf(
  chunks: readonly (readonly [string, Uint8Array | string])[],
  behind = "",
): Uint8Array {
  const all = [
    ["IHDR", Buffer.alloc(13)],
    ...chunks,
    ["IDAT", Buffer.alloc(8)],
    ["IEND", ""],
  ] as const;
  const parts = all.map(([type, content]) => {
    const body = typeof content === "string" ? Buffer.from(content, "latin1") : content;
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length);
    head.write(type, 4);
    return Buffer.concat([head, body, Buffer.alloc(4)]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts, Buffer.from(behind)]);
}

export function bytecodeOf(texts: readonly string[], sourceBytes: number): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(0x0a0d0dcb);
  head.writeUInt32LE(sourceBytes, 12);
  const constants = texts.map((text) =>
    Buffer.concat([Buffer.from([0xda, text.length]), Buffer.from(text)]),
  );
  return Buffer.concat([head, Buffer.from([0xe3]), Buffer.alloc(20), ...constants]);
}

/** Texts that were found inside of other files, by the path that they got. */
export function insideOf(inventory: Inventory): Readonly<Record<string, string>> {
  return Object.fromEntries(
    inventory.files
      .filter(({ via }) => via.length > 0)
      .map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")]),
  );
}

export function kindsOf({ anomalies }: Inventory): readonly string[] {
  return anomalies.map(({ kind }) => kind);
}

export function gapOf({ coverage }: Inventory, file: string): string | null {
  return coverage.find((one) => one.file === file)?.because ?? null;
}
