import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { refusePrincipal, withFile } from "./edits.ts";
import type { ApprovalLaw, ControlFiles, ImportLaw } from "./types.ts";

/** The files with one more approval; what the same person approved before stays as it is. */
export function addApproval(files: ControlFiles, approval: ApprovalLaw): ControlFiles {
  const { skill, version, digest, by, reason } = approval;
  const [team = "", name = ""] = skill.split("/");
  const path = `approvals/${team}--${name}--v${version}--${wordOf(by, digest)}.yaml`;
  return addOnce(files, path, by, { skill, version, digest, by, reason });
}

/** The files with the word of one more person for the history of a source; given twice, it is as if once. */
export function addImport(files: ControlFiles, confirmed: ImportLaw): ControlFiles {
  const { source, digest, by, reason } = confirmed;
  const path = `imports/${source}--${wordOf(by, digest)}.yaml`;
  return addOnce(files, path, by, { source, digest, by, reason });
}

function addOnce(
  files: ControlFiles,
  path: string,
  by: string,
  law: Readonly<Record<string, string>>,
): ControlFiles {
  refusePrincipal(by);
  return files.has(path) ? files : withFile(files, path, stringify(law));
}

/** One word in a file's name for who approved which bytes: an address may hold what a path may not. */
function wordOf(by: string, digest: string): string {
  return createHash("sha256").update(`${by.toLowerCase()}\n${digest}`).digest("hex").slice(0, 12);
}
