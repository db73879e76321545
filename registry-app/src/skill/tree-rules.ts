import { rule, type RuleRow } from "./rule-row.ts";

const OTHER_MACHINES = "The path cannot be checked out, or means another file, on another system.";

/** Rules about the entries of a skill folder. */
export const TREE_RULES = {
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
