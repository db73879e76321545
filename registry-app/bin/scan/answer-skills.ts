import type { Scanner } from "../../src/scan/index.ts";
import type { TreeEntry } from "../../src/skill/index.ts";
import { createFrameReader, toFrame } from "../compose/scan-frames.ts";
import { SKILL_HEAD, SKILL_ORDER, type SkillHead, type SkillOrder } from "./skill-frames.ts";

const MAX_IN_BYTES = 512 * 1024 * 1024;

/**
 * What the process does in which commands read skills. In: what is wanted, once, then for each skill what its files are
 * and their bytes. Out: who it is, then a report or the named packages of each skill.
 */
export function answerSkills(scanner: Scanner): void {
  let order: SkillOrder | undefined;
  let head: SkillHead | undefined;
  const read = createFrameReader(MAX_IN_BYTES, (body) => {
    if (order === undefined) order = SKILL_ORDER.parse(toJson(body));
    else if (head === undefined) head = SKILL_HEAD.parse(toJson(body));
    else {
      const { today, entries } = head;
      head = undefined;
      send(answerTo(scanner, order, withBytes(entries, body), new Date(today)));
    }
  });
  send(scanner.engine);
  process.stdin.on("data", read);
}

function answerTo(
  scanner: Scanner,
  wanted: SkillOrder,
  entries: readonly TreeEntry[],
  today: Date,
): object {
  return wanted.wants === "packages"
    ? scanner.listPackages(entries)
    : scanner.scan(entries, { advisories: wanted.advisories, today });
}

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
