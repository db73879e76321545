import { FORMAT_LIMITS } from "./schema.ts";

/** Where a skill keeps its cases. */
export const EVALS_PATH = "evals/evals.json";
const EVALS_FOLDER = "evals/";
const FIXTURES = "evals/files/";

/** Whether a file belongs to the evals and so never reaches a case unless the case lists it. */
export function isOfEvals(path: string): boolean {
  return path === "evals" || path.startsWith(EVALS_FOLDER);
}

/** The file of the skill that is meant: as it is written, or below evals/ or evals/files/. */
export function resolveFile(given: string, paths: ReadonlySet<string>): string | undefined {
  const path = given.replace(/^\.\//, "");
  return [path, EVALS_FOLDER + path, FIXTURES + path].find((one) => paths.has(one));
}

/** Where a listed file lands below /work: other tools write it with the folder of fixtures, cases without. */
export function toWorkPath(given: string): string {
  const path = given.replace(/^\.\//, "");
  return path.startsWith(FIXTURES) ? path.slice(FIXTURES.length) : path;
}

/** Relative, with `/` between names, no `.` or `..`, nothing invisible. */
export function isPlainPath(path: string): boolean {
  return (
    path.length <= FORMAT_LIMITS.pathLength &&
    !/[\p{Cc}\p{Cf}\p{Cs}\\]/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}
