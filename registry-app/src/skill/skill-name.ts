const SKILL_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Whether Assay publishes under this name: 1 to 64 of a-z, 0-9 and single inner hyphens, as every client reads it. */
export function isSkillName(text: string): boolean {
  return text.length <= 64 && SKILL_NAME.test(text);
}
