import { parseTree, type ObjectCache, type ObjectReaders, type TreeEntry } from "../git/index.ts";

/** Where in a commit a skill lies. `dirName` is undefined at the root of a one-skill source, where the tag names it. */
export type SkillPlace = { readonly folder: string; readonly dirName: string | undefined };

type Deps = { readonly readers: ObjectReaders; readonly cache: ObjectCache };

const MAX_TREE_BYTES = 8 * 1024 * 1024;
/** Groups looked into for a skill; a source with more of them names its skills' folders directly. */
const MAX_GROUPS = 500;
/** A bound on the work that a tag with a wrong name can cause. */
const MAX_LOOKUPS = 2_000;

/**
 * Finds `skills/<name>`, then `skills/<group>/<name>`, then the root of a one-skill source. Without a name (a bare
 * version tag) the source must hold exactly one skill.
 */
export async function findSkillFolder(
  deps: Deps,
  repoDir: string,
  commitOid: string,
  name: string | undefined,
): Promise<SkillPlace | undefined> {
  if (name !== undefined) {
    const direct = `skills/${name}`;
    if (await isFolder(deps, repoDir, `${commitOid}:${direct}`))
      return { folder: direct, dirName: name };
    for (const group of await listFolders(deps, repoDir, `${commitOid}:skills`)) {
      const nested = `skills/${group}/${name}`;
      if (await isFolder(deps, repoDir, `${commitOid}:${nested}`))
        return { folder: nested, dirName: name };
    }
  }
  const found = await listSkillFolders(deps, repoDir, commitOid);
  const [only] = found;
  if (name === undefined && only !== undefined && found.length === 1)
    return { folder: only, dirName: only.slice(only.lastIndexOf("/") + 1) };
  const isRootSkill = found.length === 0 && (await exists(deps, repoDir, `${commitOid}:SKILL.md`));
  return isRootSkill ? { folder: "", dirName: undefined } : undefined;
}

/**
 * Where else a commit holds a skill of that name: at the root, in a folder of it, or below a plugin, as public
 * collections have them. Nothing is published from there; it makes the refusal say what to move.
 */
export async function findMisplaced(
  deps: Deps,
  repoDir: string,
  commitOid: string,
  name: string,
): Promise<string | undefined> {
  const groups = await listFolders(deps, repoDir, `${commitOid}:`);
  const plugins = await listFolders(deps, repoDir, `${commitOid}:plugins`);
  const places = [
    name,
    ...groups.map((group) => `${group}/${name}`),
    ...plugins.map((plugin) => `plugins/${plugin}/skills/${name}`),
  ];
  for (const place of places)
    if (await exists(deps, repoDir, `${commitOid}:${place}/SKILL.md`)) return place;
  return undefined;
}

/** Names of the skills that a commit holds below `skills/`, for "did you mean". */
export async function listSkillNames(
  deps: Deps,
  repoDir: string,
  commitOid: string,
): Promise<string[]> {
  const folders = await listSkillFolders(deps, repoDir, commitOid);
  return folders.map((folder) => folder.slice(folder.lastIndexOf("/") + 1));
}

async function listSkillFolders(deps: Deps, repoDir: string, commitOid: string): Promise<string[]> {
  const found: string[] = [];
  let lookups = 0;
  for (const first of await listFolders(deps, repoDir, `${commitOid}:skills`)) {
    const folder = `skills/${first}`;
    if (++lookups > MAX_LOOKUPS) break;
    if (await exists(deps, repoDir, `${commitOid}:${folder}/SKILL.md`)) {
      found.push(folder);
      continue;
    }
    for (const second of await listFolders(deps, repoDir, `${commitOid}:${folder}`)) {
      if (++lookups > MAX_LOOKUPS) break;
      if (await exists(deps, repoDir, `${commitOid}:${folder}/${second}/SKILL.md`))
        found.push(`${folder}/${second}`);
    }
  }
  return found;
}

async function listFolders(deps: Deps, repoDir: string, spec: string): Promise<string[]> {
  const entries = await readTree(deps, repoDir, spec);
  return entries
    .filter((entry) => entry.kind === "folder" && entry.isUtf8 && isPlain(entry.name))
    .map((entry) => entry.name)
    .slice(0, MAX_GROUPS);
}

/** A name that can stand in a `<commit>:<path>` spec; others cannot be a skill's or a group's anyway. */
const isPlain = (name: string) => /^[\w.-]{1,100}$/.test(name);

async function readTree(deps: Deps, repoDir: string, spec: string): Promise<readonly TreeEntry[]> {
  const info = await deps.readers.info(repoDir, spec);
  if (info.kind !== "object" || info.type !== "tree") return [];
  const cached = deps.cache.get(repoDir, info.oid);
  const read =
    cached === undefined
      ? await deps.readers.read(repoDir, info.oid, { maxBytes: MAX_TREE_BYTES })
      : undefined;
  const bytes = cached ?? (read?.kind === "object" ? read.bytes : undefined);
  if (bytes === undefined) return [];
  if (cached === undefined) deps.cache.set(repoDir, info.oid, bytes);
  const parsed = parseTree(bytes, info.oid.length === 64 ? 32 : 20);
  return parsed.kind === "ok" ? parsed.entries : [];
}

async function isFolder(deps: Deps, repoDir: string, spec: string): Promise<boolean> {
  const info = await deps.readers.info(repoDir, spec);
  return info.kind === "object" && info.type === "tree";
}

async function exists(deps: Deps, repoDir: string, spec: string): Promise<boolean> {
  return (await deps.readers.info(repoDir, spec)).kind === "object";
}
