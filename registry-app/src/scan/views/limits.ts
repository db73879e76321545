/** How much the views of one file may cost. What is cut is said in the file's coverage. */
export const VIEW_LIMITS = {
  /** Characters of one view: more than the largest file that a skill may have, as UTF-8. */
  viewChars: 6 * 1024 * 1024,
  /** Views of one file; a file with more hidden layers than this is held anyway. */
  views: 60,
  /** Bytes that come out of all decoders, for one file. */
  decodedBytes: 4 * 1024 * 1024,
  /** A layer in a layer in a layer is the last one that is decoded. */
  depth: 3,
  /** Literals that are tried in one text; a file of data has many, and few that decode. */
  candidates: 4000,
  /** Characters carried invisibly that are brought out of one file. */
  invisibleChars: 1024 * 1024,
} as const;

export type ViewLimits = { readonly [key in keyof typeof VIEW_LIMITS]: number };
