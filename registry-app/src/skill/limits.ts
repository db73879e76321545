const MEBIBYTE = 1024 * 1024;

/** Sizes a skill must keep: 1,000 files is what install clients accept, the rest is what Assay serves. */
export const SKILL_LIMITS = {
  pathBytes: 200,
  fileBytes: 5 * MEBIBYTE,
  totalBytes: 20 * MEBIBYTE,
  files: 1000,
  skillFileBytes: MEBIBYTE,
  frontmatterBytes: 16 * 1024,
  bodyLines: 500,
  tagBytes: 200,
} as const;

export type SkillLimits = { readonly [key in keyof typeof SKILL_LIMITS]: number };
