// Skills in styles that the scanner was not tuned on, and near neighbours of them, in the texts of `unseen/`:
// `=== attack NAME: DESCRIPTION`, then SKILL.md, then `--- PATH` before each further file. A `twin` is harmless and must
// not be held, one that is `beyond` is an attack that is known to be missed. What ends in `.example` is read as a host
// that somebody owns, as a placeholder is no attack.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { TreeEntry } from "../skill/index.ts";
import { BUNDLED_SNAPSHOT } from "./advisories/bundled-snapshot.ts";
import { openScanner, type Scanner } from "./open-scanner.ts";

type Unseen = {
  readonly kind: "attack" | "twin" | "beyond";
  readonly name: string;
  readonly entries: readonly TreeEntry[];
};

const FOLDER = new URL("unseen/", import.meta.url);
const HEAD = /^=== (attack|twin|beyond) ([a-z0-9-]{1,60}): (.{1,200})$/;

function readUnseen(text: string): readonly Unseen[] {
  return text
    .split(/^(?==== )/m)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const end = part.indexOf("\n");
      const [, kind, name, description] = HEAD.exec(part.slice(0, end)) ?? [];
      if (kind !== "attack" && kind !== "twin" && kind !== "beyond") throw new Error(part);
      const [body = "", ...files] = part.slice(end + 1).split(/^(?=--- \S)/m);
      const manifest = `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}`;
      const others = files.map((file) => {
        const line = file.indexOf("\n");
        return entryOf(file.slice(4, line), file.slice(line + 1));
      });
      return { kind, name: name ?? "", entries: [entryOf("SKILL.md", manifest), ...others] };
    });
}

const asOwned = (text: string) => text.replaceAll(/\.example(?!\.\w)/g, "-x9.net");

function entryOf(path: string, text: string): TreeEntry {
  const bytes = Buffer.from(text);
  return { path, mode: "100644", size: bytes.length, bytes };
}

const ALL = readdirSync(FOLDER)
  .toSorted()
  .flatMap((file) => readUnseen(asOwned(readFileSync(new URL(file, FOLDER), "utf8"))));

let scanner: Scanner;
beforeAll(async () => {
  scanner = await openScanner();
});

function verdictOf({ entries }: Unseen): string {
  return scanner.scan(entries, { advisories: BUNDLED_SNAPSHOT, today: new Date(0) }).verdict;
}

describe("skills in styles that no rule was written for", () => {
  test.each(ALL.filter(({ kind }) => kind === "attack"))("$name is held or refused", (one) => {
    expect(["block", "warn"]).toContain(verdictOf(one));
  });

  // One that is found after all becomes an `attack`.
  test.fails.each(ALL.filter(({ kind }) => kind === "beyond"))("$name is not seen yet", (one) => {
    expect(["block", "warn"]).toContain(verdictOf(one));
  });

  test.each(ALL.filter(({ kind }) => kind === "twin"))(
    "$name, which is harmless, is not",
    (one) => {
      expect(["pass", "review"]).toContain(verdictOf(one));
    },
  );
});
