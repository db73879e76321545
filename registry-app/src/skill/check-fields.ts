import { CLIENT_FIELDS, SPEC_FIELDS } from "./client-fields.ts";
import { makeFinding, printable, type Place } from "./finding.ts";
import { nearestNames } from "./nearest-names.ts";
import { PROTOTYPE_KEYS, type PlainMap, type PlainValue } from "./parse-yaml.ts";
import { getRule, type RuleId } from "./rules.ts";
import { isSkillName } from "./skill-name.ts";
import { stripLikePython, unexpectedFields } from "./reference-rules.ts";
import type { Finding, JsonValue, ReadOptions } from "./types.ts";
import { isVersion } from "./versions.ts";

export type FieldsInput = {
  readonly plain: PlainMap;
  readonly typed: { readonly [key: string]: JsonValue };
  /** Places of a field's key and of its value; nested fields are named `metadata.version`. */
  readonly keyPlace: (field: string) => Place;
  readonly valuePlace: (field: string) => Place;
  readonly options: ReadOptions;
};

/** The reference's one message names all fields; this many get a finding of their own. */
const MAX_JUDGED_FIELDS = 20;
const INSTALLER_KEYS = /^(?:github-(?:repo|ref|tree-sha|path|pinned)|local-path)$/;

/** What Assay asks of the fields beyond the reference validator: errors for what clients read differently, else advice. */
export function checkFields(input: FieldsInput): readonly Finding[] {
  return [
    ...checkCharacters(input),
    ...checkExtraFields(input),
    ...checkName(input),
    ...checkDescription(input),
    ...checkVersion(input),
    ...checkMetadata(input),
    ...checkOthers(input),
  ];
}

/** Whether every field beyond the specification is one that a known client reads. */
export function hasOnlyClientFields(plain: PlainMap): boolean {
  return unexpectedFields(plain).every((field) => CLIENT_FIELDS.has(field));
}

function checkExtraFields({ plain, keyPlace, options }: FieldsInput): readonly Finding[] {
  const fields = unexpectedFields(plain).slice(0, MAX_JUDGED_FIELDS);
  return fields.map((field) => {
    const readers = CLIENT_FIELDS.get(field);
    const shown = printable(field);
    if (readers !== undefined)
      return makeFinding(
        "fields.client",
        keyPlace(field),
        `${shown} is read by ${readers}; other clients ignore it`,
        {
          severity: options.profile === "spec" ? "error" : getRule("fields.client").severity,
        },
      );
    const [meant] = nearestNames(field, [...SPEC_FIELDS, ...CLIENT_FIELDS.keys()]);
    const message = `No known client reads the field ${shown}`;
    return meant === undefined
      ? makeFinding("fields.unknown", keyPlace(field), message, {
          fix: `Move it below metadata, as metadata.${shown}, or remove it.`,
        })
      : makeFinding("fields.unknown", keyPlace(field), `${message}; did you mean ${meant}?`, {
          fix: `Rename ${shown} to ${meant}.`,
        });
  });
}

// oxlint-disable-next-line no-control-regex -- control characters are the subject
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** An escape such as "\0" brings in what may not stand in the file itself, and what no database keeps. */
function checkCharacters({ plain, typed, keyPlace, valuePlace }: FieldsInput): readonly Finding[] {
  return [...plain]
    .filter(([field, value]) => isUnfit(field) || isUnfit(value) || isUnfit(typed[field]))
    .slice(0, MAX_JUDGED_FIELDS)
    .map(([field]) =>
      makeFinding(
        "encoding.characters",
        isUnfit(field) ? keyPlace(field) : valuePlace(field),
        `The field ${field} holds a control character or half of a character`,
      ),
    );
}

function isUnfit(value: PlainValue | JsonValue | undefined): boolean {
  if (typeof value === "string") return CONTROL.test(value) || !value.isWellFormed();
  if (typeof value !== "object" || value === null) return false;
  const parts =
    value instanceof Map ? [...(value as PlainMap)].flat() : Object.entries(value).flat();
  return parts.some(isUnfit);
}

function checkName(input: FieldsInput): readonly Finding[] {
  const { plain, options, valuePlace } = input;
  const name = plain.get("name");
  if (typeof name !== "string" || stripLikePython(name) === "") return [];
  const findings = checkIsText(input, "name", "name.not-text");
  if (/[^\0-\x7f]/.test(name) && !isSkillName(name))
    // oxlint-disable-line no-control-regex -- the ASCII range
    findings.push(
      makeFinding(
        "name.ascii",
        valuePlace("name"),
        `The name ${JSON.stringify(printable(name))} holds characters beyond a-z, 0-9 and -`,
      ),
    );
  const tagged = options.tag?.name;
  if (tagged !== undefined && tagged !== stripLikePython(name))
    findings.push(
      makeFinding(
        "name.tag",
        valuePlace("name"),
        `The tag names ${tagged}, SKILL.md names ${printable(name)}`,
      ),
    );
  return findings;
}

function checkDescription(input: FieldsInput): readonly Finding[] {
  const { plain, valuePlace } = input;
  const description = plain.get("description");
  if (typeof description !== "string" || stripLikePython(description) === "") return [];
  const place = valuePlace("description");
  const findings = checkIsText(input, "description", "description.not-text");
  if (!/\b(?:use(?:d|ful)?|when(?:ever)?|trigger(?:s|ed)?)\b/i.test(description))
    findings.push(
      makeFinding(
        "description.use-when",
        place,
        "The description does not say when to use the skill",
      ),
    );
  if (/[<>]/.test(description))
    findings.push(makeFinding("description.markup", place, "The description holds < or >"));
  return findings;
}

/** Clients see `name: 123` as a number and skip the skill, though the reference reads text. */
function checkIsText({ typed, valuePlace }: FieldsInput, field: string, rule: RuleId): Finding[] {
  const value = typed[field];
  if (typeof value === "string") return [];
  const kind = value === null ? "null" : typeof value;
  return [makeFinding(rule, valuePlace(field), `YAML reads the ${field} as ${kind}, not as text`)];
}

function checkVersion({ plain, valuePlace, options }: FieldsInput): readonly Finding[] {
  const version = readMetadata(plain.get("metadata")).version;
  if (version === undefined) return [];
  const place = valuePlace("metadata.version");
  const tagged = options.tag?.version;
  if (tagged !== undefined && version !== tagged)
    return [
      makeFinding(
        "version.tag",
        place,
        `metadata.version is ${JSON.stringify(printable(version))}, the tag says ${tagged}`,
        {
          fix: `Set metadata.version to "${tagged}" and tag again, or remove it.`,
        },
      ),
    ];
  return isVersion(version)
    ? []
    : [
        makeFinding(
          "version.invalid",
          place,
          `metadata.version ${JSON.stringify(printable(version))} is not a semantic version`,
        ),
      ];
}

function checkMetadata({ plain, keyPlace, valuePlace, typed }: FieldsInput): readonly Finding[] {
  const metadata = plain.get("metadata");
  if (metadata === undefined) return [];
  if (!(metadata instanceof Map))
    return [makeFinding("metadata.values", valuePlace("metadata"), "metadata is not a mapping")];
  const seen = typed["metadata"];
  return [...metadata.keys()].flatMap((key) => {
    const field = `metadata.${key}`;
    if (INSTALLER_KEYS.test(key))
      return [
        makeFinding("metadata.provenance", keyPlace(field), `${field} is written by installers`),
      ];
    const value =
      typeof seen === "object" && seen !== null && !Array.isArray(seen)
        ? (seen as { readonly [key: string]: JsonValue })[key]
        : "";
    if (typeof value === "string" || value === undefined) return [];
    return [
      makeFinding(
        "metadata.values",
        valuePlace(field),
        `${printable(field)} is not text for YAML readers`,
      ),
    ];
  });
}

function checkOthers({ plain, keyPlace, valuePlace }: FieldsInput): readonly Finding[] {
  const findings: Finding[] = [];
  if (plain.get("license") === undefined)
    findings.push(makeFinding("license.missing", keyPlace("name"), "The skill names no license"));
  const tools = plain.get("allowed-tools");
  if (tools !== undefined && typeof tools !== "string")
    findings.push(
      makeFinding(
        "allowed-tools.list",
        valuePlace("allowed-tools"),
        "allowed-tools is not a line of text",
      ),
    );
  return findings;
}

/** The metadata as text to text; nested values become JSON, prototype names are left out. */
export function readMetadata(value: PlainValue | undefined): Readonly<Record<string, string>> {
  if (!(value instanceof Map)) return {};
  return Object.fromEntries(
    [...(value as PlainMap)]
      .filter(([key]) => !PROTOTYPE_KEYS.has(key))
      .map(([key, item]) => [key, typeof item === "string" ? item : JSON.stringify(toJson(item))]),
  );
}

function toJson(value: PlainValue): JsonValue {
  if (typeof value === "string") return value;
  if (value instanceof Map)
    return Object.fromEntries([...(value as PlainMap)].map(([key, item]) => [key, toJson(item)]));
  return (value as readonly PlainValue[]).map(toJson);
}
