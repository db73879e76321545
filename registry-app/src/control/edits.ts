import { Refusal } from "../runtime/index.ts";
import { isPrincipal, isSlug } from "./schemas.ts";
import type { ControlFiles } from "./types.ts";

export function withFile(files: ControlFiles, path: string, text: string): ControlFiles {
  return new Map([...files, [path, Buffer.from(text)]]);
}

export function refuseSlug(slug: string): void {
  if (isSlug(slug)) return;
  throw new Refusal(
    "unprocessable",
    `${JSON.stringify(slug.slice(0, 80))} cannot be a name here.`,
    "Use 1 to 64 of a-z, 0-9 and single hyphens inside, such as data-platform.",
  );
}

export function refusePrincipal(principal: string): void {
  if (isPrincipal(principal)) return;
  throw new Refusal(
    "unprocessable",
    `${JSON.stringify(principal.slice(0, 80))} cannot be a signing principal.`,
    "Use the one e-mail address that stands in the signer's git config user.email.",
  );
}

export function refuseExisting(files: ControlFiles, path: string, what: string): void {
  if (!files.has(path)) return;
  throw new Refusal(
    "conflict",
    `${what} exists: ${path}.`,
    "Choose another name, or edit that file.",
  );
}

export function refuseUnknownTeam(files: ControlFiles, team: string): void {
  refuseSlug(team);
  if (files.has(teamPath(team))) return;
  throw new Refusal(
    "not-found",
    `There is no team ${team}.`,
    `Add it first: npx assay team add ${team}`,
  );
}

export function teamPath(slug: string): string {
  return `teams/${slug}.yaml`;
}
