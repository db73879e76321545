import { shiftBeforeOne, toLarger, type ChangeSize } from "./bump.ts";

/** What of a skill the version number makes a promise about. */
export type SkillContent = {
  readonly name: string;
  /** The entries of `allowed-tools`; empty when the field is absent. */
  readonly allowedTools: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly mode: string;
    readonly sha256: string;
  }[];
};

/** The least step that the files themselves call for, whatever the commits say, and why. */
export type ContentBump = {
  readonly bump: ChangeSize | "none";
  readonly reasons: readonly { readonly text: string; readonly bump: ChangeSize }[];
};

type Reason = ContentBump["reasons"][number];

const MAX_NAMED = 3;
const SERVER_FILES = new Set([".mcp.json", "mcp.json"]);

/** Compares two versions of a skill; `isBeforeOne` shifts each step as for 0.x versions. */
export function contentBump(
  previous: SkillContent,
  next: SkillContent,
  isBeforeOne: boolean,
): ContentBump {
  const reasons = listReasons(previous, next).map((reason) =>
    isBeforeOne ? { ...reason, bump: shiftBeforeOne(reason.bump) } : reason,
  );
  const bump = reasons.reduce<ContentBump["bump"]>(
    (most, reason) => toLarger(most, reason.bump),
    "none",
  );
  return { bump, reasons };
}

function listReasons(previous: SkillContent, next: SkillContent): readonly Reason[] {
  const before = new Map(previous.files.map((file) => [file.path, file]));
  const after = new Map(next.files.map((file) => [file.path, file]));
  const removed = previous.files.filter(({ path }) => !after.has(path));
  const added = next.files.filter(({ path }) => !before.has(path));
  const madeExecutable = next.files.filter(({ path, mode }) => {
    const old = before.get(path);
    return old !== undefined && old.mode !== "100755" && mode === "100755";
  });
  const changed = next.files.filter(({ path, sha256 }) => {
    const old = before.get(path);
    return old !== undefined && old.sha256 !== sha256;
  });
  const reasons: readonly (Reason | undefined)[] = [
    previous.name === next.name
      ? undefined
      : { bump: "major", text: `the skill is called ${next.name}, it was ${previous.name}` },
    name("major", "a script is gone", removed.filter(runs).map(toPath)),
    name("minor", "a file is gone", removed.filter((file) => !runs(file)).map(toPath)),
    ...compareTools(previous.allowedTools, next.allowedTools),
    name("minor", "a script was added", added.filter(runs).map(toPath)),
    name("minor", "a file became executable", madeExecutable.map(toPath)),
    name(
      "minor",
      "an MCP server was added",
      added.map(toPath).filter((path) => SERVER_FILES.has(path)),
    ),
    name("patch", "a file was added", added.filter((file) => !runs(file)).map(toPath)),
    name("patch", "a file changed", changed.map(toPath)),
  ];
  return reasons.filter((reason) => reason !== undefined);
}

/** No `allowed-tools` means that the client asks each time, so writing the field for the first time widens too. */
function compareTools(
  before: readonly string[],
  after: readonly string[],
): readonly (Reason | undefined)[] {
  const gained = after.filter((tool) => !before.includes(tool));
  const lost = before.filter((tool) => !after.includes(tool));
  return [
    name("minor", "allowed-tools gained an entry", gained),
    name("minor", "allowed-tools lost an entry", lost),
  ];
}

function runs(file: { readonly path: string; readonly mode: string }): boolean {
  return file.mode === "100755" || file.path.startsWith("scripts/");
}

function name(bump: ChangeSize, what: string, of: readonly string[]): Reason | undefined {
  if (of.length === 0) return undefined;
  const more = of.length > MAX_NAMED ? ` and ${of.length - MAX_NAMED} more` : "";
  return { bump, text: `${what}: ${of.slice(0, MAX_NAMED).join(", ")}${more}` };
}

function toPath(file: { readonly path: string }): string {
  return file.path;
}
