import type { PlainMap, PlainValue } from "./parse-yaml.ts";
import { SPEC_FIELDS } from "./client-fields.ts";
import type { RuleId } from "./rules.ts";

/** A message of the reference validator with the rule it belongs to and the field it is about. */
export type ReferenceError = {
  readonly rule: RuleId;
  readonly message: string;
  readonly field?: string;
};

const NAME_LIMIT = 64;
const DESCRIPTION_LIMIT = 1024;
const COMPATIBILITY_LIMIT = 500;
/** What Python's str.strip() removes. */
// oxlint-disable-next-line no-control-regex -- Python counts separators of ASCII as white space
const PYTHON_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * Judges parsed frontmatter as `skills-ref` of agentskills/agentskills does (rules and wording of commit 69ef37e), in its
 * order. Without `dirName` the directory is not compared.
 */
export function judgeAsReference(
  fields: PlainMap,
  dirName: string | undefined,
): readonly ReferenceError[] {
  return [
    ...judgeFields(fields),
    ...judgeName(fields.get("name"), dirName),
    ...judgeDescription(fields.get("description")),
    ...judgeCompatibility(fields.get("compatibility")),
  ];
}

/** Fields beyond the specification's six, in code point order. */
export function unexpectedFields(fields: PlainMap): readonly string[] {
  const spec: readonly string[] = SPEC_FIELDS;
  return [...fields.keys()].filter((field) => !spec.includes(field)).sort(byCodePoint);
}

/** Text without the white space that Python strips at both ends. */
export function stripLikePython(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && PYTHON_SPACE.test(text[start] ?? "")) start += 1;
  while (end > start && PYTHON_SPACE.test(text[end - 1] ?? "")) end -= 1;
  return text.slice(start, end);
}

function judgeFields(fields: PlainMap): readonly ReferenceError[] {
  const extra = unexpectedFields(fields);
  if (extra.length === 0) return [];
  const allowed = SPEC_FIELDS.map((field) => `'${field}'`).join(", ");
  return [
    {
      rule: "fields.unexpected",
      message: `Unexpected fields in frontmatter: ${extra.join(", ")}. Only [${allowed}] are allowed.`,
      ...(extra[0] === undefined ? {} : { field: extra[0] }),
    },
  ];
}

function judgeName(value: PlainValue | undefined, dirName: string | undefined) {
  if (value === undefined)
    return [
      { rule: "name.missing" as const, message: "Missing required field in frontmatter: name" },
    ];
  const errors: ReferenceError[] = [];
  const add = (rule: RuleId, message: string) => errors.push({ rule, message, field: "name" });
  if (typeof value !== "string" || stripLikePython(value) === "") {
    add("name.invalid", "Field 'name' must be a non-empty string");
    return errors;
  }
  const name = stripLikePython(value).normalize("NFKC");
  const length = codePoints(name);
  if (length > NAME_LIMIT)
    add(
      "name.invalid",
      `Skill name '${name}' exceeds ${NAME_LIMIT} character limit (${length} chars)`,
    );
  if (name !== name.toLowerCase()) add("name.invalid", `Skill name '${name}' must be lowercase`);
  if (name.startsWith("-") || name.endsWith("-"))
    add("name.invalid", "Skill name cannot start or end with a hyphen");
  if (name.includes("--")) add("name.invalid", "Skill name cannot contain consecutive hyphens");
  if (!/^[\p{L}\p{N}-]*$/u.test(name))
    add(
      "name.invalid",
      `Skill name '${name}' contains invalid characters. Only letters, digits, and hyphens are allowed.`,
    );
  if (dirName !== undefined && dirName.normalize("NFKC") !== name)
    add("name.directory", `Directory name '${dirName}' must match skill name '${name}'`);
  return errors;
}

function judgeDescription(value: PlainValue | undefined): readonly ReferenceError[] {
  if (value === undefined)
    return [
      {
        rule: "description.missing",
        message: "Missing required field in frontmatter: description",
      },
    ];
  if (typeof value !== "string" || stripLikePython(value) === "")
    return inField("description", "Field 'description' must be a non-empty string");
  const length = codePoints(value);
  if (length <= DESCRIPTION_LIMIT) return [];
  return inField(
    "description",
    `Description exceeds ${DESCRIPTION_LIMIT} character limit (${length} chars)`,
  );
}

function judgeCompatibility(value: PlainValue | undefined): readonly ReferenceError[] {
  if (value === undefined) return [];
  if (typeof value !== "string")
    return inField("compatibility", "Field 'compatibility' must be a string");
  const length = codePoints(value);
  if (length <= COMPATIBILITY_LIMIT) return [];
  return inField(
    "compatibility",
    `Compatibility exceeds ${COMPATIBILITY_LIMIT} character limit (${length} chars)`,
  );
}

function inField(
  field: "description" | "compatibility",
  message: string,
): readonly ReferenceError[] {
  return [{ rule: `${field}.invalid`, message, field }];
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
