import { latin1 } from "../views/decode-text.ts";
import { inflateCapped } from "./inflate.ts";
import type { Budget, Odd, Opened, Part } from "./part.ts";
import { hasMagic, u16, u32 } from "./sniff.ts";

type Member = {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly isLink: boolean;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
};

type Directory = {
  readonly members: readonly Member[];
  readonly base: number;
  readonly isCut: boolean;
};

const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

/** Members of a zip by its central directory, which is what most programs follow. */
export function readZip(bytes: Uint8Array, budget: Budget): Opened {
  const directory = readDirectory(bytes, budget.limits.members);
  if (directory === null)
    return { parts: [], odd: [], gaps: ["It is a broken archive: its directory is missing."] };
  const parts: Part[] = [];
  const odd: Odd[] = judgeDirectory(bytes, directory);
  const gaps = new Set<string>();
  if (directory.isCut) gaps.add(`Only its first ${budget.limits.members} members were read.`);
  for (const member of directory.members) {
    odd.push(...judgeMember(member));
    if (member.name.endsWith("/") || member.isLink) continue;
    const content = unpack(bytes, member, directory.base, budget, odd, gaps);
    if (content !== null) parts.push({ name: member.name, bytes: content, via: "archive" });
  }
  return { parts, odd: odd.slice(0, 50), gaps: [...gaps].slice(0, 6) };
}

function readDirectory(bytes: Uint8Array, maxMembers: number): Directory | null {
  const end = findEnd(bytes);
  if (end === null) return null;
  const [count, size, start] = [u16(bytes, end + 10), u32(bytes, end + 12), u32(bytes, end + 16)];
  // What stands before the archive (a program that unpacks itself, a signature) moves all offsets.
  const base = Math.max(0, end - size - start);
  const members: Member[] = [];
  let at = start + base;
  while (members.length < maxMembers && hasMagic(bytes, at, "PK\x01\x02")) {
    const nameBytes = u16(bytes, at + 28);
    members.push(readEntry(bytes, at, nameBytes));
    at += ENTRY_BYTES + nameBytes + u16(bytes, at + 30) + u16(bytes, at + 32);
  }
  return { members, base, isCut: members.length < count && members.length >= maxMembers };
}

function readEntry(bytes: Uint8Array, at: number, nameBytes: number): Member {
  const [flags, method] = [u16(bytes, at + 8), u16(bytes, at + 10)];
  const unixMode = u32(bytes, at + 38) >>> 16;
  return {
    name: nameOf(bytes, at + ENTRY_BYTES, nameBytes, flags),
    method,
    isEncrypted: (flags & 1) === 1 || method === 99,
    isLink: (unixMode & 0xf000) === 0xa000,
    packed: u32(bytes, at + 20),
    size: u32(bytes, at + 24),
    offset: u32(bytes, at + 42),
  };
}

function nameOf(bytes: Uint8Array, at: number, length: number, flags: number): string {
  const raw = bytes.subarray(at, at + Math.min(length, 1024));
  return (flags & 0x800) === 0 ? latin1(raw) : Buffer.from(raw).toString("utf8");
}

function findEnd(bytes: Uint8Array): number | null {
  const from = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= from; at -= 1)
    if (bytes[at] === 0x50 && hasMagic(bytes, at, "PK\x05\x06")) return at;
  return null;
}

function judgeDirectory(bytes: Uint8Array, { members, base }: Directory): Odd[] {
  const names = new Set<string>();
  const offsets = new Set<number>();
  const odd: Odd[] = [];
  for (const member of members) {
    if (names.has(member.name)) odd.push(disagrees(`${show(member)} is in it twice.`, member));
    if (offsets.has(member.offset) && member.packed > 0)
      odd.push({
        kind: "bomb",
        detail: "Several members share the same bytes.",
        subject: member.name,
      });
    names.add(member.name);
    offsets.add(member.offset);
    const at = member.offset + base;
    if (!hasMagic(bytes, at, "PK\x03\x04")) {
      odd.push(disagrees(`${show(member)} is not where the directory says.`, member));
      continue;
    }
    const local = nameOf(bytes, at + LOCAL_BYTES, u16(bytes, at + 26), u16(bytes, at + 6));
    if (local !== member.name)
      odd.push(disagrees(`${show(member)} has another name in its own header.`, member));
    else if (u16(bytes, at + 8) !== member.method)
      odd.push(disagrees(`${show(member)} is packed differently in its own header.`, member));
  }
  return odd;
}

function judgeMember(member: Member): readonly Odd[] {
  return [
    ...judgePath(member.name),
    ...(member.isLink
      ? [
          {
            kind: "archive-link" as const,
            detail: `${show(member)} is a link.`,
            subject: member.name,
          },
        ]
      : []),
    ...(member.isEncrypted
      ? [
          {
            kind: "archive-encrypted" as const,
            detail: `${show(member)} needs a password.`,
            subject: member.name,
          },
        ]
      : []),
  ];
}

/** Where a member would land: an absolute path, a drive, or a way up. */
export function judgePath(name: string): readonly Odd[] {
  if (!/^[/\\]|^[a-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/i.test(name)) return [];
  const detail = `${JSON.stringify(name.slice(0, 120))} would be unpacked outside of the folder.`;
  return [{ kind: "archive-traversal", detail, subject: name }];
}

function unpack(
  bytes: Uint8Array,
  member: Member,
  base: number,
  budget: Budget,
  odd: Odd[],
  gaps: Set<string>,
): Uint8Array | null {
  const { memberBytes, ratio, ratioFromBytes } = budget.limits;
  if (member.isEncrypted) return gap(gaps, "It is protected by a password, and cannot be read.");
  if (member.method !== 0 && member.method !== 8)
    return gap(gaps, "A member is packed in a way that is not read.");
  const at = member.offset + base;
  const start = at + LOCAL_BYTES + u16(bytes, at + 26) + u16(bytes, at + 28);
  const raw = bytes.subarray(start, start + member.packed);
  const most = Math.min(memberBytes, budget.bytes);
  if (most <= 0) return gap(gaps, "The skill unpacks to more than is read.");
  const inflated =
    member.method === 0
      ? { bytes: raw.subarray(0, most), isCut: raw.length > most, isBroken: false }
      : inflateCapped(raw, "raw", most);
  budget.bytes -= inflated.bytes.length;
  const isBomb =
    inflated.bytes.length > ratioFromBytes && inflated.bytes.length > raw.length * ratio;
  if (isBomb)
    odd.push({
      kind: "bomb",
      detail: `${show(member)} unpacks to ${ratio} times its size and more.`,
      subject: member.name,
    });
  if (inflated.isCut) gaps.add("A member is larger than what is read.");
  if (inflated.isBroken) gaps.add("A member is broken.");
  return inflated.bytes;
}

function gap(gaps: Set<string>, because: string): null {
  gaps.add(because);
  return null;
}

function disagrees(detail: string, member: Member): Odd {
  return { kind: "archive-disagrees", detail, subject: member.name };
}

function show({ name }: Member): string {
  return JSON.stringify(name.slice(0, 120));
}
