/** The branch whose first-parent line is the law. */
export const CONTROL_BRANCH = "main";

/** How much a control repo may hold. A registry of 10,000 sources stays well within it. */
export const CONTROL_CAPS = {
  maxEntries: 50_000,
  maxDepth: 8,
  maxTreeBytes: 4 * 1024 * 1024,
  maxFileBytes: 4 * 1024 * 1024,
  maxTotalBytes: 64 * 1024 * 1024,
} as const;
