import { z } from "zod";
import { openScanner, type ScanOptions } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import { createFrameReader, toFrame } from "../compose/scan-frames.ts";
import { SKILL_HEAD, type SkillHead } from "./skill-frames.ts";

/**
 * The process in which `assay scan` reads skills. In: the advisories once, then for each skill what its files are and
 * their bytes. Out: who it is, then a report for each skill.
 */
const MAX_IN_BYTES = 512 * 1024 * 1024;
/** Made by our own parser in the process that started this one. */
const ADVISORIES = z.custom<ScanOptions["advisories"]>((value) => typeof value === "object");

const scanner = await openScanner();
let advisories: ScanOptions["advisories"] | undefined;
let head: SkillHead | undefined;

const read = createFrameReader(MAX_IN_BYTES, (body) => {
  if (advisories === undefined) advisories = ADVISORIES.parse(toJson(body));
  else if (head === undefined) head = SKILL_HEAD.parse(toJson(body));
  else {
    const { today, entries } = head;
    head = undefined;
    send(scanner.scan(withBytes(entries, body), { advisories, today: new Date(today) }));
  }
});

function withBytes(entries: SkillHead["entries"], bytes: Buffer): readonly TreeEntry[] {
  let from = 0;
  return entries.map(({ length, ...entry }) => {
    if (length === null) return entry;
    const own = bytes.subarray(from, from + length);
    from += length;
    return { ...entry, bytes: own };
  });
}

function toJson(body: Buffer): unknown {
  return JSON.parse(body.toString("utf8"));
}

function send(message: object): void {
  process.stdout.write(toFrame(Buffer.from(JSON.stringify(message), "utf8")));
}

send(scanner.engine);
process.stdin.on("data", read);
