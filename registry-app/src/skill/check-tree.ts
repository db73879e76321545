import { capFindings, makeFinding } from "./finding.ts";
import { SKILL_LIMITS, type SkillLimits } from "./limits.ts";
import type { RuleId } from "./rules.ts";
import type { Finding, TreeEntry } from "./types.ts";

const RESERVED =
  /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\s*\.|\s*$)/i;
/** Most paths: short parts of letters and digits with an extension, which no other rule here is about. */
const HARMLESS_PATH =
  /^(?:(?!con|prn|aux|nul|com\d|lpt\d|clock)[a-z0-9_-]{1,40}\/){0,3}(?!con|prn|aux|nul|com\d|lpt\d|clock)[a-z0-9_-]{1,40}\.[a-z0-9]{1,8}$/i;
/** Control, format (bidi, zero width), private and separator characters, and what Windows keeps for itself. */
const BAD_CHARACTERS = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\\:<>"|?*]/u;
/** Code points that HFS+ leaves out when it compares names. */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const LFS_POINTER = "version https://git-lfs.github.com/spec/";
const LFS_POINTER_MAX_BYTES = 1024;

/**
 * Judges the entries of a skill folder (files, links, submodules; tree entries may be left out): paths that are unsafe or
 * not portable, links, sizes, LFS pointers. At most twenty findings a rule.
 */
export function checkTree(
  entries: readonly TreeEntry[],
  limits: SkillLimits = SKILL_LIMITS,
): readonly Finding[] {
  const findings = [
    ...entries.flatMap((entry) => [
      ...judgePath(entry.path, limits),
      ...judgeKind(entry),
      ...judgeContent(entry, limits),
    ]),
    ...judgeCollisions(entries),
    ...judgeTotals(entries, limits),
  ];
  return capFindings(findings);
}

function at(rule: RuleId, path: string, message: string): Finding {
  return makeFinding(rule, { file: path, line: 1, column: 1 }, message);
}

function judgePath(path: string, limits: SkillLimits): Finding[] {
  if (path.length <= limits.pathBytes && HARMLESS_PATH.test(path)) return [];
  const sizeBytes = Buffer.byteLength(path);
  if (sizeBytes > limits.pathBytes)
    return [
      at(
        "tree.path-length",
        path,
        `The path has ${sizeBytes} bytes, ${limits.pathBytes} are allowed`,
      ),
    ];
  const findings: Finding[] = [];
  if (path.includes("\ufffd") || !path.isWellFormed())
    findings.push(at("tree.path-encoding", path, "The path is not valid UTF-8"));
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    findings.push(
      at("tree.path-shape", path, "The path is absolute or has an empty part, . or .. in it"),
    );
  if (BAD_CHARACTERS.test(path))
    findings.push(
      at("tree.path-characters", path, "The path holds characters that are invisible or reserved"),
    );
  if (parts.some((part) => /[. ]$/.test(part) && part !== "." && part !== ".."))
    findings.push(at("tree.path-end", path, "A name in the path ends with a dot or a space"));
  if (parts.some((part) => RESERVED.test(part)))
    findings.push(at("tree.reserved-name", path, "Windows reserves a name in the path"));
  findings.push(...parts.flatMap((part) => judgeGitName(part, path)));
  return findings;
}

/** Git's own list of what may become `.git`: case, HFS+ ignorable code points, NTFS short names, streams and trailing dots. */
function judgeGitName(part: string, path: string): Finding[] {
  const name = part
    .replace(HFS_IGNORED, "")
    .split(/[:\\]/, 1)[0]
    ?.normalize("NFKC")
    .toLowerCase()
    .replace(/[. ]{1,200}$/, "");
  if (name === undefined) return [];
  if (name === ".git" || /^git~\d{1,4}$/.test(name))
    return [at("tree.git-name", path, `${JSON.stringify(part)} can be taken for git's own folder`)];
  if (name === ".gitmodules" || /^(?:gitmod~\d|gi7eba~\d)$/.test(name))
    return [at("tree.git-modules", path, "The file declares submodules, which are not published")];
  if (/^\.git(?:ignore|attributes|keep)$/.test(name))
    return [
      at("tree.git-file", path, "The file configures git and has no effect in an installed skill"),
    ];
  return [];
}

function judgeKind(entry: TreeEntry): Finding[] {
  if (entry.mode === "120000")
    return [at("tree.symlink", entry.path, "The entry is a symbolic link")];
  if (entry.mode === "160000")
    return [at("tree.submodule", entry.path, "The entry is a submodule")];
  if (/(?:^|\/)SKILL\.md$/i.test(entry.path) && entry.path.includes("/"))
    return [at("tree.nested-skill", entry.path, "A second SKILL.md is a part of this skill only")];
  return [];
}

function judgeContent(entry: TreeEntry, limits: SkillLimits): Finding[] {
  if (entry.size > limits.fileBytes)
    return [
      at(
        "tree.file-size",
        entry.path,
        `The file has ${entry.size} bytes, ${limits.fileBytes} are allowed`,
      ),
    ];
  return isLfsPointer(entry)
    ? [at("tree.lfs", entry.path, "The file is a Git LFS pointer, its content is elsewhere")]
    : [];
}

function isLfsPointer({ bytes, size }: TreeEntry): boolean {
  if (bytes === undefined || size > LFS_POINTER_MAX_BYTES) return false;
  return Buffer.from(bytes.subarray(0, LFS_POINTER.length)).toString("latin1") === LFS_POINTER;
}

function judgeCollisions(entries: readonly TreeEntry[]): Finding[] {
  const spellings = new Map<string, string>();
  const taken = new Set<string>();
  return entries.flatMap((entry) => {
    if (taken.has(entry.path))
      return [at("tree.collision", entry.path, "The path appears twice in the tree")];
    taken.add(entry.path);
    if (entry.path.length > SKILL_LIMITS.pathBytes) return [];
    for (const prefix of prefixes(entry.path)) {
      const key = prefix.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
      const first = spellings.get(key) ?? prefix;
      spellings.set(key, first);
      if (first !== prefix)
        return [
          at(
            "tree.collision",
            entry.path,
            `${JSON.stringify(prefix)} and ${JSON.stringify(first)} are one path on some systems`,
          ),
        ];
    }
    return [];
  });
}

/** `a/b/c` -> `a`, `a/b`, `a/b/c`: folders collide like files do. */
function prefixes(path: string): readonly string[] {
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index);
  return [...ends.map((end) => path.slice(0, end)), path];
}

function judgeTotals(entries: readonly TreeEntry[], limits: SkillLimits): Finding[] {
  const files = entries.filter(({ mode }) => mode !== "040000");
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const findings: Finding[] = [];
  if (files.length > limits.files)
    findings.push(
      at(
        "tree.file-count",
        ".",
        `The skill holds ${files.length} files, ${limits.files} are allowed`,
      ),
    );
  if (totalBytes > limits.totalBytes)
    findings.push(
      at(
        "tree.total-size",
        ".",
        `The skill has ${totalBytes} bytes, ${limits.totalBytes} are allowed`,
      ),
    );
  return findings;
}
