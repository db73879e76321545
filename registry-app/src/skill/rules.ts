import type { Severity } from "./types.ts";

type RuleRow = {
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
};

const rule = (severity: Severity, what: string, why: string, fix: string): RuleRow => ({
  severity,
  what,
  why,
  fix,
});

const REFERENCE =
  "The Agent Skills specification asks for it and its reference validator refuses the skill.";
const OTHER_MACHINES = "The path cannot be checked out, or means another file, on another system.";

const RULES = {
  "skill.missing": rule(
    "error",
    "The folder holds no SKILL.md.",
    REFERENCE,
    "Add a SKILL.md to the folder.",
  ),
  "skill.file-name": rule(
    "error",
    "The file is named skill.md.",
    "Most clients look for SKILL.md only.",
    "git mv skill.md SKILL.md",
  ),
  "skill.too-large": rule(
    "error",
    "SKILL.md is larger than 1 MiB.",
    "A client loads the whole file into a model's context.",
    "Move details to files under references/.",
  ),
  "skill.binary": rule(
    "error",
    "SKILL.md is not a regular file of text.",
    "Clients read it as text.",
    "Replace it by a text file in UTF-8.",
  ),
  "encoding.utf8": rule(
    "error",
    "SKILL.md is not valid UTF-8.",
    "Clients read it as UTF-8; other bytes are lost or make them stop.",
    "Save the file as UTF-8.",
  ),
  "encoding.bom": rule(
    "error",
    "SKILL.md starts with a byte order mark.",
    "Readers do not find the frontmatter behind it.",
    "Save the file as UTF-8 without BOM.",
  ),
  "encoding.characters": rule(
    "error",
    "The text holds control characters.",
    "They hide text from the reader or end it early.",
    "Remove the characters.",
  ),
  "text.crlf": rule(
    "info",
    "Lines end with CR LF.",
    "Scripts and digests differ from those of other systems.",
    "Save the file with LF line ends.",
  ),
  "frontmatter.missing": rule(
    "error",
    "SKILL.md does not start with frontmatter.",
    REFERENCE,
    "Start the file with a line --- and the fields name and description.",
  ),
  "frontmatter.unclosed": rule(
    "error",
    "The frontmatter is not closed.",
    REFERENCE,
    "Put a line --- after the last field.",
  ),
  "frontmatter.language": rule(
    "error",
    "Text follows the opening ---.",
    "Some readers take it as a language and run the frontmatter as code.",
    "Put the opening --- alone on its line.",
  ),
  "frontmatter.fence": rule(
    "error",
    "The first --- after the opening one is not a line of its own.",
    "Clients disagree on where such frontmatter ends.",
    "Close with a line that is exactly --- and write a dash or two inside values.",
  ),
  "frontmatter.too-large": rule(
    "error",
    "The frontmatter is larger than 32 KiB.",
    "Clients load it at every start.",
    "Move text to the body or to files.",
  ),
  "frontmatter.yaml": rule(
    "error",
    "The frontmatter is not YAML that the reference validator reads.",
    REFERENCE,
    "Write plain block YAML: key: value, quoted where the value holds : or #.",
  ),
  "frontmatter.merge": rule(
    "error",
    "The frontmatter uses a merge key.",
    "Clients disagree on what << means.",
    "Write the fields out.",
  ),
  "frontmatter.not-a-mapping": rule(
    "error",
    "The frontmatter is not a mapping of fields.",
    REFERENCE,
    "Write it as lines of key: value.",
  ),
  "fields.unexpected": rule(
    "error",
    "The frontmatter holds fields beyond the specification's six.",
    REFERENCE,
    "Remove the fields, or move them below metadata.",
  ),
  "fields.client": rule(
    "info",
    "A field that only some clients read.",
    "Other clients ignore it, so the skill must work without it.",
    "Keep it if those clients matter; otherwise move it below metadata.",
  ),
  "fields.unknown": rule(
    "error",
    "A field that no known client reads.",
    "It is most likely a typo, and its effect is lost in silence.",
    "Correct the field's name, or move it below metadata.",
  ),
  "name.missing": rule(
    "error",
    "The field name is missing.",
    REFERENCE,
    "Add name: with the folder's name.",
  ),
  "name.invalid": rule(
    "error",
    "The name breaks the specification.",
    REFERENCE,
    "Use 1 to 64 of a-z, 0-9 and single inner hyphens.",
  ),
  "name.directory": rule(
    "error",
    "The name differs from the folder's.",
    REFERENCE,
    "Rename the folder or the field so that both are equal.",
  ),
  "name.ascii": rule(
    "error",
    "The name holds letters beyond a-z.",
    "Look-alike letters pass for another skill, and clients refuse them.",
    "Use a-z, 0-9 and single inner hyphens.",
  ),
  "name.not-text": rule(
    "error",
    "YAML reads the name as something else than text.",
    "Clients skip a skill whose name is a number or true.",
    "Put the name in quotes.",
  ),
  "name.tag": rule(
    "error",
    "The tag names another skill.",
    "A tag publishes the one skill that it names.",
    "Tag {name}--v{version} with the name in SKILL.md.",
  ),
  "version.tag": rule(
    "error",
    "metadata.version differs from the tag's version.",
    "The tag decides, and readers would see another number.",
    "Set metadata.version to the tag's version, or remove it.",
  ),
  "version.invalid": rule(
    "warning",
    "metadata.version is not a semantic version.",
    "No tag can ever match it.",
    'Write it as "1.2.3", in quotes.',
  ),
  "description.missing": rule(
    "error",
    "The field description is missing.",
    REFERENCE,
    "Add description: what the skill does and when to use it.",
  ),
  "description.invalid": rule(
    "error",
    "The description breaks the specification.",
    REFERENCE,
    "Write 1 to 1024 characters.",
  ),
  "description.not-text": rule(
    "error",
    "YAML reads the description as something else than text.",
    "Clients skip a skill whose description is a number or true.",
    "Put the description in quotes.",
  ),
  "description.use-when": rule(
    "warning",
    "The description does not say when to use the skill.",
    "A model decides by the description alone whether to load the skill.",
    "Add a sentence that starts with: Use when",
  ),
  "description.markup": rule(
    "warning",
    "The description holds < or >.",
    "It is put into XML prompts; some validators refuse it.",
    "Write the words out.",
  ),
  "compatibility.invalid": rule(
    "error",
    "The field compatibility breaks the specification.",
    REFERENCE,
    "Write 1 to 500 characters of text.",
  ),
  "license.missing": rule(
    "info",
    "The skill names no license.",
    "Others cannot know whether they may use it.",
    "Add license: with an SPDX name or a bundled file.",
  ),
  "allowed-tools.list": rule(
    "warning",
    "allowed-tools is a list.",
    "The specification says a space-separated string; some clients refuse a list.",
    "Write the tools on one line, separated by spaces.",
  ),
  "metadata.values": rule(
    "warning",
    "A value below metadata is not text.",
    "The specification maps text to text; clients read others differently.",
    "Put the value in quotes, or flatten it.",
  ),
  "metadata.provenance": rule(
    "error",
    "metadata holds what an installer writes.",
    "It claims an origin that the registry has not verified.",
    "Remove the github-* and local-path keys.",
  ),
  "body.empty": rule(
    "warning",
    "SKILL.md has no instructions.",
    "A skill without body tells the model nothing beyond its description.",
    "Add the instructions after the frontmatter.",
  ),
  "body.lines": rule(
    "warning",
    "The body is longer than 500 lines.",
    "The whole body is loaded when the skill is used.",
    "Move details to files under references/.",
  ),
  "links.missing": rule(
    "warning",
    "A link leads to a file that is not in the skill.",
    "The model looks for it and loses its way.",
    "Add the file or correct the link.",
  ),
  "links.outside": rule(
    "warning",
    "A link leaves the skill's folder.",
    "Only the folder is installed.",
    "Copy the file into the skill, or link to the web.",
  ),
  "scripts.direct": rule(
    "warning",
    "A script is called directly.",
    "Some clients lose file modes, so that it cannot be executed.",
    "Call it through its interpreter.",
  ),
  "tree.symlink": rule(
    "error",
    "The tree holds a symbolic link.",
    "A link can point outside the skill, and archives with links are refused by clients.",
    "Replace the link by a copy of its target.",
  ),
  "tree.submodule": rule(
    "error",
    "The tree holds a submodule.",
    "Its files are not part of the signed tag.",
    "Copy the files into the skill.",
  ),
  "tree.git-name": rule(
    "error",
    "A name that git or a file system takes for .git.",
    "It can take over the repository of whoever checks it out.",
    "Remove the entry.",
  ),
  "tree.git-file": rule(
    "info",
    "A file with settings for git.",
    "It is installed with the skill but has no effect there.",
    "Move it to the root of the source.",
  ),
  "tree.git-modules": rule(
    "warning",
    "A .gitmodules file.",
    "Submodules are not published, so it only misleads.",
    "Remove the file.",
  ),
  "tree.collision": rule(
    "error",
    "Two paths differ only in case or Unicode form.",
    OTHER_MACHINES,
    "Rename one of them.",
  ),
  "tree.reserved-name": rule(
    "error",
    "A name that Windows reserves.",
    OTHER_MACHINES,
    "Rename the file.",
  ),
  "tree.path-characters": rule(
    "error",
    "A path holds control, invisible or reserved characters.",
    OTHER_MACHINES,
    "Use letters, digits, and . _ - in names.",
  ),
  "tree.path-encoding": rule("error", "A path is not UTF-8.", OTHER_MACHINES, "Rename the file."),
  "tree.path-shape": rule(
    "error",
    "A path is absolute, has an empty part, or holds . or .. as a part.",
    "It leads outside the skill's folder.",
    "Remove the entry.",
  ),
  "tree.path-end": rule(
    "error",
    "A name ends with a dot or a space.",
    OTHER_MACHINES,
    "Rename the file.",
  ),
  "tree.path-length": rule(
    "error",
    "A path is longer than 200 bytes.",
    OTHER_MACHINES,
    "Shorten the path.",
  ),
  "tree.file-size": rule(
    "error",
    "A file is larger than 5 MiB.",
    "Every install carries it.",
    "Let the skill download it, with a checksum.",
  ),
  "tree.total-size": rule(
    "error",
    "The skill is larger than 20 MiB.",
    "Every install carries it.",
    "Remove what the instructions do not need.",
  ),
  "tree.file-count": rule(
    "error",
    "The skill holds more than 1,000 files.",
    "Install clients refuse larger skills.",
    "Remove what the instructions do not need.",
  ),
  "tree.lfs": rule(
    "error",
    "The file is a Git LFS pointer.",
    "The content is not in the repository, so nobody signed it.",
    "git lfs untrack the file and commit its content.",
  ),
  "tree.nested-skill": rule(
    "info",
    "A second SKILL.md below the skill's folder.",
    "It is published as a part of this skill, not on its own.",
    "Move it to a folder of its own below skills/.",
  ),
} as const satisfies Record<string, RuleRow>;

export type RuleId = keyof typeof RULES;
export type Rule = RuleRow & {
  readonly id: RuleId;
  /** Where the documentation describes the rule, as path and anchor on the site. */
  readonly docs: string;
  /** The code of a tag refused for it. */
  readonly code: "INVALID_SKILL" | "TOO_LARGE";
};

const TOO_LARGE: ReadonlySet<RuleId> = new Set([
  "skill.too-large",
  "frontmatter.too-large",
  "tree.file-size",
  "tree.total-size",
  "tree.file-count",
] as const);

/** The row of one rule. */
export function getRule(id: RuleId): Rule {
  const docs = `/docs/rules#${id.replace(".", "-")}`;
  return { id, ...RULES[id], docs, code: TOO_LARGE.has(id) ? "TOO_LARGE" : "INVALID_SKILL" };
}

/** Every rule that a Finding of this module can name, in the order in which a reader meets them. */
export function listRules(): readonly Rule[] {
  return Object.keys(RULES).map((id) => getRule(id as RuleId));
}
