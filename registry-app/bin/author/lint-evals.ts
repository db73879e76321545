import { join } from "node:path";
import { SKILL_LIMITS, type TreeEntry } from "../../src/skill/index.ts";
import type { LintFinding } from "./lint-line.ts";
import { readWhole } from "./skill-to-scan.ts";

/**
 * What keeps the cases of a skill from being run, as warnings: publishing asks for a policy that needs them, and the
 * check of evals tells of it as an error.
 */
export async function lintEvals(
  path: string,
  entries: readonly TreeEntry[],
  skillName: string | undefined,
): Promise<readonly LintFinding[]> {
  const entry = entries.find(
    (one) => one.path === "evals/evals.json" && one.mode.startsWith("100"),
  );
  if (entry === undefined || entry.size > SKILL_LIMITS.fileBytes) return [];
  // Loaded here, since most skills have no evals and lint is to start at once.
  const { parseEvals } = await import("../../src/evals/format/parse-evals.ts");
  const bytes = readWhole(join(path, entry.path));
  if (bytes === undefined) return [];
  const paths = new Set(entries.map((one) => one.path));
  const reading = parseEvals(bytes, { paths, skillName });
  const findings = reading.kind === "invalid" ? reading.findings : reading.warnings;
  return findings.map((finding) => ({ ...finding, severity: "warning" }));
}
