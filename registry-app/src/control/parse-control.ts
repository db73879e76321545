import { createHash } from "node:crypto";
import type { z } from "zod";
import {
  type AllowedSigners,
  type OpenPgpKeys,
  parseAllowedSigners,
  parseOpenPgpKeys,
} from "../keys/index.ts";
import { checkReferences } from "./check-references.ts";
import { findLine, parseYaml } from "./parse-yaml.ts";
import { indexRevocations } from "./revocations.ts";
import { ROOT_FILE, rootLawSchema } from "./root-of-trust.ts";
import {
  approvalSchema,
  importSchema,
  isSlug,
  policySchema,
  registrySchema,
  revokedSchema,
  sourceSchema,
  teamSchema,
  waiverSchema,
  yankSchema,
} from "./schemas.ts";
import { listLoosenings } from "./source-policy.ts";
import type {
  ControlFiles,
  ControlProblem,
  ControlSnapshot,
  ParsedControl,
  SourceLaw,
  TeamLaw,
  Tightening,
} from "./types.ts";

export const ALLOWED_SIGNERS = "trust/allowed_signers";
export const REVOKED = "trust/revoked.yaml";
const OPENPGP_FILE = /^trust\/openpgp\/[^/]+\.asc$/;
const TRUST_FILE = /^(?:trust|teams|sources)\//;
const POLICY = "policy.yaml";
const FOLDERS = ["sources", "teams", "approvals", "imports", "waivers", "yanks"] as const;
const LAW_FILES = ["registry.yaml", POLICY, ALLOWED_SIGNERS, REVOKED, ROOT_FILE];
/** What is read even when another file is broken. */
export const TIGHTENING_FILE = /^(?:trust\/revoked\.yaml$|yanks\/)/;

const STRAY = "nothing reads a file of this name; laws end in .yaml, keys in trust/openpgp in .asc";

type Folder = (typeof FOLDERS)[number];
type Report = (problems: readonly ControlProblem[]) => void;

/** Reads the whole law. What only tightens is read on its own and holds even when another file is broken. */
export function parseControl(files: ControlFiles): ParsedControl {
  const problems: ControlProblem[] = [];
  const report: Report = (more) => problems.push(...more);
  reportStrayFiles(files, report);
  // Who the roots are is the walk's to say; that the file can be read is a condition like any other.
  readOne(files, ROOT_FILE, rootLawSchema, report);
  const tightening = readTightening(files, report);
  const snapshot: ControlSnapshot = {
    ...tightening,
    digest: digestOf(files, () => true),
    trustDigest: digestOf(files, (path) => TRUST_FILE.test(path)),
    policyDigest: digestOf(files, (path) => path === POLICY),
    registry: readOne(files, "registry.yaml", registrySchema, report) ?? { name: "Assay" },
    sources: readSources(files, report),
    teams: readTeams(files, report),
    allowedSigners: readSigners(files, report),
    openPgpKeys: readOpenPgpKeys(files, report),
    policy: readOne(files, POLICY, policySchema, report) ?? policySchema.parse({}),
    approvals: readFolder(files, "approvals", approvalSchema, report).map(({ value }) => value),
    imports: readFolder(files, "imports", importSchema, report).map(({ value }) => value),
    waivers: readFolder(files, "waivers", waiverSchema, report).map(({ value }) => value),
  };
  if (problems.length === 0) {
    report(checkReferences(snapshot));
    reportLoosePolicies(files, snapshot, report);
  }
  return problems.length === 0
    ? { kind: "ok", snapshot }
    : { kind: "broken", problems, tightening };
}

function readTightening(files: ControlFiles, report: Report): Tightening {
  const revoked = indexRevocations(readOne(files, REVOKED, revokedSchema, report) ?? []);
  const yanks = readFolder(files, "yanks", yankSchema, report).map(({ value }) => value);
  return { revoked, yanks };
}

function readSources(files: ControlFiles, report: Report): ReadonlyMap<string, SourceLaw> {
  const laws = readFolder(files, "sources", sourceSchema, report).map(({ file, slug, value }) => {
    reportSlug(file, slug, report);
    const { team, visibility, branch, signers, policy = null } = value;
    const { demo: isDemo, hostReleases: hasHostReleases } = value;
    const kind = value.url === undefined ? ("hosted" as const) : ("followed" as const);
    const url = value.url ?? null;
    const law = { slug, team, kind, url, visibility, branch, isDemo, hasHostReleases };
    return [slug, { ...law, signers, policy }] as const;
  });
  return new Map(laws);
}

function reportLoosePolicies(
  files: ControlFiles,
  { sources, policy }: ControlSnapshot,
  report: Report,
): void {
  for (const { slug, policy: own } of sources.values()) {
    if (own === null) continue;
    const file = `sources/${slug}.yaml`;
    const bytes = files.get(file) ?? Buffer.alloc(0);
    for (const { path, message } of listLoosenings(policy, own))
      report([{ file, line: findLine(bytes, path), message: `${path.join(".")}: ${message}` }]);
  }
}

function readTeams(files: ControlFiles, report: Report): ReadonlyMap<string, TeamLaw> {
  const laws = readFolder(files, "teams", teamSchema, report).map(({ file, slug, value }) => {
    reportSlug(file, slug, report);
    const { name = slug, signers, github = null } = value;
    return [slug, { slug, name, signers, github }] as const;
  });
  return new Map(laws);
}

function readSigners(files: ControlFiles, report: Report): AllowedSigners {
  const signers = parseAllowedSigners(files.get(ALLOWED_SIGNERS)?.toString("utf8") ?? "");
  report(signers.problems.map((problem) => ({ file: ALLOWED_SIGNERS, ...problem })));
  return signers;
}

function readOpenPgpKeys(files: ControlFiles, report: Report): OpenPgpKeys {
  const keys = parseOpenPgpKeys(new Map([...files].filter(([path]) => OPENPGP_FILE.test(path))));
  report(keys.problems.map((problem) => ({ ...problem, line: 1 })));
  return keys;
}

function readOne<Schema extends z.ZodType>(
  files: ControlFiles,
  file: string,
  schema: Schema,
  report: Report,
): z.output<Schema> | undefined {
  const bytes = files.get(file);
  if (bytes === undefined) return undefined;
  const parsed = parseYaml(file, bytes, schema);
  if (parsed.kind === "ok") return parsed.value;
  report(parsed.problems);
  return undefined;
}

/** Every file of a folder that is right, in the order of names; the others are reported. */
function readFolder<Schema extends z.ZodType>(
  files: ControlFiles,
  folder: Folder,
  schema: Schema,
  report: Report,
): { file: string; slug: string; value: z.output<Schema> }[] {
  const names = [...files.keys()].filter((path) => isLawFile(path, folder)).sort();
  return names.flatMap((file) => {
    const value = readOne(files, file, schema, report);
    const slug = file.slice(folder.length + 1, -".yaml".length);
    return value === undefined ? [] : [{ file, slug, value }];
  });
}

function isLawFile(path: string, folder: Folder): boolean {
  return path.startsWith(`${folder}/`) && path.endsWith(".yaml");
}

/** A file in a law's folder that nobody reads is a typo, such as `.yml`, that would otherwise pass unseen. */
function reportStrayFiles(files: ControlFiles, report: Report): void {
  for (const file of files.keys()) {
    const folder = FOLDERS.find((one) => file.startsWith(`${one}/`));
    const isLaw = LAW_FILES.includes(file) || OPENPGP_FILE.test(file);
    const isRead = folder === undefined ? isLaw : isLawFile(file, folder);
    const isNote = !file.startsWith("trust/") && (folder === undefined || file.endsWith(".md"));
    const isKeepFile = file.endsWith("/.gitkeep");
    if (isRead || isKeepFile || (isNote && !/^[^/]+\.ya?ml$/.test(file))) continue;
    report([{ file, line: 1, message: STRAY }]);
  }
}

function reportSlug(file: string, slug: string, report: Report): void {
  if (isSlug(slug)) return;
  const message =
    "the file's name must be 1 to 64 of a-z, 0-9 and single hyphens inside, and .yaml";
  report([{ file, line: 1, message }]);
}

function digestOf(files: ControlFiles, isMeant: (path: string) => boolean): string {
  const digest = createHash("sha256");
  for (const path of [...files.keys()].filter(isMeant).sort()) {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    digest.update(`${Buffer.byteLength(path)}:${path}\n${bytes.length}:`).update(bytes);
  }
  return digest.digest("hex");
}
