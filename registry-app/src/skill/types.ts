import type { Severity } from "./rule-row.ts";
import type { RuleId } from "./rules.ts";

export type FieldProfile = "clients" | "spec";
export type TreeMode = "100644" | "100755" | "120000" | "160000" | "040000";

/** One entry of a skill folder: `path` is relative to the folder, `bytes` are needed only where a rule reads them. */
export type TreeEntry = {
  readonly path: string;
  readonly mode: TreeMode;
  readonly size: number;
  readonly bytes?: Uint8Array | undefined;
};

export type Finding = {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly fix?: string;
};

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type ReadOptions = {
  /** Name of the skill's folder; undefined for the root of a one-skill source, where the tag's name decides. */
  readonly dirName: string | undefined;
  readonly profile: FieldProfile;
  /** The tag that is about to publish the folder; its name and version must agree with SKILL.md. */
  readonly tag?: { readonly name?: string | undefined; readonly version: string } | undefined;
};

export type SkillReading = {
  /** What the reference validator `skills-ref` answers. */
  readonly valid: boolean;
  /** Its messages, in its order and wording; empty when `valid`. */
  readonly referenceErrors: readonly string[];
  /** What Assay accepts: no finding of severity `error`. */
  readonly publishable: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly compatibility?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly allowedTools: readonly string[];
  /** Values as a YAML 1.2 core reader sees them, safe to store as JSON. */
  readonly frontmatter: { readonly [key: string]: JsonValue };
  /** Markdown after the frontmatter, line ends as LF. */
  readonly body: string;
  /** 1-based line of SKILL.md on which `body` starts. */
  readonly bodyStartLine: number;
  readonly findings: readonly Finding[];
};
