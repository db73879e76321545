import type { SignatureBlock, UnreadableBecause } from "./records.ts";

/** The BEGIN lines that git itself knows (gpg-interface.c), with the END line that closes each. */
const BLOCKS = [
  { format: "ssh", begin: "-----BEGIN SSH SIGNATURE-----", end: "-----END SSH SIGNATURE-----" },
  { format: "openpgp", begin: "-----BEGIN PGP SIGNATURE-----", end: "-----END PGP SIGNATURE-----" },
  { format: "openpgp", begin: "-----BEGIN PGP MESSAGE-----", end: "-----END PGP MESSAGE-----" },
  { format: "x509", begin: "-----BEGIN SIGNED MESSAGE-----", end: "-----END SIGNED MESSAGE-----" },
] as const;

type Block = (typeof BLOCKS)[number];
type Mark = {
  readonly block: Block;
  readonly isBegin: boolean;
  readonly at: number;
  readonly lineEnd: number;
};

const DASH = 45;
const LF = 10;

export type FoundSignature =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly at: number; readonly signature: SignatureBlock }
  | { readonly kind: "unreadable"; readonly because: UnreadableBecause };

/**
 * Finds the signature that ends a tag: from the last line that starts with a BEGIN mark, as git does it.
 * Stricter than git: one complete block only, and nothing but white space after its END line.
 */
export function findSignature(bytes: Buffer, from: number): FoundSignature {
  const marks = findMarks(bytes, from);
  const begin = marks.findLast((mark) => mark.isBegin);
  if (begin === undefined) return { kind: "none" };
  if (hasWholeBlock(marks, begin.at)) return { kind: "unreadable", because: "two-blocks" };
  const end = marks.find(
    (mark) => !mark.isBegin && mark.at > begin.at && mark.block === begin.block,
  );
  const isWholeLine = begin.lineEnd === begin.at + begin.block.begin.length;
  if (end === undefined || !isWholeLine)
    return { kind: "unreadable", because: "unterminated-signature" };
  const armorEnd = end.at + end.block.end.length;
  for (let at = armorEnd; at < bytes.length; at += 1)
    if (!isSpace(bytes[at])) return { kind: "unreadable", because: "trailing-bytes" };
  const armor = bytes.toString("latin1", begin.at, armorEnd);
  return { kind: "found", at: begin.at, signature: { format: begin.block.format, armor } };
}

/** The block that a `gpgsig` header of a commit holds, or undefined when it is not one whole block. */
export function readSignature(armor: Buffer): SignatureBlock | undefined {
  const found = findSignature(armor, 0);
  return found.kind === "found" && found.at === 0 ? found.signature : undefined;
}

function hasWholeBlock(marks: readonly Mark[], before: number): boolean {
  const open = new Set<Block>();
  for (const mark of marks) {
    if (mark.at >= before) return false;
    if (mark.isBegin) open.add(mark.block);
    else if (open.has(mark.block)) return true;
  }
  return false;
}

function findMarks(bytes: Buffer, from: number): Mark[] {
  const marks: Mark[] = [];
  for (let at = from; at < bytes.length;) {
    const newline = bytes.indexOf(LF, at);
    const lineEnd = newline === -1 ? bytes.length : newline;
    if (bytes[at] === DASH) {
      const start = bytes.toString("latin1", at, Math.min(lineEnd, at + 40));
      for (const block of BLOCKS) {
        if (start.startsWith(block.begin)) marks.push({ block, isBegin: true, at, lineEnd });
        if (start.startsWith(block.end)) marks.push({ block, isBegin: false, at, lineEnd });
      }
    }
    at = lineEnd + 1;
  }
  return marks;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}
