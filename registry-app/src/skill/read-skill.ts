import { checkBody } from "./check-body.ts";
import { checkFields, hasOnlyClientFields, readMetadata } from "./check-fields.ts";
import { checkTree } from "./check-tree.ts";
import { capFindings, makeFinding, type Place } from "./finding.ts";
import { SKILL_LIMITS } from "./limits.ts";
import { parseStrictYaml, type PlainMap, type PlainValue, type YamlReading } from "./parse-yaml.ts";
import { judgeAsReference, stripLikePython, type ReferenceError } from "./reference-rules.ts";
import type { RuleId } from "./rules.ts";
import { decodeSkillText, type SkillText } from "./skill-text.ts";
import { splitFrontmatter, type Split } from "./split-frontmatter.ts";
import type { Finding, JsonValue, ReadOptions, SkillReading, TreeEntry } from "./types.ts";

type Draft = {
  readonly referenceErrors: readonly string[];
  readonly findings: readonly Finding[];
  readonly fields?: PlainMap;
  readonly frontmatter?: { readonly [key: string]: JsonValue };
  readonly body?: string;
  readonly bodyStartLine?: number;
};
type Cut = Extract<Split, { kind: "split" }>;

/**
 * Reads and judges one skill folder. `files` lists all of it; the bytes of SKILL.md must be there (up to
 * SKILL_LIMITS.skillFileBytes), those of others only sharpen findings. Executes nothing and never throws on content.
 */
export function readSkill(files: readonly TreeEntry[], options: ReadOptions): SkillReading {
  const draft = readSkillFile(files, options);
  const findings = capFindings([...draft.findings, ...checkTree(files)]);
  const fields = draft.fields ?? new Map<string, PlainValue>();
  return {
    valid: draft.referenceErrors.length === 0,
    referenceErrors: draft.referenceErrors,
    publishable: findings.every(({ severity }) => severity !== "error"),
    ...readTexts(fields),
    allowedTools: readAllowedTools(fields.get("allowed-tools")),
    frontmatter: draft.frontmatter ?? {},
    body: draft.body ?? "",
    bodyStartLine: draft.bodyStartLine ?? 1,
    findings,
  };
}

/** The file that the reference validator reads: SKILL.md, else skill.md. */
function findSkillFile(files: readonly TreeEntry[]): TreeEntry | undefined {
  return (
    files.find(({ path }) => path === "SKILL.md") ?? files.find(({ path }) => path === "skill.md")
  );
}

function readSkillFile(files: readonly TreeEntry[], options: ReadOptions): Draft {
  const entry = findSkillFile(files);
  if (entry === undefined)
    return refuse(
      "skill.missing",
      { file: "SKILL.md", line: 1, column: 1 },
      "Missing required file: SKILL.md",
    );
  const decoding = decodeSkillText(entry, SKILL_LIMITS.skillFileBytes);
  if (decoding.kind === "unreadable")
    return { referenceErrors: [decoding.finding.message], findings: [decoding.finding] };
  const named: readonly Finding[] =
    entry.path === "SKILL.md"
      ? []
      : [
          makeFinding(
            "skill.file-name",
            { file: entry.path, line: 1, column: 1 },
            "Most clients look for SKILL.md only",
          ),
        ];
  const draft = readText(decoding.skillText, files, options);
  return { ...draft, findings: [...named, ...decoding.findings, ...draft.findings] };
}

function refuse(rule: RuleId, place: Place, message: string): Draft {
  return { referenceErrors: [message], findings: [makeFinding(rule, place, message)] };
}

function readText(skill: SkillText, files: readonly TreeEntry[], options: ReadOptions): Draft {
  const split = splitFrontmatter(skill.text, SKILL_LIMITS.frontmatterBytes);
  if (split.kind === "missing")
    return refuse(
      "frontmatter.missing",
      skill.place(0),
      "SKILL.md must start with YAML frontmatter (---)",
    );
  if (split.kind === "unclosed")
    return refuse(
      "frontmatter.unclosed",
      skill.place(0),
      "SKILL.md frontmatter not properly closed with ---",
    );
  if (split.kind === "too-large")
    return refuse(
      "frontmatter.too-large",
      skill.place(0),
      `The frontmatter has ${split.sizeBytes} bytes, ${SKILL_LIMITS.frontmatterBytes} are allowed`,
    );
  const bodyStartLine = skill.place(split.bodyOffset).line;
  const yaml = parseStrictYaml(split.yaml);
  const judged = judgeFrontmatter(yaml, split, skill, options);
  const body = checkBody({
    file: skill.file,
    body: split.body,
    bodyStartLine,
    paths: listPaths(files),
  });
  return {
    ...judged,
    findings: [...checkFences(split, skill), ...judged.findings, ...body],
    body: split.body,
    bodyStartLine,
  };
}

function judgeFrontmatter(
  yaml: YamlReading,
  split: Cut,
  skill: SkillText,
  options: ReadOptions,
): Draft {
  if (yaml.kind === "bad")
    return refuse(
      "frontmatter.yaml",
      skill.place(split.yamlOffset + yaml.offset),
      `Invalid YAML in frontmatter: ${yaml.message}`,
    );
  const fields = yaml.plain;
  if (!(fields instanceof Map))
    return refuse(
      "frontmatter.not-a-mapping",
      skill.place(split.yamlOffset),
      "SKILL.md frontmatter must be a YAML mapping",
    );
  const placeOf = (part: "key" | "value") => (field: string) => {
    const known = yaml.places.get(field) ?? yaml.places.get(field.split(".", 1)[0] ?? "");
    return skill.place(known === undefined ? 0 : split.yamlOffset + known[part]);
  };
  const [keyPlace, valuePlace] = [placeOf("key"), placeOf("value")];
  const errors = judgeAsReference(fields, options.dirName);
  const mayWarn = options.profile === "clients" && hasOnlyClientFields(fields);
  return {
    referenceErrors: errors.map(({ message }) => message),
    findings: [
      ...errors.map((error) => toFinding(error, mayWarn, keyPlace, valuePlace)),
      ...(yaml.mergeAt === undefined
        ? []
        : [
            makeFinding(
              "frontmatter.merge",
              skill.place(split.yamlOffset + yaml.mergeAt),
              "Clients disagree on the merge key <<",
            ),
          ]),
      ...(yaml.isRepaired
        ? [
            makeFinding(
              "frontmatter.indent",
              skill.place(split.yamlOffset),
              "Quoted text goes on in a line that is not indented; most YAML readers stop there",
            ),
          ]
        : []),
      ...checkFields({ plain: fields, typed: yaml.typed, keyPlace, valuePlace, options }),
    ],
    fields,
    frontmatter: yaml.typed,
  };
}

/** Fields of known clients leave a skill publishable though the reference refuses it: that one message may only warn. */
function toFinding(
  { rule, message, field }: ReferenceError,
  mayWarn: boolean,
  keyPlace: (field: string) => Place,
  valuePlace: (field: string) => Place,
): Finding {
  if (rule === "fields.unexpected")
    return makeFinding(
      rule,
      keyPlace(field ?? ""),
      message,
      mayWarn ? { severity: "warning" } : {},
    );
  return makeFinding(rule, valuePlace(field ?? ""), message);
}

function checkFences(split: Cut, skill: SkillText): readonly Finding[] {
  if (split.isClean) return [];
  if (split.language !== undefined)
    return [
      makeFinding(
        "frontmatter.language",
        { ...skill.place(0), column: 4 },
        "Text follows the opening ---; some readers take it as a language to run",
      ),
    ];
  const close = split.yamlOffset + split.yaml.length;
  return [
    makeFinding(
      "frontmatter.fence",
      skill.place(close),
      "The frontmatter ends here for some readers and later for others",
    ),
  ];
}

function listPaths(files: readonly TreeEntry[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (path.length > SKILL_LIMITS.pathBytes) continue;
    paths.add(path);
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1))
      paths.add(path.slice(0, slash));
  }
  return paths;
}

function readTexts(fields: PlainMap) {
  const metadata = readMetadata(fields.get("metadata"));
  const text = (field: string) => {
    const value = fields.get(field);
    return typeof value === "string" && stripLikePython(value) !== ""
      ? stripLikePython(value)
      : undefined;
  };
  const texts = {
    name: text("name"),
    version: metadata["version"],
    description: text("description"),
    license: text("license"),
    compatibility: text("compatibility"),
  };
  return { ...dropAbsent(texts), metadata };
}

function dropAbsent<Key extends string>(texts: Record<Key, string | undefined>) {
  const present = Object.entries<string | undefined>(texts).filter(
    ([, text]) => text !== undefined,
  );
  return Object.fromEntries(present) as { [key in Key]?: string };
}

/** `Bash(git add:*) Read` and `Read, Grep` are two tools each; a list is taken as it is. */
/** The tools that an `allowed-tools` value names, whether it is a line of text or a list. */
export function readAllowedTools(value: unknown): readonly string[] {
  if (typeof value === "string")
    return [...value.matchAll(/[^\s(),]{1,200}(?:\([^()]{0,500}\))?/g)].map(([tool]) => tool);
  if (!Array.isArray(value)) return [];
  return value.filter((tool) => typeof tool === "string");
}
