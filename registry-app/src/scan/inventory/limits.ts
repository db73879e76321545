/** How much work the inventory does at most. What is beyond a limit is named in the coverage, never dropped silently. */
export const INVENTORY_LIMITS = {
  /** A skill file has 5 MiB at most (skill/limits.ts); a member that unpacks to more is a bomb or data. */
  memberBytes: 8 * 1024 * 1024,
  /** Twice what a whole skill may have: a skill that unpacks to more than that is not read whole. */
  unpackedBytes: 40 * 1024 * 1024,
  /** Of one archive; a skill has 1,000 files at most, and a wheel or a document has some hundred. */
  members: 2000,
  /** Files that come out of all archives together. */
  files: 5000,
  /** An archive in an archive in an archive is the last one that is opened. */
  depth: 3,
  /** DEFLATE reaches 1,032; text and tables reach 20, and only made-up data is beyond 200. */
  ratio: 200,
  /** Below this much output a high ratio is harmless: a file of zeros, an empty sheet. */
  ratioFromBytes: 1024 * 1024,
  /** Text taken out of one picture, document or program. */
  metadataBytes: 512 * 1024,
  /** Pieces of text of one picture or document. */
  metadataPieces: 200,
  /** Streams of one PDF that are inflated. */
  pdfStreams: 400,
  /** Objects of one bytecode file. */
  marshalObjects: 50_000,
  /** Path-like words that are looked up in one file to see what it refers to. */
  mentions: 20_000,
  /** Characters of one file that are searched for what it refers to. */
  mentionChars: 1024 * 1024,
} as const;

export type InventoryLimits = { readonly [key in keyof typeof INVENTORY_LIMITS]: number };
