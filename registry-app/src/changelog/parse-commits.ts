import createPreset from "conventional-changelog-conventionalcommits";
import { CommitParser, type Commit } from "conventional-commits-parser";
import type { ChangeSize } from "./bump.ts";
import type { CommitRecord } from "./types.ts";
import { boundMessage, MAX_NOTE_LENGTH, MAX_SUBJECT_LENGTH, toOneLine } from "./clean-text.ts";

/** One change that a commit tells of: its header, or a bullet of a squashed body. */
export type Change = {
  /** Lower case; null when the line follows no convention. */
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string;
  readonly notes: readonly string[];
  readonly bump: ChangeSize;
};

/** A commit as far as the changelog cares. */
export type ParsedCommit = {
  readonly record: CommitRecord;
  readonly header: string;
  readonly reverts: { readonly header: string; readonly hash: string } | null;
  readonly isMerge: boolean;
  readonly changes: readonly Change[];
};

export type ParseCommit = (record: CommitRecord, isBeforeOne: boolean) => ParsedCommit;

const MAX_BULLETS = 100;
const MAX_NOTES = 10;
const MERGE = /^Merge (?:branch|branches|commit|pull request|remote-tracking branch|tag) /;
const BULLET = /^[*-] ?(?=\w)/;
const PULL_REQUEST = / \(#\d+\)$/;

/** Builds the parser once, with the conventional-commits preset; what it returns is linear in the bounded message. */
export function createParseCommit(): ParseCommit {
  const preset = createPreset();
  const beforeOne = createPreset({ preMajor: true });
  // Without a field pattern, a body line `-name-` would set any property of the parsed commit.
  const parser = new CommitParser({ ...preset.parser, fieldPattern: /(?!)/ });
  const judge = (type: string | null, notes: Commit["notes"], isBeforeOne: boolean): ChangeSize =>
    toSize((isBeforeOne ? beforeOne : preset).whatBump([{ type, notes }]).level);

  const toChange = (commit: Commit, isBeforeOne: boolean): Change => {
    const subject = toOneLine(commit["subject"] ?? commit.header ?? "", MAX_SUBJECT_LENGTH);
    const type = toType(commit);
    return {
      type,
      scope: type === null ? null : toScope(commit["scope"] ?? null),
      subject: subject === "" ? "(no subject)" : subject,
      notes: commit.notes.slice(0, MAX_NOTES).map(({ text }) => toOneLine(text, MAX_NOTE_LENGTH)),
      bump: judge(type, commit.notes, isBeforeOne),
    };
  };

  return (record, isBeforeOne) => {
    const message = boundMessage(record.message);
    const commit = parser.parse(message.trim() === "" ? "(no message)" : message);
    const header = toOneLine(commit.header ?? "", MAX_SUBJECT_LENGTH);
    const own = toChange(commit, isBeforeOne);
    const bullets = listBullets(message).map((line) => toChange(parser.parse(line), isBeforeOne));
    return {
      record,
      header,
      reverts: toRevert(commit),
      isMerge: MERGE.test(header),
      changes: joinChanges(
        own,
        bullets.filter(({ type }) => type !== null),
      ),
    };
  };
}

/** A squash keeps the title of the pull request and lists its commits: say each thing once, and a vague title not at all. */
function joinChanges(own: Change, bullets: readonly Change[]): readonly Change[] {
  if (bullets.length === 0) return [own];
  if (own.type === null && own.notes.length === 0) return bullets;
  const title = toKey(own);
  return [own, ...bullets.filter((bullet) => toKey(bullet) !== title)];
}

function toKey({ type, subject }: Change): string {
  return `${type}: ${subject.replace(PULL_REQUEST, "").toLowerCase()}`;
}

function listBullets(message: string): readonly string[] {
  return message
    .split("\n")
    .slice(1)
    .filter((line) => BULLET.test(line))
    .slice(0, MAX_BULLETS)
    .map((line) => line.replace(BULLET, ""));
}

function toType(commit: Commit): string | null {
  const type = commit["type"];
  return type === null || type === undefined || type === "" ? null : type.toLowerCase();
}

function toScope(scope: string | null): string | null {
  const text = toOneLine(scope ?? "", 60);
  return text === "" || text === "*" ? null : text;
}

function toRevert(commit: Commit): ParsedCommit["reverts"] {
  const hash = commit.revert?.["hash"]?.toLowerCase() ?? "";
  if (!/^[0-9a-f]{7,64}$/.test(hash)) return null;
  return { hash, header: toOneLine(commit.revert?.["header"] ?? "", MAX_SUBJECT_LENGTH) };
}

function toSize(level: number): ChangeSize {
  if (level === 0) return "major";
  return level === 1 ? "minor" : "patch";
}
