import { SKILL_LIMITS } from "./limits.ts";
import { nearestNames } from "./nearest-names.ts";
import { isSkillName } from "./skill-name.ts";
import { isVersion } from "./versions.ts";

export type TagForm = "double-hyphen" | "slash" | "at" | "hyphen";

export type TagName =
  | {
      readonly kind: "skill";
      readonly name: string;
      readonly version: string;
      readonly form: TagForm;
    }
  | { readonly kind: "bare"; readonly version: string }
  | {
      readonly kind: "did-you-mean";
      readonly reason: string;
      readonly suggestions: readonly string[];
      /** What the tag says, when its form is right and only the skill is not known. */
      readonly name?: string;
      readonly version?: string;
    }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

export type TagContext = {
  readonly isOneSkillSource: boolean;
  /** Names of skills and bundles of the source; absent when nobody looked yet. */
  readonly knownSkillNames?: readonly string[] | undefined;
};

const TAG_CHARACTERS = /^[A-Za-z0-9._/@+-]+$/;
const HAS_VERSION = /\d+\.\d+\.\d+/;
const FORMS: readonly { readonly form: TagForm; readonly pattern: RegExp }[] = [
  { form: "double-hyphen", pattern: /^([^.]*?)--v?(\d.*)$/ },
  { form: "slash", pattern: /^(.*)\/v?(\d[^/]*)$/ },
  { form: "at", pattern: /^([^@]*)@v?(\d[^@]*)$/ },
  { form: "hyphen", pattern: /^([^.]*)-v(\d.*)$/ },
];

/** Reads a tag's name (with or without `refs/tags/`) as the contract's tag forms; a tag without semver is `ignored`. */
export function parseTagName(ref: string, context: TagContext): TagName {
  const tag = ref.startsWith("refs/tags/") ? ref.slice("refs/tags/".length) : ref;
  return refuseShape(tag) ?? parseBare(tag, context) ?? parseNamed(tag, context) ?? parseRest(tag);
}

/** The primary form of a version's tag, `{name}--v{version}`; throws when either part is not publishable. */
export function formatTagName(name: string, version: string): string {
  if (!isSkillName(name)) throw new Error(`not a skill name: ${JSON.stringify(name)}`);
  if (!isVersion(version)) throw new Error(`not a version: ${JSON.stringify(version)}`);
  return `${name}--v${version}`;
}

function refuseShape(tag: string): TagName | undefined {
  if (tag.length > SKILL_LIMITS.tagBytes)
    return { kind: "refused", reason: `a tag's name has at most ${SKILL_LIMITS.tagBytes} bytes` };
  if (TAG_CHARACTERS.test(tag) && !tag.includes("..") && !tag.includes("//")) return undefined;
  if (!HAS_VERSION.test(tag))
    return { kind: "ignored", reason: "the tag's name holds no semantic version" };
  return {
    kind: "refused",
    reason: "a tag's name may hold only A-Z a-z 0-9 . _ / @ + - and neither .. nor //",
  };
}

function parseBare(tag: string, context: TagContext): TagName | undefined {
  const version = tag.startsWith("v") ? tag.slice(1) : tag;
  if (!/^\d/.test(version)) return undefined;
  if (!isVersion(version)) return undefined;
  if (context.isOneSkillSource) return { kind: "bare", version };
  return {
    kind: "did-you-mean",
    reason: "the source holds several skills, so the tag must name one",
    suggestions: (context.knownSkillNames ?? ["your-skill"])
      .slice(0, 3)
      .map((name) => `${name}--v${version}`),
  };
}

function parseNamed(tag: string, context: TagContext): TagName | undefined {
  for (const { form, pattern } of FORMS) {
    const [, name, version] = pattern.exec(tag) ?? [];
    if (name === undefined || version === undefined || !isVersion(version)) continue;
    if (isSkillName(name)) return withKnownName({ kind: "skill", name, version, form }, context);
    return suggestName(name, version);
  }
  return undefined;
}

function withKnownName(parsed: Extract<TagName, { kind: "skill" }>, context: TagContext): TagName {
  const { name, version } = parsed;
  if (context.knownSkillNames === undefined || context.knownSkillNames.includes(name))
    return parsed;
  return {
    kind: "did-you-mean",
    reason: `the source holds no skill named ${name}`,
    suggestions: nearestNames(name, context.knownSkillNames).map(
      (known) => `${known}--v${version}`,
    ),
    name,
    version,
  };
}

/** `group/skill/v1.0.0` and `My_Skill--v1.0.0` show what was meant; the first is the folder, not the name. */
function suggestName(name: string, version: string): TagName {
  const last = name.slice(name.lastIndexOf("/") + 1);
  const repaired = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .replace(/-$/, "");
  const reason = `${name} is not a skill's name (lowercase a-z, 0-9 and single hyphens, at most 64)`;
  return isSkillName(repaired)
    ? { kind: "did-you-mean", reason, suggestions: [`${repaired}--v${version}`] }
    : { kind: "refused", reason };
}

function parseRest(tag: string): TagName {
  const build = /^(.*\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\+/.exec(tag)?.[1];
  if (build !== undefined)
    return {
      kind: "refused",
      reason: `build metadata does not order versions, so it cannot be published; tag ${build}`,
    };
  const unmarked = /^([a-z0-9-]*[a-z0-9])-(\d+\.\d+\.\d+.*)$/.exec(tag);
  if (unmarked?.[1] && unmarked[2] && isSkillName(unmarked[1]) && isVersion(unmarked[2]))
    return {
      kind: "did-you-mean",
      reason: "a skill's tag has -- between name and version",
      suggestions: [`${unmarked[1]}--v${unmarked[2]}`],
    };
  return { kind: "ignored", reason: ignoredReason(tag) };
}

function ignoredReason(tag: string): string {
  const partial = /^([a-z0-9-]{1,64}?)--v?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(tag);
  if (partial === null)
    return "the tag's name holds no semantic version; Assay reads {name}--v{version}";
  const [, name, major, minor = "0"] = partial;
  return `a version has three numbers; Assay reads ${name}--v${major}.${minor}.0`;
}
