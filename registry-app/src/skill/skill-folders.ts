export type SkillFolder = {
  /** The name the folder gives the skill; undefined at a source's root, where SKILL.md or the tag names it. */
  readonly name: string | undefined;
  /** Path without a slash at its end; empty at the root. */
  readonly dir: string;
};

const IN_SKILLS = /^(skills\/(?:[^/]+\/)?([^/]+))\/SKILL\.md$/;

/**
 * The skill folders among a source's file paths: `skills/<name>/`, `skills/<group>/<name>/`, or the root when there is
 * no other. A SKILL.md inside a skill's folder belongs to that skill. Sorted by folder; two folders may share a name.
 */
export function skillFolders(paths: readonly string[]): readonly SkillFolder[] {
  const found = new Map<string, string>();
  for (const path of paths) {
    const [, dir, name] = IN_SKILLS.exec(path) ?? [];
    if (dir !== undefined && name !== undefined) found.set(dir, name);
  }
  const folders = [...found]
    .filter(([dir]) => !found.has(dir.slice(0, dir.lastIndexOf("/"))))
    .map(([dir, name]) => ({ dir, name }))
    .sort((a, b) => (a.dir < b.dir ? -1 : 1));
  if (folders.length > 0) return folders;
  return paths.includes("SKILL.md") ? [{ dir: "", name: undefined }] : [];
}
