import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../src/runtime/refusal.ts";
import { readSmallFile } from "./read-small-file.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_FILES = 10_000;

/** The .asc files of a folder that somebody named, by name; none without a folder. */
export function readOpenPgpFiles(dir: string | undefined): ReadonlyMap<string, Buffer> {
  if (dir === undefined) return new Map();
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Refusal(
      "not-found",
      `${dir} is not a folder.`,
      "--openpgp names a folder of .asc files.",
    );
  const names = readdirSync(dir).filter((name) => name.endsWith(".asc"));
  if (names.length > MAX_FILES)
    throw new Refusal("too-large", `${dir} holds more than ${MAX_FILES} .asc files.`);
  return new Map(
    names.map((name) => [name, Buffer.from(readSmallFile(join(dir, name), MAX_BYTES), "utf8")]),
  );
}
